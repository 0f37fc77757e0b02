"""The metadata head of a model card on the Hugging Face hub: YAML in which every text is quoted."""

from __future__ import annotations

import json
import math

from sterling.core.dossier import Dossier
from sterling.report.cards.measured import overall
from sterling.report.parts import line
from sterling.report.sentences import term
from sterling.report.text import capital

TAGS = ("tabular-classification", "model-card", "sterling")


def front_matter(dossier: Dossier) -> str:
    """licence, tags, library, metrics and `model-index` with the numbers of everyone."""
    project, model = dossier.project, dossier.model
    found = [m for m in overall(dossier.run) if m.estimate.value is not None and math.isfinite(m.estimate.value)]
    names = list(dict.fromkeys(m.info.name for m in found))
    library = "sklearn" if model is not None and model.recipe else None
    return "\n".join(
        (
            f"license: {quoted((project.licence or 'unknown').lower())}",
            *([f"library_name: {quoted(library)}"] if library else []),
            "tags:",
            *(f"- {quoted(tag)}" for tag in TAGS),
            *(["metrics:", *(f"- {quoted(name)}" for name in names)] if names else []),
            "model-index:",
            f"- name: {quoted(model.name if model else project.name)}",
            "  results:",
            "  - task:",
            '      type: "tabular-classification"',
            f"      name: {quoted(project.title or project.name)}",
            "    dataset:",
            f"      type: {quoted(project.name)}",
            f"      name: {quoted(dossier.data.name)}",
            *_metrics([(m.info.name, _name(m.model, term(m.info), dossier), m.estimate.value or 0.0) for m in found]),
        )
    )


def quoted(text: str) -> str:
    """Any text as one double-quoted scalar of YAML on one line."""
    return json.dumps(line(text, 200), ensure_ascii=False)


def _metrics(found: list[tuple[str, str, float]]) -> list[str]:
    if not found:
        return ["    metrics: []"]
    lines = ["    metrics:"]
    for kind, name, value in found:
        lines += [f"    - type: {quoted(kind)}", f"      name: {quoted(name)}", f"      value: {value:.6f}"]
    return lines


def _name(model: str, words: str, dossier: Dossier) -> str:
    several = len(dossier.run.tables) > 1
    return f"{capital(words)} ({model})" if several else capital(words)
