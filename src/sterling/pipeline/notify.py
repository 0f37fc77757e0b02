"""Tells reviewers that a run waits for them. Through apprise: mail, chat, webhooks; whatever the project names.

What is sent are the sentences of the summary (aggregates) and how to sign. Nothing is attached: who may read the report
is decided by where it lies. A channel that cannot be reached is a notice; the run goes on.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sterling.core.errors import MissingExtra, shown
from sterling.core.extras import require
from sterling.core.project import Project
from sterling.core.review import Review

FROM_ENVIRONMENT = "env:"
MOST_SENTENCES, LONGEST = 20, 600
_LOG = logging.getLogger(__name__)


def notify(project: Project, review: Review, *, title: str, sentences: Sequence[str], report: Path) -> tuple[str, ...]:
    """Send one message through every channel of `[review] notify`; returns a notice for each that failed.

    Notices name a channel by its place in the list and its kind, never by its address: that may be a secret.
    """
    channels = project.review.notify
    if not channels:
        return ()
    try:
        apprise: Any = require("apprise", extra="project", why="telling reviewers")
    except MissingExtra as error:
        return (f"nobody was told that this run waits for review: {error.what} ({error.hint})",)
    head = _line(f"{title}: {_WANTED.get(review.state, 'for your information')}", 150)
    body = message(project, review, sentences, report)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # some of apprise's services are older than this Python
        failed = [_send(apprise, place, channel, head, body) for place, channel in enumerate(channels, start=1)]
    return tuple(notice for notice in failed if notice)


_WANTED = {"awaiting": "awaiting your review", "stale": "changed since it was signed, awaiting your review"}


def message(project: Project, review: Review, sentences: Sequence[str], report: Path) -> str:
    """The text that reviewers get: what was found, what is asked of them, how to answer."""
    told = [f"- {_line(s, LONGEST)}" for s in sentences[:MOST_SENTENCES]]
    if len(sentences) > MOST_SENTENCES:
        told.append(f"- and {len(sentences) - MOST_SENTENCES} more in the report")
    needed = max(project.review.required, 1)
    asked = [
        *(f"{_line(reason, LONGEST)}." for reason in review.stale),
        f"{needed} {'person' if needed == 1 else 'people'} must sign. Read {_line(report.name, 100)} first, "
        f"in the folder of the project {_line(project.name, 100)}; then, there:",
        '  sterling approve last --as "YOUR NAME" --reason "…"',
        '  sterling reject last --as "YOUR NAME" --reason "…"',
        f"What is signed: {review.bundle}",
    ]
    return "\n".join([*told, "", *asked])


def _send(apprise: Any, place: int, channel: str, title: str, body: str) -> str:
    """Send through one channel; returns what went wrong, or nothing."""
    who = f"channel {place} of [review] notify"
    name = channel.removeprefix(FROM_ENVIRONMENT) if channel.startswith(FROM_ENVIRONMENT) else None
    address = channel if name is None else os.environ.get(name, "")
    if name is not None:
        who += f" ({FROM_ENVIRONMENT}{shown(name)})"
        if not address.strip():
            return f"{who} was not told: the environment variable is not set"
    service = apprise.Apprise.instantiate(address.strip(), suppress_exceptions=True)
    if service is None:
        return f"{who} was not told: it is no address that apprise understands"
    who += f", {_line(str(service.service_name), 40)},"
    try:
        sent = service.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT)
    except Exception as error:  # noqa: BLE001  whatever a channel does, the run goes on; its words may hold the address
        _LOG.debug("a channel stopped with an error", exc_info=error)
        return f"{who} was not told: it stopped with {type(error).__name__}"
    return "" if sent else f"{who} was not told: it did not answer, or refused the message"


def _line(text: str, most: int) -> str:
    """Text for one line of a message or a mail's subject: no line breaks, no control characters."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return clean if len(clean) <= most else clean[: most - 1] + "…"
