"""The metrics of models that write text, in words. `metrics` computes them."""

from __future__ import annotations

from functools import partial

from sterling.core.metrics import register_metric
from sterling.core.rates import MetricInfo

_info = partial(
    MetricInfo, eligible="rows with a reference and an answer", by_threshold=False, tasks=("text",)
)  # fmt: skip
_LIN = "Lin 2004, Text Summarization Branches Out, ACL"
_REWORDED = "an answer that says the same in other words is wrong, and so is one in another dialect than the reference"

register_metric(
    _info(
        name="answered", label="Answered", direction="higher", eligible="everyone", needs_label=False,
        plain="of all rows, the share with an answer that is not empty", formula="n(answer is not empty) / n",
        fooled_by="whatever is written counts as an answer: a refusal in words, a repeated question",
    )
)  # fmt: skip
register_metric(
    _info(
        name="exact_match", label="Exact match", direction="higher",
        plain="the share of answers that are their reference, or one of several, byte for byte",
        formula="mean(answer = reference)",
        fooled_by=f"a capital letter, a full stop or a space too many; {_REWORDED}",
        source="Rajpurkar, Zhang, Lopyrev and Liang 2016, EMNLP",
    )
)  # fmt: skip
register_metric(
    _info(
        name="normalised_exact_match", label="Exact match, normalised", direction="higher",
        plain="the share of answers that are their reference but for capitals, ASCII punctuation, the English articles "
        "a, an and the, and spaces",
        formula="mean(normalised(answer) = normalised(reference))",
        fooled_by=f"signs that matter, such as that of -5, are left out; {_REWORDED}",
        source="Rajpurkar, Zhang, Lopyrev and Liang 2016, EMNLP (SQuAD)",
    ),
    also=("normalized_exact_match",),
)  # fmt: skip
register_metric(
    _info(
        name="bleu", label="BLEU", direction="higher", scale="value",
        plain="how many of the answers' runs of one to four words their references have too, all rows together, less "
        "where answers are shorter than references; 1 is the same words (others print it times 100)",
        formula="exp(min(0, 1 - reference words / answer words)) * (p1 p2 p3 p4)^(1/4), pn = shared / all n-grams",
        fooled_by="short texts, of which few share four words; one reference where much can be said; words and "
        "spelling of a dialect that references lack; languages without spaces; it is no mean of rows: long rows weigh "
        "more",
        source="Papineni, Roukos, Ward and Zhu 2002, ACL; words (13a) and smoothing (exp): Post 2018, WMT (sacreBLEU)",
    )
)  # fmt: skip
for _name, _label, _shared, _formula, _fooled in (
    ("rouge_1", "ROUGE-1", "words", "shared words", "the order of the words, which it does not look at"),
    ("rouge_2", "ROUGE-2", "pairs of words in a row", "shared pairs", "answers of one word, which have no pair"),
    ("rouge_l", "ROUGE-L", "words in the same order, with any others between them", "longest common subsequence",
     "a long answer of common words, in which much of any reference can be found"),
):  # fmt: skip
    register_metric(
        _info(
            name=_name, label=_label, direction="higher", scale="value",
            plain=f"how much answer and reference have in common of their {_shared}: the mean over rows of the F "
            "measure; 1 is all",
            formula=f"mean(2 * {_formula} / (of the answer + of the reference))",
            fooled_by=f"{_fooled}; {_REWORDED}",
            source=_LIN,
        ),
        also=(_name.replace("_", ""),),
    )  # fmt: skip
register_metric(
    _info(
        name="length_ratio", label="Length ratio", scale="value", high=None,
        plain="words of all answers over words of all references: above 1 the model writes more",
        formula="answer words / reference words",
        fooled_by="long and short answers that even out; a rule that counts words is not one that reads them",
        source="Papineni, Roukos, Ward and Zhu 2002, ACL",
    )
)  # fmt: skip
