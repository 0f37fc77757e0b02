"""Every metric of boxes beside pycocotools', slice by slice."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

import sterling as st
from sterling.core.codec import evidence_bytes
from sterling.core.slices import EVERYONE, Slice
from sterling.core.table import EstimateTable
from tests.quality.detection.pictures import FOUND, THERE, at_threshold, by_coco, made

ROLES = {"task": "detection", "label": "boxes", "prediction": "found"}
SIZED = tuple(f"{name}_{size}" for name in ("box_ap", "box_ar") for size in ("small", "medium", "large"))
ALSO = ("all", *(f"{name} of k{k}" for name in ("box_ap(0.5)", "box_ar(100)", *SIZED) for k in range(3)))


def table(frame: pl.DataFrame, *metrics: str, **roles: object) -> EstimateTable:
    thresholds = roles.pop("thresholds", (0.5,))
    plan = st.Plan(
        asks=(st.ask("QU001", metrics=metrics or ("all",)),), thresholds=thresholds, grid=False, min_n=1, seed=3
    )  # type: ignore[arg-type]
    return st.evaluate(frame, plan=plan, **ROLES, **roles).tables[0]  # type: ignore[arg-type]


def check(frame: pl.DataFrame) -> int:
    """How many numbers were held against pycocotools'."""
    kinds = {b["class"] for c in ("boxes", "found") for row in frame[c] for b in row}
    names = [m for m in ALSO if m == "all" or m.split(" of ")[1] in kinds]
    found = table(frame, *names, groups="g", thresholds=(0.3, 0.5))
    parts = [(EVERYONE, frame), *((Slice((("g", v),)), frame.filter(g=v)) for v in frame["g"].unique())]
    held = 0
    for slice_, rows in parts:
        if rows.height < 2 or not any(row.len() for row in rows["boxes"]):
            continue
        truth: dict[tuple[str, float | None], float] = {(k, None): v for k, v in by_coco(rows).items()}
        truth |= {(k, t): v for t in (0.3, 0.5) for k, v in at_threshold(rows, t).items()}
        for (metric, threshold), value in truth.items():
            if metric.endswith(" of k3"):  # asked of three classes
                continue
            one = found.estimate(metric, slice_, threshold)
            if one.value is None:
                assert np.isnan(value) or (one.n_eligible or 0) < 2, (metric, slice_)
                continue
            assert one.value == pytest.approx(value, abs=1e-9), (metric, slice_)
            assert one.low is not None and one.high is not None
            assert one.low - 1e-9 <= one.value <= one.high + 1e-9
            held += 1
    return held


@settings(max_examples=25, deadline=None)
@given(
    images=some.integers(4, 30),
    seed=some.integers(0, 10**6),
    most=some.integers(1, 12),
    crowds=some.sampled_from([0.0, 0.2]),
)
def test_numbers_are_those_of_pycocotools(images: int, seed: int, most: int, crowds: float) -> None:
    frame = made(images, seed=seed, most=most, crowds=crowds)
    if any(not b["crowd"] for row in frame["boxes"] for b in row):
        assert check(frame) > 0


@settings(max_examples=25, deadline=None)
@given(
    images=some.integers(4, 30), seed=some.integers(0, 10**6), most=some.integers(1, 12),
    crowds=some.sampled_from([0.0, 0.2]), marked=some.booleans(),
)  # fmt: skip
def test_sizes_are_those_of_pycocotools(images: int, seed: int, most: int, crowds: float, marked: bool) -> None:
    """Whether the area is that of the box, or one of its own, as COCO has of segments; the ends are of both sizes."""
    frame = made(images, seed=seed, most=most, crowds=crowds, scale=8)
    if marked:
        rng = np.random.default_rng(seed)
        boxes = [
            [{**b, "area": rng.choice([None, 1024.0, 9216.0, b["width"] * b["height"] / 2])} for b in row]
            for row in frame["boxes"].to_list()
        ]
        kind = pl.List(pl.Struct({**{f.name: f.dtype for f in THERE.inner.fields}, "area": pl.Float64}))  # type: ignore[union-attr]
        frame = frame.with_columns(pl.Series("boxes", boxes, dtype=kind))
    if any(not b["crowd"] for row in frame["boxes"] for b in row):
        assert check(frame) > 0


def test_objects_of_every_size() -> None:
    frame = made(300, seed=11, scale=8)
    area = frame["boxes"].explode().drop_nulls().struct.unnest().select(pl.col("width") * pl.col("height")).to_series()
    assert (area == 1024).any()
    assert (area == 9216).any()
    found = table(frame, *SIZED)
    truth = by_coco(frame)
    for name in SIZED:
        assert found.estimate(name, EVERYONE).value == pytest.approx(truth[name], abs=1e-9)


def test_more_than_a_hundred_boxes_of_an_image() -> None:
    frame = made(6, seed=1, most=150, classes=1)
    assert max(row.len() for row in frame["found"]) > 120
    assert check(frame) > 20


def test_many_images() -> None:
    assert check(made(300, seed=7, classes=4)) > 60


def test_worked_by_hand() -> None:
    """Two objects, three boxes, right, wrong and right by score: AP is 51/101 + 50/101 · 2/3."""

    def box(x: float, **more: object) -> dict[str, object]:
        return {"x": x, "y": 0.0, "width": 10.0, "height": 10.0, "class": "cat", **more}

    frame = pl.DataFrame({
        "boxes": [[box(0)], [box(0)]],
        "found": [[box(0, score=0.9), box(50, score=0.8)], [box(0, score=0.7)]],
    })  # fmt: skip
    found = table(frame, thresholds=(0.5, 0.75))
    assert found.estimate("box_ap", EVERYONE).value == pytest.approx((51 + 50 * 2 / 3) / 101)
    assert found.estimate("box_precision", EVERYONE, 0.5).value == pytest.approx(2 / 3)
    assert found.estimate("box_recall", EVERYONE, 0.75).value == pytest.approx(1 / 2)
    assert found.estimate("box_recall", EVERYONE, 0.75).n_eligible == 2
    assert found.estimate("boxes_per_image", EVERYONE, 0.5).value == pytest.approx(1.5)


def test_order_names_and_form_of_boxes_change_nothing() -> None:
    frame = made(80, seed=5)
    roles = {**ROLES, "groups": "g", "weight": "w", "cluster": "c", "seed": 4}
    orders = (frame, frame.reverse(), frame.sample(fraction=1, shuffle=True, seed=1))
    assert len({evidence_bytes(st.evaluate(f, **roles)) for f in orders}) == 1  # type: ignore[arg-type]

    def corners(column: str) -> pl.Expr:
        box = pl.element().struct
        others = ["class", "crowd" if column == "boxes" else "score"]
        ends = [(box["x"] + box["width"]).alias("x_max"), (box["y"] + box["height"]).alias("y_max")]
        return pl.col(column).list.eval(
            pl.struct(box["x"].alias("x_min"), box["y"].alias("y_min"), *ends, *(box[c] for c in others))
        )

    other = frame.with_columns(corners("boxes"), corners("found"))
    assert evidence_bytes(st.evaluate(other, **roles)) == evidence_bytes(st.evaluate(frame, **roles))  # type: ignore[arg-type]


def test_boxes_of_one_score_enter_together() -> None:
    """As many right as wrong boxes of one score, in any order of the images, are precision of one half."""
    one = {"x": 0.0, "y": 0.0, "width": 9.0, "height": 9.0, "class": "a"}
    far = {**one, "x": 99.0, "score": 0.6}
    frame = pl.DataFrame({"boxes": [[one], [one]], "found": [[{**one, "score": 0.6}], [far]]})
    for rows in (frame, frame.reverse()):
        assert table(rows, "box_ap").estimate("box_ap", EVERYONE).value == pytest.approx(51 / 101 / 2)


def test_weights_are_repetition() -> None:
    frame = made(40, seed=8)
    again = frame[np.repeat(np.arange(frame.height), frame["w"].cast(pl.Int64))]
    for name in ("box_recall", "box_precision", "box_ar(100)", "box_ar(10)", "boxes_per_image", "objects_per_image"):
        one, other = (table(f, name, weight=w).estimate(name, EVERYONE) for f, w in ((frame, "w"), (again, None)))
        assert one.value == pytest.approx(other.value, abs=1e-12)
    # Equal images share their scores, and enter together either way.
    one, other = (table(f, "box_ap", weight=w).estimate("box_ap", EVERYONE) for f, w in ((frame, "w"), (again, None)))
    assert one.value == pytest.approx(other.value, abs=1e-12)


def test_images_of_one_patient_are_one() -> None:
    frame = made(60, seed=2).with_columns(c=pl.int_range(pl.len()))
    thrice = pl.concat([frame] * 3)
    for name in ("box_recall", "box_precision", "box_ar(100)", "box_ap"):
        one = table(frame, name).estimate(name, EVERYONE)
        other = table(thrice, name, cluster="c").estimate(name, EVERYONE)
        near = 0.03 if name == "box_ap" else 1e-9  # other draws
        assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high), abs=near)
        assert table(thrice, name).estimate(name, EVERYONE).low > one.low  # type: ignore[operator]


def test_the_seed_is_all_that_draws() -> None:
    frame = made(60, seed=2)
    runs = [st.evaluate(frame, groups="g", seed=seed, **ROLES) for seed in (1, 1, 2)]  # type: ignore[arg-type]
    first, again, other = (run.frame.filter(metric="box_ap", slice="everyone").row(0, named=True) for run in runs)
    assert first == again
    assert first["value"] == other["value"]
    assert first["low"] != other["low"]
    assert abs(first["low"] - other["low"]) < 0.01


@pytest.mark.parametrize("cluster", [None, "patient"])
def test_intervals_of_a_group_do_not_depend_on_which_others_are_asked_for(cluster: str | None) -> None:
    rng = np.random.default_rng(5)
    frame = made(80, seed=4).with_columns(
        site=pl.Series(rng.integers(0, 3, 80)), patient=pl.Series(rng.integers(0, 40, 80))
    )
    alone, beside = (table(frame, "box_ap", groups=groups, cluster=cluster) for groups in ("g", ("site", "g")))
    for slice_ in (s for s in alone.slices if s.family in ((), ("g",))):
        one, other = alone.estimate("box_ap", slice_), beside.estimate("box_ap", slice_)
        assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=1e-12), slice_


def test_images_without_a_label_count_for_what_is_found_only() -> None:
    frame = made(60, seed=9)
    gone = frame.with_columns(boxes=pl.when(pl.col("g") == "a").then("boxes"))
    mine = frame.filter(g="a")
    found = table(gone)
    assert found.estimate("box_ap", EVERYONE).value == pytest.approx(by_coco(mine)["box_ap"], abs=1e-9)
    assert found.estimate("box_ap", EVERYONE).n_eligible == mine.height
    many = sum(b["score"] >= 0.5 for row in frame["found"] for b in row)
    assert found.estimate("boxes_per_image", EVERYONE, 0.5).value == pytest.approx(many / frame.height)


def test_few_images_say_nothing_whatever_their_boxes() -> None:
    run = st.evaluate(made(29, most=40), groups="g", **ROLES)  # type: ignore[arg-type]
    mine = run.frame.filter(metric="box_ap", slice="everyone")
    assert mine["status"].item() == "insufficient"


def test_the_schema_of_empty_lists() -> None:
    """A model that finds nothing has no precision, and recall 0."""
    frame = made(40, seed=1).with_columns(found=pl.lit([], dtype=FOUND))
    found = table(frame)
    assert frame.schema["boxes"] == THERE
    assert found.estimate("box_ap", EVERYONE).value == 0
    assert found.estimate("box_recall", EVERYONE, 0.5).value == 0
    assert found.estimate("box_precision", EVERYONE, 0.5).value is None
