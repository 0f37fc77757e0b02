"""The metrics of models that rank, in words. `metrics` computes them.

A query is the unit: numbers are means over queries, or totals over queries over other totals. `ndcg(10)` looks at the
first 10 places.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sterling.core.metrics import register_made, register_metric
from sterling.core.rates import MetricInfo

_info = partial(
    MetricInfo, scale="value", eligible="queries with a relevant candidate", by_threshold=False, needs_score=True,
    tasks=("ranking",), unit="queries", divided=True,
)  # fmt: skip
_MOST = 100_000
USUAL = 10
_ORDER = "how many relevant candidates a query has, and how many candidates in all: short lists are easier"
_ATTENTION = "attention that does not fall with the logarithm of the place, as is taken here"
_RELEVANCE = "relevance that was judged with the same prejudice as the ranking"


def _cut(name: str, describe: Callable[[int], MetricInfo]) -> None:
    """A metric of the first k places."""

    def made(at: float) -> MetricInfo:
        return describe(int(at))

    register_made(name, made, within=range(1, _MOST + 1), usual=(USUAL,))


_cut(
    "ndcg",
    lambda k: _info(
        name=f"ndcg({k})",
        label=f"NDCG of the first {k}",
        formula=f"DCG({k}) / ideal DCG({k}), DCG = sum((2^relevance - 1) / log2(1 + place))",
        direction="higher",
        plain="how close the order comes to the best one, early places weighing most; 1 is the best order",
        fooled_by=_ORDER,
        source="Järvelin and Kekäläinen 2002, ACM TOIS 20:422; Burges et al. 2005, ICML; ties: McSherry and Najork "
        "2008, ECIR",
    ),
)
_cut(
    "ndcg_linear",
    lambda k: _info(
        name=f"ndcg_linear({k})",
        label=f"NDCG of the first {k}, linear gain",
        formula=f"DCG({k}) / ideal DCG({k}), DCG = sum(relevance / log2(1 + place))",
        direction="higher",
        common=False,
        plain="as NDCG, with the relevance itself as the gain",
        fooled_by=_ORDER,
        source="Järvelin and Kekäläinen 2002, ACM TOIS 20:422",
    ),
)
_cut(
    "precision_at",
    lambda k: _info(
        name=f"precision_at({k})",
        label=f"Precision of the first {k}",
        formula=f"mean(relevant among the first {k} / min({k}, candidates))",
        direction="higher",
        scale="share",
        eligible="queries",
        plain=f"of the candidates in the first {k} places, the share that is relevant",
        fooled_by=_ORDER,
        source="Manning, Raghavan and Schütze 2008, 8.4",
    ),
)
_cut(
    "recall_at",
    lambda k: _info(
        name=f"recall_at({k})",
        label=f"Recall of the first {k}",
        formula=f"mean(relevant among the first {k} / relevant)",
        direction="higher",
        scale="share",
        plain=f"of the relevant candidates, the share in the first {k} places",
        fooled_by=f"queries with more than {k} relevant candidates, which cannot reach 1",
        source="Manning, Raghavan and Schütze 2008, 8.4",
    ),
)
_cut(
    "hit_rate",
    lambda k: _info(
        name=f"hit_rate({k})",
        label=f"Hit rate of the first {k}",
        formula=f"mean(any relevant among the first {k})",
        direction="higher",
        scale="share",
        plain=f"how often the first {k} places hold a relevant candidate",
        fooled_by="queries with many relevant candidates",
        common=False,
    ),
)
_cut(
    "top_share",
    lambda k: _info(
        name=f"top_share({k})",
        label=f"Share of the first {k}",
        formula=f"group among the first {k} / first {k}",
        scale="share",
        eligible="queries",
        needs_label=False,
        plain=f"of the first {k} places of all queries, the share that the group holds",
        fooled_by="the group's share of the candidates: read the representation in the first places beside it",
        source="Geyik, Ambler and Kenthapadi 2019, KDD",
    ),
)
_cut(
    "top_representation",
    lambda k: _info(
        name=f"top_representation({k})",
        label=f"Representation in the first {k}",
        formula=f"sum(share of the first {k}) / sum(share of candidates)",
        high=None,
        eligible="queries",
        needs_label=False,
        plain=f"the group's share of the first {k} places over its share of the candidates; 1 is as many as there are",
        fooled_by="candidates who never came to be on the list: its own make-up is taken as given",
        source="Geyik, Ambler and Kenthapadi 2019, KDD (its logarithm is their skew)",
    ),
)
_cut(
    "skew",
    lambda k: _info(
        name=f"skew({k})",
        label=f"Skew of the first {k}",
        formula=f"log(top_representation({k}))",
        low=None,
        high=None,
        eligible="queries",
        needs_label=False,
        common=False,
        plain=f"the logarithm of the representation in the first {k} places; 0 is as many as there are",
        fooled_by="a group that never reaches the first places has no skew at all",
        source="Geyik, Ambler and Kenthapadi 2019, KDD",
    ),
)
register_metric(
    _info(
        name="mean_reciprocal_rank",
        label="Mean reciprocal rank",
        formula="mean(1 / place of the first relevant)",
        direction="higher",
        plain="one over the place of the first relevant candidate, on average",
        fooled_by="everything behind the first relevant candidate, which it does not see",
        source="Voorhees 1999, TREC-8",
    ),
    also=("mrr",),
)
register_metric(
    _info(
        name="mean_average_precision",
        label="Mean average precision",
        formula="mean over queries of mean over relevant candidates of the precision up to them",
        direction="higher",
        plain="the share of relevant candidates among those no lower than a relevant one, on average",
        fooled_by=_ORDER,
        source="Buckley and Voorhees 2000, SIGIR",
    ),
    also=("map",),
)
register_metric(
    _info(
        name="first_relevant_place",
        label="Place of the first relevant",
        formula="mean(place of the first relevant)",
        direction="lower",
        low=1.0,
        high=None,
        common=False,
        plain="the place of the first relevant candidate, on average; 1 is best",
        fooled_by="a few queries whose first relevant candidate stands far down",
    ),
    also=("min_label_position",),
)
register_metric(
    _info(
        name="candidates_per_query",
        label="Candidates of a query",
        formula="mean(candidates)",
        high=None,
        eligible="queries",
        needs_label=False,
        needs_score=False,
        common=False,
        plain="how many candidates a query has, on average",
    )
)
register_metric(
    _info(
        name="exposure",
        label="Share of the exposure",
        formula="sum(group's 1 / log2(1 + place)) / sum(all of them), mean over queries",
        scale="share",
        eligible="queries",
        needs_label=False,
        common=False,
        plain="of the attention that a list gets, the share that goes to the group, if it falls with the place",
        fooled_by=f"the group's share of the candidates; {_ATTENTION}",
        source="Singh and Joachims 2018, KDD",
    )
)
register_metric(
    _info(
        name="relative_exposure",
        label="Exposure for each candidate",
        formula="sum(share of exposure) / sum(share of candidates)",
        high=None,
        eligible="queries",
        needs_label=False,
        plain="the group's share of the attention over its share of the candidates; 1 is as much as there are of them",
        fooled_by=_ATTENTION,
        source="Singh and Joachims 2018, KDD (demographic parity)",
    )
)
register_metric(
    _info(
        name="exposure_by_merit",
        label="Exposure for its relevance",
        formula="sum(share of exposure) / sum(share of relevance)",
        high=None,
        plain="the group's share of the attention over its share of the relevance; 1 is as much as its relevance",
        fooled_by=f"{_RELEVANCE}; {_ATTENTION}",
        source="Singh and Joachims 2018, KDD (disparate treatment); Biega, Gummadi and Weikum 2018, SIGIR (equity of "
        "attention, added up over queries)",
    ),
    also=("attention_parity",),
)
