"""Which language texts seem to be in: the one whose commonest words they use most.

A guess from function words, no more: it needs sentences, and knows the languages below. Source: the idea of
Grefenstette 1995, Comparing two language identification schemes, JADT.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

WORDS: dict[str, str] = {
    "da": "og det er ikke jeg der på til en et som med har den af for men var hvad kan vil os",
    "de": "der die das und ist nicht ich mit ein eine zu den auf für dem sich auch sie wird von im noch nur",
    "en": "the of and to is in that it was for on with as are this be not have from by they which you were",
    "es": "el la de que y en los se del las un por con no una su para es al lo como más pero sus",
    "fi": "ja on ei että se oli hän mutta ovat kun niin myös joka tämä kuin sen minä ole",
    "fr": "le la les de des et est un une en que qui dans pour pas sur au avec ce il je ne plus par",
    "it": "il di che e la un è per una non sono con del della si le gli da nel come più anche ma",
    "nl": "de het een en van is dat niet te in op zijn voor met er aan ik ook maar hij naar bij uit wordt",
    "no": "og det er ikke jeg på til en et som med har den av for men var hva kan vil oss fra",
    "pl": "w i na z się nie do to że jest o jak ale po co tak za od dla przez tego czy ich",
    "pt": "o a de que e do da em um para com não uma os no se na por mais as dos como mas foi ao",
    "ru": "и в не на что он с как это но по из у за от же так его для был она мы",
    "sv": "och det är att inte jag på till en ett som med har den av för men var vad kan ska från om",
    "tr": "ve bir bu da de için ile çok ne ama olarak daha gibi en o kadar değil var ben sonra",
}
"""Commonest words by ISO 639-1 code."""

_ENOUGH = 2
"""A text counts for a language when it uses so many of its words, and more than of any other's."""


@cache
def _known() -> pl.DataFrame:
    pairs = [(word, place) for place, words in enumerate(WORDS.values()) for word in words.split()]
    return pl.DataFrame(pairs, schema={"word": pl.String, "language": pl.Int64}, orient="row")


@cache
def _hashes() -> NDArray[np.uint64]:
    """Hashes of the words above, ascending: they tell most other words apart at little cost."""
    return np.sort(_known()["word"].hash().to_numpy())


def languages_of(
    words: pl.Series, hashes: NDArray[np.uint64], text: NDArray[np.int64], rows: NDArray[np.int64]
) -> dict[str, int]:
    """Rows by language, of texts that were taken apart.

    `words`: all words in lower case, their `hashes` by Polars, and the number of the `text` each is of; shape (w,).
    `rows` that have each text, shape (t,).
    """
    among = _hashes()
    may = np.flatnonzero(among[np.minimum(np.searchsorted(among, hashes), len(among) - 1)] == hashes)
    may = may[np.bincount(text[may], minlength=len(rows))[text[may]] >= _ENOUGH]
    if not len(may):
        return {}
    used = pl.DataFrame({"word": words.gather(may), "text": text[may]}).join(_known(), on="word")
    texts, place = np.unique(used["text"].to_numpy(), return_inverse=True)
    cells = place * len(WORDS) + used["language"].to_numpy()
    times = np.bincount(cells, minlength=len(texts) * len(WORDS)).reshape(len(texts), len(WORDS))
    most = times.max(axis=1, initial=0)
    clear = (most >= _ENOUGH) & ((times == most[:, None]).sum(axis=1) == 1)
    found = np.zeros(len(WORDS), dtype=np.int64)
    np.add.at(found, times[clear].argmax(axis=1), rows[texts[clear]])
    return {code: int(n) for code, n in sorted(zip(WORDS, found, strict=True)) if n}
