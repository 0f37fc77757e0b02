"""The metrics of models that predict a number, in words. `metrics` computes them."""

from __future__ import annotations

from functools import partial

from sterling.core.metrics import register_metric
from sterling.core.rates import MetricInfo

_info = partial(MetricInfo, scale="value", eligible="labelled", by_threshold=False, tasks=("regression",))
_TAILS = "a few very large errors; where errors have heavy tails no interval from the sample knows of those not yet met"

register_metric(
    _info(
        name="average_label",
        label="Average label",
        formula="mean(y)",
        low=None,
        high=None,
        plain="the mean of the labels",
        fooled_by="rows whose label is missing, when those who lack it differ from the others",
    )
)
register_metric(
    _info(
        name="average_prediction",
        label="Average prediction",
        formula="mean(f)",
        eligible="everyone",
        needs_label=False,
        needs_score=True,
        low=None,
        high=None,
        plain="the mean of the predictions",
    )
)
register_metric(
    _info(
        name="mean_error",
        label="Mean error",
        formula="mean(f - y)",
        needs_score=True,
        low=None,
        high=None,
        plain="the mean of prediction less label: above 0 the model predicts too much, below 0 too little",
        fooled_by="errors in both directions that cancel out: read the mean absolute error beside it",
        source="bias of a forecast; Hyndman and Koehler 2006, International Journal of Forecasting 22:679",
    )
)
register_metric(
    _info(
        name="mean_absolute_error",
        label="Mean absolute error",
        formula="mean(|f - y|)",
        direction="lower",
        needs_score=True,
        high=None,
        plain="how far predictions lie from labels on average, in the label's own unit",
        fooled_by="groups whose labels vary more are harder to predict: a gap need not come from the model",
        source="Willmott and Matsuura 2005, Climate Research 30:79; as a loss bounded for each group Agarwal, Dudík "
        "and Wu 2019, ICML",
    ),
    also=("mae",),
)
register_metric(
    _info(
        name="root_mean_squared_error",
        label="Root mean squared error",
        formula="sqrt(mean((f - y)^2))",
        direction="lower",
        needs_score=True,
        high=None,
        plain="the size of a typical error, large ones weighing more, in the label's own unit",
        fooled_by=_TAILS,
        source="Chai and Draxler 2014, Geoscientific Model Development 7:1247",
    ),
    also=("rmse",),
)
register_metric(
    _info(
        name="mean_squared_error",
        label="Mean squared error",
        formula="mean((f - y)^2)",
        direction="lower",
        needs_score=True,
        high=None,
        plain="the mean squared distance of predictions from labels, in the square of the label's unit",
        fooled_by=_TAILS,
    ),
    also=("mse",),
)
register_metric(
    _info(
        name="mean_absolute_percentage_error",
        label="Mean absolute percentage error",
        formula="mean(|f - y| / |y|)",
        direction="lower",
        needs_score=True,
        scale="share",
        high=None,
        eligible="label is not 0",
        plain="how far predictions lie from labels on average, as a share of the label",
        fooled_by="labels close to 0, whose share of error is huge; predictions that are too low cost less than those "
        "that are too high",
        source="de Myttenaere, Golden, Le Grand and Rossi 2016, Neurocomputing 192:38",
    ),
    also=("mape",),
)
register_metric(
    _info(
        name="mean_squared_log_error",
        label="Mean squared log error",
        formula="mean((log(1 + f) - log(1 + y))^2)",
        direction="lower",
        needs_score=True,
        high=None,
        plain="the mean squared distance of the logarithms of 1 more than each; about relative error for large labels",
        fooled_by="the unit of the label: the 1 that is added weighs more for small numbers",
    ),
    also=("msle",),
)
for _share, _name, _label, _words in (
    (0.5, "median_absolute_error", "Median absolute error", "half"),
    (0.9, "absolute_error_p90", "90th percentile of the absolute error", "nine in ten"),
    (0.95, "absolute_error_p95", "95th percentile of the absolute error", "19 in 20"),
):
    register_metric(
        _info(
            name=_name,
            label=_label,
            formula=f"quantile(|f - y|, {_share:g})",
            direction="lower",
            needs_score=True,
            high=None,
            plain=f"{_words} of the predictions lie at most this far from their label",
            fooled_by="all errors beyond it, however large",
            source="Hyndman and Fan 1996, The American Statistician 50:361 (type 2)",
        )
    )
register_metric(
    _info(
        name="r2",
        label="R²",
        formula="1 - sum((f - y)^2) / sum((y - mean(y))^2)",
        direction="higher",
        needs_score=True,
        low=None,
        plain="how much of the labels' variation about their own mean the model explains; 0 is no better than that "
        "mean, and below 0 worse",
        fooled_by="a group whose labels vary little has a low R² with small errors, and one whose labels vary much a "
        "high one with large errors",
        source="Kvålseth 1985, The American Statistician 39:279",
    ),
    also=("r_squared", "coefficient_of_determination"),
)
register_metric(
    _info(
        name="correlation",
        label="Correlation",
        formula="cov(f, y) / (sd(f) sd(y))",
        direction="higher",
        needs_score=True,
        low=-1.0,
        plain="how closely labels follow a straight line of the predictions (Pearson's correlation), from -1 to 1",
        fooled_by="predictions that are all too high, or all on the wrong scale, may have a correlation of 1",
        source="Pearson 1895; interval: Fisher 1921",
    ),
    also=("pearson",),
)
register_metric(
    _info(
        name="squared_correlation",
        label="Squared correlation",
        formula="correlation^2",
        direction="higher",
        needs_score=True,
        plain="the share of the labels' variation that the best straight line of the predictions explains",
        fooled_by="as the correlation, and its sign is lost: predictions that run the wrong way may score high",
    ),
    also=("squared_pearson_correlation",),
)
