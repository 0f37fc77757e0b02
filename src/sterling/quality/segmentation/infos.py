"""The metrics of models that give every pixel a class, in words. `metrics` computes them.

Pixels are counted, and images are the unit: the pixels of one image are right or wrong together.
"""

from __future__ import annotations

from functools import partial

from sterling.core.metrics import register_metric
from sterling.core.rates import MetricInfo

_info = partial(
    MetricInfo, direction="higher", eligible="labelled pixels", by_threshold=False, tasks=("segmentation",),
)  # fmt: skip
_LONG = "Long, Shelhamer, Darrell 2015, CVPR"
_VOC = "Everingham et al. 2010, IJCV 88:303"
_LARGE = "large images and large objects, whose pixels outnumber those of small ones"
_RARE = "classes with few pixels, each of which weighs as much as the largest"
_COMMON = "a background that fills most of every image: naming it everywhere is right nearly everywhere"

register_metric(
    _info(
        name="mean_iou", label="Mean IoU", scale="value", source=f"{_VOC}; {_LONG}", fooled_by=_RARE,
        plain="the mean over classes of the intersection over union of label and prediction",
        formula="mean_c tp_c / (tp_c + fp_c + fn_c)",
    ),
    also=("miou",),
)  # fmt: skip
register_metric(
    _info(
        name="mean_dice", label="Mean Dice", scale="value", source="Dice 1945, Ecology 26:297", fooled_by=_RARE,
        plain="the mean over classes of the Dice coefficient of label and prediction",
        formula="mean_c 2 tp_c / (2 tp_c + fp_c + fn_c)",
    ),
)  # fmt: skip
register_metric(
    _info(
        name="pixel_accuracy", label="Pixel accuracy", source=_LONG, fooled_by=_COMMON,
        plain="of the pixels with a label, the share that the model gives their class",
        formula="sum_c tp_c / pixels",
    ),
)  # fmt: skip
register_metric(
    _info(
        name="mean_pixel_recall", label="Mean recall of pixels", scale="value", source=_LONG, fooled_by=_RARE,
        plain="the mean over classes of the share of their pixels that is found", formula="mean_c tp_c / (tp_c + fn_c)",
        common=False,
    ),
)  # fmt: skip
register_metric(
    _info(
        name="mean_pixel_precision", label="Mean precision of pixels", scale="value", fooled_by=_RARE,
        plain="the mean over classes of the share of pixels so called that is of the class",
        formula="mean_c tp_c / (tp_c + fp_c)", common=False,
    ),
)  # fmt: skip
register_metric(
    _info(
        name="frequency_weighted_iou", label="Frequency weighted IoU", scale="value", source=_LONG, fooled_by=_COMMON,
        plain="the mean IoU over classes, each weighted by its share of the pixels",
        formula="sum_c share_c tp_c / (tp_c + fp_c + fn_c)", common=False,
    ),
    also=("fwiou",),
)  # fmt: skip

OF_EACH = {
    "iou": "threat_score", "dice": "f1", "pixel_precision": "precision", "pixel_recall": "true_positive_rate",
    "pixel_share": "prevalence", "predicted_share": "selection_rate",
}  # fmt: skip
"""Metrics of one class, and the rate of the confusion cells of its pixels that each is."""
_one = partial(_info, common=False)
for _metric in (
    _one(
        name="iou", label="IoU", scale="value", counted=True, source=_VOC, fooled_by=_LARGE,
        formula="tp / (tp + fp + fn)",
        plain="of the pixels that label or model call of a class, the share where both do",
        eligible="pixels that are, or are called, of a class",
    ),
    _one(
        name="dice", label="Dice", scale="value", source="Dice 1945, Ecology 26:297", fooled_by=_LARGE,
        formula="2 tp / (2 tp + fp + fn)", plain="twice the pixels of a class that are found, over those that are of a "
        "class and those so called", eligible="pixels that are, or are called, of a class",
    ),
    _one(
        name="pixel_precision", label="Precision of pixels", fooled_by=_LARGE, formula="tp / (tp + fp)",
        plain="of the pixels that the model calls of a class, the share that is", eligible="labelled pixels so called",
    ),
    _one(
        name="pixel_recall", label="Recall of pixels", fooled_by=_LARGE, formula="tp / (tp + fn)",
        plain="of the pixels of a class, the share that the model calls so", eligible="pixels of a class",
    ),
    _one(
        name="pixel_share", label="Share of the pixels", direction="none", formula="(tp + fn) / pixels",
        plain="of the labelled pixels, the share of a class", fooled_by=_LARGE,
    ),
    _one(
        name="predicted_share", label="Share of the pixels called so", direction="none", needs_label=False,
        formula="(tp + fp) / pixels", plain="of all pixels, the share that the model calls of a class",
        eligible="all pixels", fooled_by=_LARGE,
    ),
):  # fmt: skip
    register_metric(_metric, of_class=True)
