"""Measures the detectors of personal data on the labelled texts of the tests: `python docs/write_personal.py`.

Writes docs/personal-data.md and the counts that the package shows beside each finding. A test says when either is out of
date. Needs the extra `personal`.
"""  # noqa: E501

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from sterling.data.personal.detect import look
from sterling.data.personal.measured import FILE, Quality
from sterling.data.personal.reading import names_in, secrets_in
from sterling.data.personal.secrets import SECRETS
from tests.data.personal.labelled import texts

PAGE = Path(__file__).with_name("personal-data.md")
HEAD = """# How well personal data is found

Measured on {n:,} short texts in several languages, {negative:,} of them without any personal data but made to look like it. They are
made from templates and a seed (`tests/data/personal/labelled.py`), so nobody's data is in them. Written by
`docs/write_personal.py`; [DA019](checks/DA019.md) shows these numbers beside what it finds.

*Precision*: of the texts in which the detector found the kind, those that hold it. *Recall*: of the texts that hold the kind, those in which it
was found. Both with Wilson intervals at 95 %. Precision depends on how common the kind and its look-alikes are: among your texts it will
be another. Recall is of the forms that we thought of.

| kind | found by | texts with it | precision | recall |
| --- | --- | --- | --- | --- |
"""  # noqa: E501
TAIL = """
Half of the texts of each kind have a word beside it that names the kind ("BSN 123…"), half have not. Numbers whose check one in ten other
numbers passes (`nl_bsn`, `de_tax_id`, `pl_pesel`, `passport`) are taken for such only with that word, or in a column whose name says so: hence their
recall of about a half. In a column of a table a kind with check digits is named only when more values pass than chance explains, which
these counts of single texts do not show.
"""  # noqa: E501


def measure() -> list[tuple[str, str, Quality]]:
    """Kind, what finds it, and its counts, in the order of the alphabet; then the readers of the extra."""
    frame = texts()
    found = look(frame["text"])
    kinds = sorted(set(frame["kinds"].explode().drop_nulls()))
    rows = [(k, "patterns", _quality(_truth(frame, [k]), found[k].hit)) for k in kinds]
    secret = [k.name for k in SECRETS]
    rows.append(("person_name", "model", _quality(_truth(frame, ["person_name"]), names_in(frame["text"]))))
    return [*rows, ("secret", "detect-secrets", _quality(_truth(frame, secret), secrets_in(frame["text"])))]


def _truth(frame: pl.DataFrame, kinds: list[str]) -> np.ndarray:
    return frame["kinds"].list.set_intersection(kinds).list.len().to_numpy() > 0


def _quality(truth: np.ndarray, hit: np.ndarray) -> Quality:
    return Quality(right=int((truth & hit).sum()), wrong=int((hit & ~truth).sum()), missed=int((truth & ~hit).sum()))


def counts(rows: list[tuple[str, str, Quality]]) -> str:
    """What the package holds, as text."""
    listed = [{"kind": k, "by": by, "right": q.right, "wrong": q.wrong, "missed": q.missed} for k, by, q in rows]
    lines = ",\n".join("  " + json.dumps(row) for row in listed)
    return f'{{"texts": {texts().height}, "detectors": [\n{lines}\n]}}\n'


def page(rows: list[tuple[str, str, Quality]]) -> str:
    """The whole page as text."""
    frame = texts()
    head = HEAD.format(n=frame.height, negative=int((frame["kinds"].list.len() == 0).sum()))
    return head + "\n".join(_lines(rows)) + "\n" + TAIL


def _lines(rows: list[tuple[str, str, Quality]]) -> Iterator[str]:
    words = {
        "patterns": "patterns and check digits",
        "model": "Presidio and a spaCy model",
        "detect-secrets": "detect-secrets",
    }
    for kind, by, q in rows:
        cells = (_share(q.precision), _share(q.recall))
        yield f"| `{kind}` | {words[by]} | {q.right + q.missed} | {cells[0]} | {cells[1]} |"


def _share(found: tuple[float, float, float] | None) -> str:
    return "" if found is None else f"{found[0]:.3f} ({found[1]:.3f} to {found[2]:.3f})"


if __name__ == "__main__":
    measured = measure()
    FILE.write_text(counts(measured), encoding="utf-8")
    PAGE.write_text(page(measured), encoding="utf-8")
