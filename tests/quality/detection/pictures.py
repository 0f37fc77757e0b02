"""Images made up at random with objects in them, and a model that finds some of them; and what pycocotools says."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np
import polars as pl
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

_SIZES = dict.fromkeys(("x", "y", "width", "height"), pl.Float64)
THERE = pl.List(pl.Struct({**_SIZES, "class": pl.String, "crowd": pl.Boolean}))
FOUND = pl.List(pl.Struct({**_SIZES, "class": pl.String, "score": pl.Float64}))


def made(
    images: int, *, seed: int = 0, most: int = 6, classes: int = 3, crowds: float = 0.1, scale: int = 1
) -> pl.DataFrame:
    """Columns `boxes` and `found`, group `g`, weight `w`, patient `c`. Boxes have whole corners, so that some tie.

    `scale` times as large as small ones: with 8 there are areas of all of COCO's sizes, some at their very ends.
    """
    rng = np.random.default_rng(seed)
    names = [f"k{i}" for i in range(classes)]

    def box() -> dict[str, float]:
        x, y = rng.integers(0, 30, 2)
        w, h = rng.integers(1, 15, 2)
        sides = {"x": float(x), "y": float(y), "width": float(w), "height": float(h)}
        return {side: scale * value for side, value in sides.items()}

    def near(one: dict[str, Any]) -> dict[str, Any]:
        moved = {k: float(one[k] + scale * rng.integers(-1, 2)) for k in ("x", "y")}
        size = {k: float(max(one[k] + scale * rng.integers(-1, 2), 1)) for k in ("width", "height")}
        kind = one["class"] if rng.random() < 0.9 else names[rng.integers(classes)]
        return {**moved, **size, "class": kind, "score": float(rng.random())}

    there = [
        [{**box(), "class": names[rng.integers(classes)], "crowd": bool(rng.random() < crowds)}
         for _ in range(rng.integers(0, most + 1))]
        for _ in range(images)
    ]  # fmt: skip
    found = [
        [near(one) for one in row for _ in range(rng.integers(0, 3))]
        + [{**box(), "class": names[rng.integers(classes)], "score": float(rng.random() * 0.8)}
           for _ in range(rng.integers(0, 4))]
        for row in there
    ]  # fmt: skip
    return pl.DataFrame(
        {
            "boxes": there, "found": found, "g": rng.choice(["a", "b"], images),
            "w": rng.integers(1, 4, images).astype(float), "c": rng.integers(0, max(images // 3, 2), images),
        },
        schema_overrides={"boxes": THERE, "found": FOUND},
    )  # fmt: skip


def coco_json(frame: pl.DataFrame) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The two files of COCO: what is there, and the results of the model."""
    kinds = sorted({b["class"] for c in ("boxes", "found") for row in frame[c] for b in row})
    place = {kind: i + 1 for i, kind in enumerate(kinds)}

    def sized(b: dict[str, Any], image: int) -> dict[str, Any]:
        bbox = [b["x"], b["y"], b["width"], b["height"]]
        area = bbox[2] * bbox[3] if b.get("area") is None else b["area"]
        return {"bbox": bbox, "category_id": place[b["class"]], "area": area, "image_id": image}

    truth, results = [], []
    for i, (there, found) in enumerate(frame.select("boxes", "found").iter_rows()):
        truth += [{**sized(b, i), "iscrowd": int(b["crowd"])} for b in there]
        results += [{**sized(b, i), "score": b["score"]} for b in found]
    known = {
        "images": [{"id": i} for i in range(frame.height)],
        "annotations": [{**a, "id": i + 1} for i, a in enumerate(truth)],
        "categories": [{"id": i, "name": kind} for kind, i in place.items()],
    }
    return known, results


def coco(frame: pl.DataFrame) -> COCOeval:
    """The evaluation of all images by pycocotools, accumulated."""
    truth, results = coco_json(frame)
    with contextlib.redirect_stdout(io.StringIO()):
        known, said = COCO(), COCO()
        known.dataset = truth
        boxes = [{**a, "id": i + 1, "iscrowd": 0} for i, a in enumerate(results)]
        said.dataset = {**truth, "annotations": boxes}
        known.createIndex()
        said.createIndex()
        done = COCOeval(known, said, "bbox")
        done.evaluate()
        done.accumulate()
    return done


def by_coco(frame: pl.DataFrame) -> dict[str, float]:
    """The numbers that Sterling gives, NaN where pycocotools has none."""
    done = coco(frame)
    kinds = sorted({b["class"] for c in ("boxes", "found") for row in frame[c] for b in row})
    every = [done.eval[k] for k in ("precision", "recall")]
    precision, recall = (of[:, ..., 0, :] for of in every)

    def mean(values: np.ndarray) -> float:
        return float(values[values > -1].mean()) if (values > -1).any() else float("nan")

    out = {"box_ap": mean(precision[..., 2]), "box_ap(0.5)": mean(precision[0, ..., 2]),
           "box_ap(0.75)": mean(precision[5, ..., 2])}  # fmt: skip
    out |= {f"box_ar({n})": mean(recall[..., i]) for i, n in enumerate((1, 10, 100))}
    for k, kind in enumerate(kinds):
        out[f"box_ap of {kind}"] = mean(precision[:, :, k, 2])
        out[f"box_ap(0.5) of {kind}"] = mean(precision[0, :, k, 2])
        out[f"box_ar(100) of {kind}"] = mean(recall[:, k, 2])
    for s, size in enumerate(("small", "medium", "large"), start=1):
        for name, of in zip(("box_ap", "box_ar"), every, strict=True):
            out[f"{name}_{size}"] = mean(of[..., s, 2])
            out |= {f"{name}_{size} of {kind}": mean(of[..., k, s, 2]) for k, kind in enumerate(kinds)}
    return out


def at_threshold(frame: pl.DataFrame, threshold: float) -> dict[str, float]:
    """Precision and recall at an overlap of 0.5, from pycocotools' own matching."""
    done = coco(frame)
    right = boxes = objects = 0
    for image in (e for e in done.evalImgs if e is not None and e["aRng"] == done.params.areaRng[0]):
        some = np.array(image["dtScores"]) >= threshold
        matched, ignored = image["dtMatches"][0] > 0, image["dtIgnore"][0].astype(bool)
        right += int((some & matched & ~ignored).sum())
        boxes += int((some & ~ignored).sum())
        objects += int((~image["gtIgnore"].astype(bool)).sum())
    return {
        "box_precision": right / boxes if boxes else np.nan, "box_recall": right / objects if objects else np.nan,
        "box_f1": 2 * right / (boxes + objects) if boxes + objects else np.nan,
    }  # fmt: skip
