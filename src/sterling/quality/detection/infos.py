"""The metrics of models that find objects in images, in words. `metrics` computes them.

Boxes match as COCO has it. An image is the unit. `box_ap(0.75)` counts a box as found at an overlap of 0.75, and
`box_ar(10)` looks at the 10 best boxes of an image and class.
"""

from __future__ import annotations

from functools import partial

from sterling.core.errors import ConfigError
from sterling.core.metrics import register_made, register_metric
from sterling.core.rates import MetricInfo

_COCO = "Lin et al. 2014, ECCV (COCO); Everingham et al. 2010, IJCV 88:303"
_info = partial(
    MetricInfo, direction="higher", scale="value", eligible="labelled images", by_threshold=False, needs_score=True,
    tasks=("detection",), source=_COCO,
)  # fmt: skip
_ORDER = "images with many or small objects, which are harder; classes with few objects weigh as much as others"
_PLACES = "a model that finds everything among very many wrong boxes"
_CUT = "the threshold: a higher one makes precision better and recall worse"
OVERLAPS = tuple(round(0.5 + 0.05 * k, 2) for k in range(10))
MOST = 100

register_metric(
    _info(
        name="box_ap", label="Average precision of boxes", fooled_by=_ORDER,
        plain="precision, averaged over recall from 0 to 1, over overlaps of 0.5 to 0.95 and over classes",
        formula="mean over IoU 0.5:0.05:0.95 and classes of mean over recall 0:0.01:1 of the best precision from there",
    ),
    also=("box_map",), of_class=True,
)  # fmt: skip


def _ap(at: float) -> MetricInfo:
    if at not in OVERLAPS:
        raise ConfigError(
            f"box_ap({at:g}) is at no overlap that is looked at", expected="0.5, 0.55, 0.6, … or 0.95",
            hint="box_ap(0.5) and box_ap(0.75) are the usual ones",
        )  # fmt: skip
    return _info(
        name=f"box_ap({at:g})", label=f"Average precision of boxes at IoU {at:g}", fooled_by=_ORDER,
        plain=f"precision, averaged over recall from 0 to 1 and over classes; a box is found at an overlap of {at:g}",
        formula=f"mean over classes of mean over recall 0:0.01:1 of the best precision from there, IoU {at:g}",
    )  # fmt: skip


def _ar(at: float) -> MetricInfo:
    return _info(
        name=f"box_ar({at:g})", label=f"Average recall of {at:g} {'box' if at == 1 else 'boxes'}", fooled_by=_PLACES,
        plain=f"the share of objects found by the {at:g} best of an image and class, on average over overlaps, classes",
        formula=f"mean over IoU 0.5:0.05:0.95 and classes of found among the first {at:g} / objects",
        common=at == MOST,
    )  # fmt: skip


register_made("box_ap", _ap, within=(0.0, 1.0), usual=(0.5, 0.75), of_class=True)
register_made("box_ar", _ar, within=range(1, MOST + 1), usual=(1, 10, MOST), of_class=True)
SIZED: dict[str, tuple[str, str]] = {}
"""What is measured of objects of one size alone, and of which."""
for _size, _area in (("small", "at most 32²"), ("medium", "32² to 96²"), ("large", "96² or more")):
    for _name, _label, _plain, _formula in (
        ("box_ap", "Average precision", "precision, averaged over recall, overlaps and classes", "box_ap"),
        ("box_ar", "Average recall", f"the share found by the {MOST} best boxes of an image and class, on average over "
         "overlaps and classes", f"box_ar({MOST})"),
    ):  # fmt: skip
        SIZED[f"{_name}_{_size}"] = _name, _size
        register_metric(
            _info(
                name=f"{_name}_{_size}", label=f"{_label} of {_size} boxes", fooled_by=_ORDER, common=False,
                plain=f"{_plain}, among objects of {_area} pixels; objects of other sizes, and what finds them, do not "
                "count",
                formula=f"{_formula} of objects with an area of {_area} pixels",
            ),
            of_class=True,
        )  # fmt: skip
_at_half = partial(_info, scale="share", by_threshold=True)
for _metric in (
    _at_half(
        name="box_precision", label="Precision of boxes", formula="tp / (tp + fp), IoU 0.5", fooled_by=_CUT,
        plain="of the boxes with a score of the threshold or more, the share that is an object",
        eligible="images with a box so found",
    ),
    _at_half(
        name="box_recall", label="Recall of boxes", formula="tp / objects, IoU 0.5", fooled_by=_CUT,
        plain="of the objects, the share that a box with a score of the threshold or more is found for",
        eligible="images with an object",
    ),
    _at_half(
        name="box_f1", label="F1 of boxes", scale="value", formula="2 tp / (boxes + objects), IoU 0.5", fooled_by=_CUT,
        plain="the harmonic mean of precision and recall of boxes", eligible="images with an object or a box so found",
    ),
    _at_half(
        name="boxes_per_image", label="Boxes found in an image", scale="value", direction="none", high=None,
        plain="how many boxes with a score of the threshold or more an image has, on average", needs_label=False,
        formula="boxes / images", eligible="images", fooled_by="how many objects there are", source="",
    ),
    _at_half(
        name="objects_per_image", label="Objects in an image", scale="value", direction="none", high=None,
        plain="how many objects an image shows, on average", formula="objects / images", by_threshold=False,
        needs_score=False, fooled_by="objects that nobody drew a box around", source="", common=False,
    ),
):  # fmt: skip
    register_metric(_metric, of_class=True)
