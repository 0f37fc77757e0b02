"""Findings about a table as sentences: numbers of columns, of sets of columns, of the table as a whole."""

from __future__ import annotations

import re

from sterling.core.data.metrics import ANSWERED_BY
from sterling.core.evidence import Finding
from sterling.core.rates import MetricInfo
from sterling.core.roles import Roles
from sterling.report.people import family, group
from sterling.report.text import decimals, level_text, listed, number, plain, points, scale_of

SENTENCES: dict[str, str] = {
    "missing_share": "{value} of the values of {columns} are missing",
    "zero_share": "{value} of the values of {columns} are 0",
    "constant_columns": "the number of columns of one value is {value}",
    "distinct_values": "the number of different values of {columns} is {value}",
    "distinct_share": "{value} of the values of {columns} are different ones",
    "coverage_holes": "the number of uncovered combinations of groups is {value}",
    "doubtful_label_share": "{value} of the labels are unlike what the other columns let expect",
    "duplicate_share": "{value} of the rows repeat another row",
    "near_duplicate_share": "{value} of the texts are nearly those of another row",
    "leaked_share": "{value} of the rows of one part have their like in another",
    "label_leak_auc": "{columns} alone tells the label with an AUC of {value}",
    "distinguishable_auc": "a classifier tells the tables apart with an AUC of {value}",
    "outside_share": "{value} of the rows are unlike nearly all rows of the other table",
    "k_anonymity": "the smallest class of rows that are equal in {columns} holds {value} {rows}",
    "unique_share": "{value} of the rows are alone in {columns}",
    "below_k_share": "{value} of the rows share {columns} with too few others",
    "reidentification_risk": "whoever knows {columns} of a person picks the right row in {value} of cases, on average",
    "l_diversity": "rows that are equal in {columns} have at least {value} different sensitive values",
    "personal_data_share": "{value} of the values of {columns} hold personal data",
    "personal_data_columns": "the number of columns with personal data is {value}",
    "secrets": "the number of values that hold a key, a token or a password is {value}",
    "terms_missing": "the number of questions about the terms of the data that nobody answered is {value}",
    "terms_unmet": "the number of requirements on the terms of the data that are not met is {value}",
    "without_consent_share": "{value} of the rows have no consent on record",
    "retention_days_left": "the number of days until the data must be erased is {value}",
}
"""By metric. `{columns}` is what the finding is about, `{rows}` the noun that fits the value."""
WORST = {
    "columns": "the worst column",
    "sets": "the worst set of columns",
    "highest": "the column with most",
    "lowest": "the column with fewest",
}
NAMES = {
    "Brier", "Cohen's", "Cramer's", "F0.5", "F1", "F2", "Fowlkes-Mallows", "Gini", "Jensen-Shannon",
    "Kolmogorov-Smirnov", "Matthews", "Wasserstein",
}  # fmt: skip
"""First words of metrics that are names: they keep their capital inside a sentence."""
_SETS = {"k_anonymity", "unique_share", "below_k_share", "reidentification_risk", "l_diversity"}
_HOLE = re.compile(r"\{(\w+)\}")


def about_table(info: MetricInfo) -> bool:
    """Whether the metric is a number of a table itself."""
    return info.name in ANSWERED_BY


def exact(finding: Finding) -> bool:
    """Whether the number was counted, so that no interval belongs to it."""
    return about_table(finding.metric) and finding.low == finding.high == finding.value


def digits(finding: Finding) -> int:
    """Decimals: those that the interval supports; of an exact number one for a share, none for a whole number."""
    if not exact(finding):
        return decimals(finding.low, finding.high, scale_of(finding))
    if finding.metric.scale == "share":
        return 0 if (100 * finding.value).is_integer() else 1
    return 0 if float(finding.value).is_integer() else 2


def sentence(finding: Finding, roles: Roles) -> str:
    """A measured finding in words, its first letter small."""
    if finding.second is not None:
        return _gap(finding, roles)
    shown = level_text(finding.metric, number(finding.value, digits(finding), scale_of(finding)))
    said = _filled(finding, shown)
    if finding.first.slice.items:
        said = f"{said}, for {group(finding.first.slice, roles.people).text}"
    return said


def _filled(finding: Finding, shown: str) -> str:
    template = SENTENCES.get(finding.metric.name)
    if template is None:
        return _general(finding, shown)
    rows = "row" if shown == "1" else "rows"
    parts = {"value": shown, "columns": _columns(finding), "rows": rows}
    return _HOLE.sub(lambda found: parts[found[1]], template)


def _columns(finding: Finding) -> str:
    """The columns by name; of the worst of all, which one that is, when it is known."""
    named = finding.columns or finding.at
    if named:
        return _named(named)
    if finding.metric.name == "distinct_values":
        return WORST[finding.kind]
    return WORST["sets" if finding.metric.name in _SETS else "columns"]


def _general(finding: Finding, shown: str) -> str:
    term = _term(finding.metric)
    if finding.columns:
        return f"the {term} of {_named(finding.columns)} is {shown}"
    which = "highest" if finding.kind == "highest" else "lowest"
    if finding.at:
        return f"the {which} {term} of any column is {shown}, of {_named(finding.at)}"
    if finding.groups_compared > 1:
        return f"the {which} {term} of any column or group is {shown}"
    return f"the {term} is {shown}"


def _gap(finding: Finding, roles: Roles) -> str:
    """Two groups, the one with the higher number first."""
    assert finding.second is not None
    high, low = sorted((finding.first, finding.second), key=lambda s: -s.value)
    who, whom = group(high.slice, roles.people).text, group(low.slice, roles.people).text
    of = f" of {_named(finding.columns)}" if finding.columns else ""
    shown = number(abs(finding.value), digits(finding), scale_of(finding))
    if finding.kind == "ratio":
        return f"the {_term(finding.metric)}{of} for {whom} is {shown} times that for {who}"
    amount = points(shown) if finding.metric.scale == "share" else shown
    if not shown.strip("0."):
        return f"no difference in {_term(finding.metric)}{of} was seen between groups by {family(finding.family)}"
    return f"the {_term(finding.metric)}{of} is {amount} higher for {who} than for {whom}"


def _named(columns: tuple[str, ...]) -> str:
    return listed([plain(c) or '""' for c in columns], most=4)


def _term(info: MetricInfo) -> str:
    label = plain(info.label, 60)
    first = label.split(" ", 1)[0]
    return label if first in NAMES or first.isupper() else label[:1].lower() + label[1:]
