"""The numbers of drift and skew that a limit can speak of."""

from __future__ import annotations

from sterling.core.data.metrics import register_data_metric

DRIFT, SKEW = "DA012", "DA013"
_LARGE = "with many rows the smallest change is beyond chance: let a limit say what matters"


def _drift(
    name: str, label: str, plain: str, formula: str, source: str, fooled_by: str, *, high: float | None = 1.0
) -> None:
    register_data_metric(
        f"drift_{name}", DRIFT, label=label, plain=plain, formula=formula, source=source, fooled_by=fooled_by,
        eligible="rows with a value, of both tables", high=high,
        scale="value",  # as the page and the terminal draw them
    )  # fmt: skip


_drift(
    "ks", "Kolmogorov-Smirnov distance", "the largest distance between the two distribution functions of a number",
    "max |F - G|", "Smirnov 1948", _LARGE,
)  # fmt: skip
_drift(
    "jensen_shannon", "Jensen-Shannon distance", "how far apart two distributions over the same cells are, 0 to 1",
    "sqrt of the mean divergence from the middle, base 2", "Endres and Schindelin 2003",
    "numbers are cut into ten parts first: what moves inside one part is not seen",
)  # fmt: skip
_drift(
    "l_infinity", "Largest change of one value's share", "how much the share of one value has changed at most",
    "max |p - q|", "Breck et al. 2019, MLSys", "many small changes that add up are not seen",
)  # fmt: skip
_drift(
    "total_variation", "Total variation", "the share of rows whose value would have to be another",
    "sum |p - q| / 2", "Levin and Peres 2017", "it says nothing of how far values moved",
)  # fmt: skip
_drift(
    "psi", "Population stability index", "the index that credit risk uses for a change of shares, from 0 without end",
    "sum (p - q) ln(p / q)", "Siddiqi 2006",
    "rare cells dominate it; the customary 0.1 and 0.25 know nothing of how many rows there are", high=None,
)  # fmt: skip
_drift(
    "cramers_v", "Cramer's V between tables", "how strongly a value tells which of the two tables it is from",
    "sqrt(max(chi-square / n - (k - 1) / (n - 1), 0) / (min(k~, 2~) - 1)), k~ = k - (k - 1)^2 / (n - 1)",
    "Bergsma 2013", "it depends on how large the tables are beside one another",
)  # fmt: skip
_drift(
    "wasserstein", "Wasserstein distance, scaled",
    "how far values moved, in interquartile ranges of the other table",
    "mean |Q - R| / IQR", "Kantorovich 1942; Ramdas et al. 2017, Entropy 19:47",
    "a few far outliers move it: look at the KS distance beside it", high=None,
)  # fmt: skip
_drift(
    "wasserstein_units", "Wasserstein distance", "how far values moved on average, in the column's own unit",
    "mean |Q - R|", "Kantorovich 1942; Ramdas et al. 2017, Entropy 19:47",
    "a few far outliers move it; units differ by column, so a limit on it names its column", high=None,
)  # fmt: skip
_drift(
    "missing_share", "Change of the missing share", "how much the share of rows without a value changed, up or down",
    "|missing here - missing there|", "Newcombe 1998", "a default may have taken the place of what was missing",
)  # fmt: skip
_drift(
    "new_values", "Share of new values", "of the rows with a value, those whose value the other table does not have",
    "rows with a new value / rows", "Breck et al. 2019, MLSys",
    "in a small older table common values may be lacking by chance",
)  # fmt: skip
_drift(
    "length_ks", "Kolmogorov-Smirnov distance of lengths", "the same distance for the number of characters of a text",
    "max |F - G| of lengths", "Smirnov 1948", "texts may change without becoming longer or shorter",
)  # fmt: skip

register_data_metric(
    "skew_share", SKEW, label="Share of rows that differ", eligible="rows of both tables with one key",
    plain="of the rows that both tables have, those in which a column has another value",
    formula="rows that differ / rows joined", source="Clopper and Pearson 1934",
    fooled_by="rows that only one table has are not in it: look at the unmatched keys",
)  # fmt: skip
