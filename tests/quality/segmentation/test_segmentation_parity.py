"""Every metric of pixels beside scikit-learn's on all pixels of a slice put end to end."""

from __future__ import annotations

import warnings

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sklearn import metrics as sk

import sterling as st
from sterling.core.codec import evidence_bytes
from sterling.core.slices import EVERYONE, Slice
from sterling.core.table import EstimateTable
from tests.quality.segmentation.images import made

ROLES = {"task": "segmentation", "label": "mask", "prediction": "found"}


def table(frame: pl.DataFrame, *metrics: str, **roles: object) -> EstimateTable:
    plan = st.Plan(asks=(st.ask("QU001", metrics=metrics or ("all",)),), grid=False, min_n=1)
    return st.evaluate(frame, plan=plan, **ROLES, **roles).tables[0]  # type: ignore[arg-type]


def pixels(frame: pl.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    every = frame.select("mask", "found", "w").explode("mask", "found").drop_nulls("mask")
    return every["mask"].to_numpy(), every["found"].to_numpy(), every["w"].to_numpy()


def reference(y: np.ndarray, p: np.ndarray, w: np.ndarray | None) -> dict[str, float]:
    known = {"sample_weight": w}
    out = {
        "mean_iou": sk.jaccard_score(y, p, average="macro", **known),
        "frequency_weighted_iou": sk.jaccard_score(y, p, average="weighted", **known),
        "mean_dice": sk.f1_score(y, p, average="macro", **known),
        "pixel_accuracy": sk.accuracy_score(y, p, **known),
        "mean_pixel_recall": sk.balanced_accuracy_score(y, p, **known),
        "mean_pixel_precision": sk.precision_score(y, p, average="macro", **known),
    }
    for c in np.unique([*y, *p]):
        truth, said = y == c, p == c
        out |= {
            f"iou of {c}": sk.jaccard_score(truth, said, **known) if (truth | said).any() else np.nan,
            f"dice of {c}": sk.f1_score(truth, said, **known),
            f"pixel_precision of {c}": sk.precision_score(truth, said, zero_division=np.nan, **known),
            f"pixel_recall of {c}": sk.recall_score(truth, said, zero_division=np.nan, **known),
            f"pixel_share of {c}": float(np.average(truth, weights=w)),
            f"predicted_share of {c}": float(np.average(said, weights=w)),
        }
    return out


def check(frame: pl.DataFrame, weight: str | None) -> None:
    found = table(frame, groups="g", weight=weight)
    parts = [(EVERYONE, frame), *((Slice((("g", v),)), frame.filter(g=v)) for v in frame["g"].unique())]
    for slice_, rows in parts:
        if rows.height < 2:
            continue  # one image says nothing of how images differ
        y, p, w = pixels(rows)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            truth = reference(y, p, None if weight is None else w)
        for name, value in truth.items():
            one = found.estimate(name, slice_)
            assert one.value is None or one.value == pytest.approx(value, abs=1e-9), (name, slice_)
            if not np.isnan(value) and (one.n_eligible or 0) > 1:
                assert one.value is not None, (name, slice_)
                assert one.low is not None and one.high is not None
                assert one.low - 1e-9 <= one.value <= one.high + 1e-9


@settings(max_examples=25, deadline=None)
@given(
    images=some.integers(4, 40), classes=some.integers(2, 5), seed=some.integers(0, 10**6),
    skill=some.floats(0, 1.2), weighted=some.booleans(),
)  # fmt: skip
def test_numbers_are_those_of_all_pixels(images: int, classes: int, seed: int, skill: float, weighted: bool) -> None:
    frame = made(images, classes=classes, seed=seed, skill=skill)
    check(frame, "w" if weighted else None)


def test_worked_by_hand() -> None:
    """Two images: 3 of 4 pixels right, then 1 of 2. Class 1 has 2 hits, 1 pixel missed and 1 called so wrongly."""
    frame = pl.DataFrame({"mask": [[0, 1, 1, 0], [1, 0]], "found": [[0, 1, 1, 1], [0, 0]]})
    found = table(frame)
    assert found.estimate("pixel_accuracy", EVERYONE).value == pytest.approx(4 / 6)
    assert found.estimate("iou of 1", EVERYONE).value == pytest.approx(2 / 4)
    assert found.estimate("iou of 0", EVERYONE).value == pytest.approx(2 / 4)
    assert found.estimate("dice of 1", EVERYONE).value == pytest.approx(4 / 6)
    assert found.estimate("mean_iou", EVERYONE).n_eligible == 2


def test_pixels_without_a_label_count_for_what_is_predicted_only() -> None:
    frame = made(30, seed=3)
    gone = frame.with_columns(mask=pl.when(pl.col("c") == 0).then(None).otherwise(pl.col("mask"))).with_columns(
        mask=pl.col("mask").list.eval(pl.when(pl.int_range(pl.len()) == 1).then(None).otherwise(pl.element()))
    )
    y, p, _ = pixels(gone.drop_nulls("mask"))
    found = table(gone)
    assert found.estimate("mean_iou", EVERYONE).value == pytest.approx(sk.jaccard_score(y, p, average="macro"))
    said = frame["found"].explode()
    assert found.estimate("predicted_share of 1", EVERYONE).value == pytest.approx(float((said == 1).mean()))  # type: ignore[arg-type]


def test_names_order_and_form_of_masks_change_nothing() -> None:
    frame = made(60, seed=5)
    names = {0: "road", 1: "sky", 2: "tree"}

    def named(column: str) -> pl.Expr:
        return pl.col(column).list.eval(pl.element().replace_strict(names, return_dtype=pl.String))

    plain = table(frame, groups="g")
    words = table(frame.with_columns(named("mask"), named("found")), groups="g")
    for (value, text), slice_ in [(pair, s) for pair in names.items() for s in plain.slices]:
        assert plain.estimate(f"iou of {value}", slice_) == words.estimate(f"iou of {text}", slice_)
    bytes_of = [
        evidence_bytes(st.evaluate(f, groups="g", weight="w", **ROLES))  # type: ignore[arg-type]
        for f in (frame, frame.sample(fraction=1, shuffle=True, seed=1), frame.reverse())
    ]
    assert len(set(bytes_of)) == 1


def test_square_masks_are_read_line_by_line() -> None:
    rng = np.random.default_rng(0)
    label, found = (rng.integers(0, 2, (20, 4, 3)).astype(np.uint8) for _ in "ab")
    flat = pl.DataFrame({"mask": label.reshape(20, 12).tolist(), "found": found.reshape(20, 12).tolist()})
    nested = pl.DataFrame({"mask": label.tolist(), "found": found.tolist()})
    given = {f.schema["mask"]: table(f, "mean_iou").estimate("mean_iou", EVERYONE)
             for f in (flat, nested, pl.DataFrame({"mask": label, "found": found}))}  # fmt: skip
    assert len(given) == 3
    assert len(set(given.values())) == 1


def test_weights_are_repetition() -> None:
    frame = made(40, seed=8)
    again = frame[np.repeat(np.arange(frame.height), frame["w"].cast(pl.Int64))]
    for name in ("mean_iou", "iou of 1", "pixel_accuracy"):
        one, other = (table(f, name, weight=w).estimate(name, EVERYONE) for f, w in ((frame, "w"), (again, None)))
        assert one.value == pytest.approx(other.value, abs=1e-12)


def test_images_of_one_patient_are_one() -> None:
    """Each image three times over, in clusters, says no more than each once."""
    frame = made(40, seed=2).with_columns(c=pl.int_range(pl.len()))
    thrice = pl.concat([frame] * 3)
    for name in ("mean_iou", "iou of 1", "pixel_accuracy"):
        one = table(frame, name).estimate(name, EVERYONE)
        other = table(thrice, name, cluster="c").estimate(name, EVERYONE)
        assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high), abs=1e-9)
        assert table(thrice, name).estimate(name, EVERYONE).low > one.low  # type: ignore[operator]


def test_the_table_of_pixels_is_that_of_scikit_learn() -> None:
    frame = made(80, seed=4)
    run = st.evaluate(frame, groups="g", **ROLES)  # type: ignore[arg-type]
    found = next(e.confusion for e in run.evidence if e.confusion is not None)
    for i, slice_ in enumerate(found.slices):
        rows = frame if not slice_.items else frame.filter(g=slice_.items[0][1])
        y, p, _ = pixels(rows)
        assert np.array_equal(found.n[i], sk.confusion_matrix(y, p))
        assert found.share[i] == pytest.approx(sk.confusion_matrix(y, p, normalize="true"), abs=1e-12)
        assert (found.low[i] < found.share[i]).all() and (found.share[i] < found.high[i]).all()


def test_few_images_say_nothing_whatever_their_pixels() -> None:
    frame = made(29, largest=2000)
    run = st.evaluate(frame, groups="g", **ROLES)  # type: ignore[arg-type]
    mine = run.frame.filter(metric="mean_iou", slice="everyone")
    assert mine["status"].item() == "insufficient"
    assert mine["value"].item() is None
