"""What texts are made of, from their distinct values and how many rows have each; sums that any parts add up to."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from sterling.core.data.profile import Lengths, TextFacts
from sterling.core.frozen import dataclass
from sterling.data.statistics.language import languages_of
from sterling.data.statistics.smallest import Smallest, smallest

CHUNK = 50_000
"""So many texts are taken apart at once."""
VOCABULARY = 1 << 16
"""Up to so many different words are counted exactly."""
NO_WORDS = Smallest(np.zeros(0, dtype=np.uint64), VOCABULARY)
PROSE = 3.0
"""A language is looked for when texts have so many words on average: fewer tell too little."""

_WORD = r"[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}]+)*"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TextTotals:
    """Sums over rows. `letters`: characters; `language`: rows whose commonest words are of it."""

    rows: int = 0
    empty: int = 0
    blank: int = 0
    letters: int = 0
    shortest: int | None = None
    longest: int | None = None
    words: int = 0
    vocabulary: Smallest = NO_WORDS
    language: Mapping[str, int] | None = None

    def __add__(self, other: TextTotals) -> TextTotals:
        if not other.rows or not self.rows:
            return self if self.rows else other
        spoken = {k: (self.language or {}).get(k, 0) + (other.language or {}).get(k, 0)
                  for k in sorted({*(self.language or {}), *(other.language or {})})}  # fmt: skip
        return TextTotals(
            rows=self.rows + other.rows, empty=self.empty + other.empty, blank=self.blank + other.blank,
            letters=self.letters + other.letters,
            shortest=min(t.shortest for t in (self, other) if t.shortest is not None),
            longest=max(t.longest for t in (self, other) if t.longest is not None),
            words=self.words + other.words, vocabulary=self.vocabulary + other.vocabulary, language=spoken,
        )  # fmt: skip

    @property
    def lengths(self) -> Lengths | None:
        if not self.rows or self.shortest is None or self.longest is None:
            return None
        return Lengths(low=float(self.shortest), mean=self.letters / self.rows, high=float(self.longest))

    @property
    def facts(self) -> TextFacts | None:
        if not self.rows:
            return None
        words, error = self.vocabulary.distinct
        language, share = self._commonest()
        return TextFacts(
            empty=self.empty, blank=self.blank, words=self.words / self.rows, vocabulary=words,
            vocabulary_error=error, language=language, language_share=share,
        )  # fmt: skip

    def _commonest(self) -> tuple[str | None, float | None]:
        """The language of most texts, and the share of all texts that seem to be in it."""
        said = {k: n for k, n in (self.language or {}).items() if n}
        if not said or self.words < PROSE * self.rows:
            return None, None
        language = min(said, key=lambda k: (-said[k], k))
        return (language, said[language] / self.rows) if 2 * said[language] > sum(said.values()) else (None, None)


def totals_of(values: pl.Series, rows: pl.Series) -> TextTotals:
    """The sums of distinct texts, of which `rows` say how many rows have each; neither has missing values."""
    total = TextTotals()
    for start in range(0, len(values), CHUNK):
        total = total + _totals(values.slice(start, CHUNK), rows.slice(start, CHUNK).cast(pl.Int64))
    return total


def _totals(values: pl.Series, rows: pl.Series) -> TextTotals:
    text = pl.col("text")
    seen = pl.DataFrame({"text": values.cast(pl.String)}).select(
        letters=text.str.len_chars().cast(pl.Int64), blank=(text.str.strip_chars() == "") & (text != ""),
        words=text.str.to_lowercase().str.extract_all(_WORD),
    )  # fmt: skip
    n, letters = rows.to_numpy(), seen["letters"].to_numpy()
    count = seen["words"].list.len().cast(pl.Int64).to_numpy()
    every = seen["words"].explode(empty_as_null=False).drop_nulls()
    hashes = every.hash().to_numpy()
    return TextTotals(
        rows=int(n.sum()), empty=int(n[letters == 0].sum()), blank=int(n[seen["blank"].to_numpy()].sum()),
        letters=int(n @ letters), shortest=int(letters.min()), longest=int(letters.max()), words=int(n @ count),
        vocabulary=smallest(hashes, VOCABULARY),
        language=languages_of(every, hashes, np.repeat(np.arange(len(n)), count), n),
    )  # fmt: skip
