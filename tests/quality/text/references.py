"""Other people's code for the same numbers, and texts to hold them against."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence

import numpy as np
import sacrebleu
from rouge_score.rouge_scorer import RougeScorer

from sterling.quality.text.words import rouge_words

SCORER = RougeScorer(["rouge1", "rouge2", "rougeL"])
SENTENCES = (
    "The cashier asked the cook for $3.50, and he said no.",
    'It\'s 5-4 in Zürich; e.g. "quoted" &quot;text&quot; &amp; <b>',
    "a b c a b c a b",
    "¿Dónde está el señor?  Aquí.",
    "他们在哪里?",
    "مرحبا بالعالم",
    "",
    " \t\n",
    "...",
    "A the an",
    "hyphen-\nated 1,000.5 -3 100-200",
    "\u2028odd\u00a0spaces\x1cand\x1fmore\x85here",
    "<skipped> word",
    "e\u0301 combining, ﬁ ligature, ẞ, İ",
)
NAMES = {"rouge_1": "rouge1", "rouge_2": "rouge2", "rouge_l": "rougeL"}


def changed(texts: Sequence[str], rng: np.random.Generator, share: float = 0.25) -> list[str]:
    """Texts with words left out, doubled and put elsewhere."""
    out = []
    for text in texts:
        words = text.split(" ")
        kept = [w for w in words for _ in range(int(rng.choice([0, 1, 2], p=[share / 2, 1 - share, share / 2])))]
        if len(kept) > 2 and rng.random() < share:
            i = int(rng.integers(0, len(kept) - 1))
            kept[i], kept[i + 1] = kept[i + 1], kept[i]
        out.append(" ".join(kept))
    return out


def made(n: int, rng: np.random.Generator, longest: int = 25) -> list[str]:
    """Texts of a small vocabulary, some of them empty, with commas and full stops."""
    words = np.array([*"abcdefgh", "it's", "The", "3.5", "end.", "so,", "-"])
    return [" ".join(rng.choice(words, int(rng.integers(0, longest)))) for _ in range(n)]


def corpus_bleu(references: Sequence[str], answers: Sequence[str]) -> float:
    """From 0 to 1; others print it times 100."""
    return float(sacrebleu.corpus_bleu(list(answers), [list(references)]).score) / 100


class Unicode:
    """Words as ROUGE is counted here, for the package that takes letters from a to z alone for words."""

    def tokenize(self, text: str) -> list[str]:
        import polars as pl

        return list(rouge_words(pl.Series([text]))[0])


def mean_rouge(references: Sequence[str], answers: Sequence[str], *, unicode: bool = False) -> dict[str, float]:
    """The mean F measure of each kind, row by row."""
    scorer = RougeScorer(list(NAMES.values()), tokenizer=Unicode()) if unicode else SCORER
    found = [scorer.score(r, a) for r, a in zip(references, answers, strict=True)]
    return {name: float(np.mean([row[kind].fmeasure for row in found])) for name, kind in NAMES.items()}


def squad(text: str) -> str:
    """`normalize_answer` of SQuAD's own evaluation script (Rajpurkar et al. 2016)."""
    text = "".join(c for c in text.lower() if c not in set(string.punctuation))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


def slow_common(first: Sequence[str], second: Sequence[str]) -> int:
    """The length of the longest common subsequence, by the table of Wagner and Fischer 1974."""
    row = [0] * (len(second) + 1)
    for word in first:
        before = 0
        for j, other in enumerate(second):
            before, row[j + 1] = row[j + 1], before + 1 if word == other else max(row[j], row[j + 1])
    return row[-1]
