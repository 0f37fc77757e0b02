"""What an artifact inherits: whatever is known of the things from outside that it was made of."""

from __future__ import annotations

from sterling.core.document import Block, Prose
from sterling.core.dossier import Dossier
from sterling.core.records import Artifact, Execution
from sterling.report import words
from sterling.report.chapters.lineage import edges
from sterling.report.parts import line, short


class Inheritance:
    """The graph of a dossier, asked about what lies upstream."""

    def __init__(self, dossier: Dossier) -> None:
        self._dossier = dossier
        self._artifacts = {a.digest: a for a in dossier.lineage.artifacts}
        self._steps = {e.id: e for e in dossier.lineage.executions}
        self._before: dict[str, list[str]] = {}
        self._after: dict[str, list[str]] = {}
        for start, end in edges(dossier.lineage):
            self._before.setdefault(end, []).append(start)
            self._after.setdefault(start, []).append(end)

    def maker(self, digest: str) -> Execution | None:
        """The step that made an artifact; None when it came from outside."""
        return next((self._steps[s] for s in self._before.get(digest, []) if s in self._steps), None)

    def readers(self, digest: str) -> tuple[Execution, ...]:
        """The steps that read an artifact."""
        return tuple(self._steps[s] for s in self._after.get(digest, []) if s in self._steps)

    def sources(self, digest: str) -> tuple[Artifact, ...]:
        """The things from outside that an artifact was made of, itself left out."""
        seen = self._upstream(digest)
        return tuple(a for d, a in self._artifacts.items() if d in seen and d != digest and self._is_source(d))

    def _upstream(self, digest: str) -> set[str]:
        """An artifact and everything it was made of and by."""
        waiting, seen = [digest], {digest}
        while waiting:
            new = [b for b in self._before.get(waiting.pop(), []) if b not in seen]
            seen |= set(new)
            waiting += new
        return seen

    def _is_source(self, digest: str) -> bool:
        """Whether it came from outside: nothing made it, or a step that read nothing of this graph."""
        return not any(self._before.get(step) for step in self._before.get(digest, []))

    def considerations(self, digest: str) -> tuple[str, ...]:
        """One sentence for each thing that is known of what it was made of."""
        said = [t for source in self.sources(digest) for t in self._of(source)]
        model = self._model()
        if self._dossier.project.model is not None and digest != model and model in self._upstream(digest):
            said.append(f"The model was not trained here; {self._card_words()}")
        return tuple(said)

    def cards(self, digest: str) -> tuple[Block, ...]:
        """The card of a given model that the artifact is, or was made of."""
        given, text = self._dossier.project.model, self._dossier.upstream_card
        if given is None or not text or self._model() not in self._upstream(digest):
            return ()
        return (
            Prose(text="The card that came with the model:"),
            Prose(text=text, source=given.card or "the model's card", markdown=True),
        )

    def _of(self, source: Artifact) -> list[str]:
        name = f"{line(source.name, 60)} ({source.type}, {short(source.digest)})"
        said = [f"Whatever is true of {name} is true of this: it was made of it"]
        data = self._dossier.data
        if source.digest in (data.digest, *(d for _, d in data.files)) or source.type in ("table", "file"):
            said += [f"From {name}: {line(p)}" for p in data.problems]
            note = words.label_note(words.settled_roles(self._dossier.run))
            said += [f"From {name}: {note}"] if note else []
        return said

    def _card_words(self) -> str:
        given = self._dossier.project.model
        if given is None or not given.card:
            return "no card came with it"
        lost = "" if self._dossier.upstream_card else ", though it could not be read here"
        return f"its card {line(given.card, 120)} applies{lost}"

    def _model(self) -> str | None:
        """The artifact that a model came in: its own file, or the table whose columns hold what it said."""
        known, artifacts = self._dossier.model, self._dossier.artifacts
        artifact = artifacts.get("model") or (artifacts.get("table") if known is None else None)
        return artifact.digest if artifact else known.digest if known else None
