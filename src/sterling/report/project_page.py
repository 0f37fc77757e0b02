"""The report of a project's run: the page of its evidence, and the chapters that the ledger can tell."""

from __future__ import annotations

import typing

from sterling.core.dossier import Dossier
from sterling.report.chapters.order import chapters
from sterling.report.chapters.review import state_words
from sterling.report.hints import after_search
from sterling.report.page import render_page
from sterling.report.parts import line, scope_of
from sterling.report.payload import payload

Json = dict[str, object]


def render_project(dossier: Dossier) -> str:
    """The whole page, as text to be written as UTF-8. Raises SterlingError when the front end has not been built."""
    return render_page(project_payload(dossier))


def project_payload(dossier: Dossier) -> Json:
    """The page's data with chapters, and the project's name as its title."""
    data = payload(dossier.run, dossier.judgement, chapters=chapters(dossier), project=head(dossier))
    again = f"sterling reproduce {dossier.context.id[:12]}"
    run = {**typing.cast(Json, data["run"]), "id": dossier.context.id, "command": again}
    steps = after_search(tuple(typing.cast(list[str], data["next_steps"])), dossier.alternatives)
    title = dossier.project.title or dossier.project.name
    return data | {"title": title, "run": run, "next_steps": list(steps)}


def head(dossier: Dossier) -> Json:
    """What the first screen says of the project: name, purpose, owner, who set the limits, review, ledger head, run."""
    project, review = dossier.project, dossier.review
    return {
        "name": project.title or project.name,
        "purpose": project.purpose,
        "limitations": [line(text) for text in scope_of(dossier).limitations if text.strip()],
        "owner": project.owner,
        "limits_set_by": project.policy.project.get("set_by") or project.owner,
        "review": {"state": review.state, "words": state_words(review)},
        "head": dossier.head.hash,
        "run": dossier.context.id,
        "held_out_of": _held_out_of(dossier),
    }


def _held_out_of(dossier: Dossier) -> int | None:
    """Rows of the whole table, where those examined are a part held out of training; None where they are all."""
    return dossier.data.rows if dossier.data.parts.get("certify") == dossier.run.n < dossier.data.rows else None
