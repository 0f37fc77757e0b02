"""Kinds whose values give somebody entry."""

from __future__ import annotations

from sterling.data.personal import checksums as sums
from sterling.data.personal.kind import Kind, lacking

_PLACEHOLDER = r"(?i)(?:^|[=:\s\"'])(?:\$\{?|<|\{\{|%\(|\*{2,}|x{4,}|changeme|example|placeholder|your[-_]?|none\b|null\b|true\b|false\b|os\.|env|getpass|input\()"  # noqa: E501
SECRETS: tuple[Kind, ...] = (
    Kind(
        name="private_key",
        sensitivity="secret",
        gate="long",
        pattern=r"(-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----)",
    ),
    Kind(
        name="cloud_key",
        sensitivity="secret",
        gate="long",
        pattern=r"\b((?:AKIA|ASIA|AGPA|AIDA|AROA|ANPA)[A-Z2-7]{16}|AIza[\w\-]{35})\b",
    ),
    Kind(
        name="token",
        sensitivity="secret",
        gate="prefix",
        pattern=r"(?:^|[^\w])(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{40,}|glpat-[\w\-]{20,}|xox[abprs]-[A-Za-z0-9\-]{10,}|"
        r"[sr]k_(?:live|test)_[A-Za-z0-9]{20,}|SG\.[\w\-]{16,}\.[\w\-]{16,}|npm_[A-Za-z0-9]{36}|sk-(?:proj-|ant-)?[A-Za-z0-9_\-]{32,}|"
        r"eyJ[\w\-]{10,}\.eyJ[\w\-]{10,}\.[\w\-]{10,}|\d{8,10}:AA[\w\-]{33})(?:$|[^\w])",
    ),
    Kind(
        name="token",
        sensitivity="secret",
        gate="long",
        needs_context=True,
        check=sums.random_looking,
        context=r"(?i)token|secret|api.?key|bearer|\bauth",
        by="pattern and entropy",
        pattern=r"(?:^|[^\w/+=\-.])([A-Za-z0-9+/_\-]{32,200}={0,2})(?:$|[^\w/+=\-])",
    ),
    Kind(
        name="password",
        sensitivity="secret",
        gate="colon",
        check=lacking(_PLACEHOLDER),
        pattern=r"(?i)(?:^|[^a-z])((?:password|passwd|pwd|passwort|contraseña|mot de passe|passphrase|(?:api|access|secret|auth)[_\-]?(?:key|token)|client_secret|secret)[\"']?\s*(?:[:=]|=>|:=)\s*[\"']?[^\s\"',;]{6,})",  # noqa: E501
    ),
    Kind(
        name="url_credentials",
        sensitivity="secret",
        gate="url",
        check=lacking(r"(?i)://[^/@]*:(?:\$\{?|<|\{|%\(|\*+@|x{3,}@)"),
        pattern=r"(?i)\b([a-z][a-z0-9+.\-]{1,15}://[^\s/:@]{0,100}:[^\s/@]{1,200}@[^\s/@]+)",
    ),
)
