"""Texts to words, as each metric cuts them: all texts of a column at once.

BLEU is defined on the words of mteval-v13a, whatever the language (Post 2018, WMT: sacreBLEU). ROUGE takes runs of
letters and digits in lower case (Lin 2004): letters of every script, where the package rouge-score knows a to z alone,
breaks `señor` in two and drops Arabic. In scripts that put no spaces between words, each sign is a word of ROUGE.
"""

from __future__ import annotations

import polars as pl

_ENTITIES = {"&quot;": '"', "&amp;": "&", "&lt;": "<", "&gt;": ">"}
_SPACE = r"[\s\x1c-\x1f]"
"""What Python's `split` takes for a space."""
_13A = (
    (r"([\{-\~\[-\` -\&\(-\+\:-\@\/])", " ${1} "),
    (r"([^0-9])([\.,])", "${1} ${2} "),
    (r"([\.,])([^0-9])", " ${1} ${2}"),
    (r"([0-9])(-)", "${1} ${2} "),
)
"""Punctuation stands alone; full stops and commas but within numbers, hyphens after digits."""
_SPACELESS = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_PUNCTUATION = r"[!-/:-@\[-`\{-~]"


def bleu_words(texts: pl.Series) -> pl.Series:
    """A list of words per text, as `sacrebleu` cuts them by default (13a)."""
    cut = texts.str.replace_all(f"{_SPACE}+$", "")
    cut = cut.str.replace_all("<skipped>", "", literal=True).str.replace_all("-\n", "", literal=True)
    cut = cut.str.replace_all("\n", " ", literal=True)
    for entity, sign in _ENTITIES.items():
        cut = cut.str.replace_all(entity, sign, literal=True)
    cut = " " + cut + " "
    for pattern, apart in _13A:
        cut = cut.str.replace_all(pattern, apart)
    return cut.str.extract_all(r"[^\s\x1c-\x1f]+")


def rouge_words(texts: pl.Series) -> pl.Series:
    """A list of words per text. Of ASCII texts they are those of `rouge-score` without stemming."""
    return texts.str.to_lowercase().str.extract_all(rf"[{_SPACELESS}]|[[\p{{L}}\p{{M}}\p{{N}}]--[{_SPACELESS}]]+")


def normalised(texts: pl.Series) -> pl.Series:
    """Texts as SQuAD compares them: lower case, no punctuation (ASCII), no English articles, single spaces.

    Rajpurkar, Zhang, Lopyrev and Liang 2016, EMNLP.
    """
    plain = texts.str.to_lowercase().str.replace_all(_PUNCTUATION, "").str.replace_all(r"\b(a|an|the)\b", " ")
    return plain.str.replace_all(f"{_SPACE}+", " ").str.strip_chars(" ")


def spaceless(texts: pl.Expr) -> pl.Expr:
    """Which texts are mostly written without spaces between words: most of their letters are of such a script."""
    letters, such = texts.str.count_matches(r"\p{L}"), texts.str.count_matches(f"[{_SPACELESS}]")
    return such * 2 > letters
