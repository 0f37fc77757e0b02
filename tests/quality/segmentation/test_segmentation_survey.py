"""Masks are read a few images at a time, wherever they lie; what is no mask is refused with a word on what to do."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import sterling as st
from sterling.core.codec import evidence_bytes
from sterling.core.errors import ConfigError, InputError
from sterling.quality.segmentation import survey
from tests.quality.segmentation.images import made

ROLES = {"task": "segmentation", "label": "mask", "prediction": "found", "groups": "g"}


def evaluated(data: object, **also: object) -> st.Run:
    return st.evaluate(data, **{**ROLES, **also})  # type: ignore[arg-type]


@pytest.mark.parametrize("also", [{}, {"weight": "w"}, {"weight": "w", "cluster": "c"}])
def test_streamed_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, also: dict[str, str]) -> None:
    frame = made(200, seed=1)
    held = evidence_bytes(evaluated(frame, **also))
    monkeypatch.setattr(survey, "PIXELS_AT_ONCE", 200)
    frame.write_parquet(tmp_path / "one.parquet", row_group_size=30)
    assert evidence_bytes(evaluated(tmp_path / "one.parquet", **also)) == held
    (tmp_path / "parts").mkdir()
    for k in range(4):
        frame[k::4].write_parquet(tmp_path / "parts" / f"{k}.parquet")
    assert evidence_bytes(evaluated(tmp_path / "parts", **also)) == held


def test_other_classes_in_later_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pl.concat([made(40, classes=2), made(40, classes=4, seed=1)])
    monkeypatch.setattr(survey, "PIXELS_AT_ONCE", 50)
    frame.write_parquet(tmp_path / "one.parquet")
    assert evidence_bytes(evaluated(tmp_path / "one.parquet")) == evidence_bytes(evaluated(frame))


def test_groups_may_be_missing_and_conditions_look_at_other_columns() -> None:
    frame = made(120, seed=6).with_columns(g=pl.when(pl.col("w") == 1).then(None).otherwise(pl.lit("ü") + pl.col("g")))
    policy = st.Policy.parse('[[limit]]\nmetric = "recall of 1 where w > 1"\nmin = 0.1\ngroups = ["g"]\n')
    run = evaluated(frame, policy=policy)
    finding = next(v.finding for v in run.judgement.verdicts if v.limit is not None)
    assert finding is not None
    group = finding.first.slice.as_dict()["g"]
    rows = frame.filter(pl.col("w") > 1, pl.col("g").eq_missing(pl.lit(group))).explode("mask", "found").filter(mask=1)
    assert finding.value == pytest.approx(float((rows["found"] == 1).mean()))  # type: ignore[arg-type]
    assert {s.as_dict().get("g", "") for s in run.tables[0].slices} == {"", None, "üa", "üb"}


def test_several_models_and_no_label() -> None:
    frame = made(60).with_columns(other=pl.col("mask"))
    run = evaluated(frame, prediction=["found", "other"])
    assert [t.model for t in run.tables] == ["found", "other"]
    best = run.frame.filter(model="other", metric="mean_iou", slice="everyone")
    assert best["value"].item() == 1
    assert 0.9 < best["low"].item() < 1  # one for every image, not for every pixel
    alone = evaluated(frame, label=None)
    assert {"predicted_share of 1", "representation"} <= set(alone.frame["metric"])
    assert "mean_iou" not in set(alone.frame["metric"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"found": [[0, 1], [1]]}, "1 image has masks of different sizes in columns 'found' and 'mask'"),
        ({"found": [[0, 1], None]}, "1 image has no mask in column 'found'"),
        ({"found": [[0, 1], [0, None]]}, "1 pixel of masks in column 'found' has no class"),
        ({"found": [[0.0, 1.0], [0.0, float("nan")]]}, "holds values of type List(Float64), not masks"),
        ({"found": ["01", "10"]}, "the column 'found' holds text, not masks"),
        ({"found": [[], []], "mask": [[], []]}, "has no pixel"),
        ({"mask": [None, None]}, "no image has a label in column 'mask'"),
        ({"mask": [[0, 0], [0, 0]], "found": [[0, 0], [0, 0]]}, "every pixel is of one class"),
        ({"found": [["on", "off"], ["on", "on"]]}, "no class in column 'found' is a class of the label 'mask'"),
    ],
)
def test_bad_masks_are_refused(change: dict[str, list[object]], said: str) -> None:
    rows = {"mask": [[0, 1], [1, 0]], "found": [[0, 1], [1, 0]], "g": ["a", "b"], **change}
    kinds = {"mask": pl.List(pl.Int64), **({"found": pl.List(pl.Int64)} if rows["found"] == [[], []] else {})}
    frame = pl.DataFrame(rows, schema_overrides=kinds)
    with pytest.raises(InputError, match=r"expected|hint") as error:
        evaluated(frame)
    assert said in str(error.value)


@pytest.mark.parametrize(
    "kind", [pl.Array(pl.Int64, (2, 3)), pl.List(pl.List(pl.Int64)), pl.List(pl.Array(pl.Int64, 3))]
)
def test_a_mask_on_its_side_is_refused(kind: pl.DataType) -> None:
    """As many pixels in another shape: line by line, each would be held against another one's label."""
    lying, flat = [[0, 1, 1], [1, 0, 0]], [0, 1, 1, 1, 0, 0]
    standing = [[0, 1], [1, 0], [1, 0]]
    mask = pl.Series("mask", [lying, lying, None], dtype=kind)
    wrong = pl.DataFrame([mask, pl.Series("found", [standing] * 3), pl.Series("g", ["a", "b", "b"])])
    with pytest.raises(InputError, match="2 images have masks of different shapes in columns 'found' and 'mask'"):
        evaluated(wrong)
    for same in ([lying] * 3, [flat] * 3):
        run = evaluated(wrong.with_columns(found=pl.Series(same)), min_n=1)
        assert run.frame.filter(metric="mean_iou", slice="everyone")["value"].item() == 1


def test_planes_are_shapes_too() -> None:
    volume, other = [[[0, 1, 1], [1, 0, 0]]], [[[0], [1], [1]], [[1], [0], [0]]]
    frame = pl.DataFrame({"mask": [volume] * 2, "found": [volume, other], "g": ["a", "b"]})
    with pytest.raises(InputError, match="1 image has masks of different shapes"):
        evaluated(frame)


def test_pictures_are_no_masks() -> None:
    frame = pl.DataFrame({"mask": [list(range(300))], "found": [list(range(300))], "g": ["a"]})
    with pytest.raises(InputError, match="300 classes"):
        evaluated(frame)


@pytest.mark.parametrize(
    ("also", "said"),
    [
        ({"metrics": "mean_absolute_error"}, "mean_absolute_error is no metric of a segmentation model"),
        ({"metrics": "iou of 9"}, "there is no class '9'"),
        ({"positive": 1}, "have no positive value"),
        ({"thresholds": 0.3}, "have no thresholds"),
        ({"prediction": None, "score": "found"}, "masks name the class of each pixel"),
    ],
)
def test_what_masks_cannot_say(also: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        evaluated(made(40), **also)


@pytest.mark.parametrize(
    ("metric", "said"),
    [("iou", "IoU is of one class: write which, for example iou of 0"), ("auc of 1", "AUC of 1 needs probabilities")],
)
def test_limits_on_what_masks_cannot_say(metric: str, said: str) -> None:
    policy = st.Policy.parse(f'[[limit]]\nmetric = "{metric}"\nmax_gap = 0.1\n')
    reasons = [e.reason for e in evaluated(made(40), policy=policy).evidence if e.outcome == "not_applicable"]
    assert any(said in reason for reason in reasons)


def test_pixels_are_in_no_output(tmp_path: Path) -> None:
    frame = made(60).with_columns(
        pl.col(c).list.eval(pl.when(pl.element() == 2).then(pl.lit("ward-7")).otherwise(pl.element().cast(pl.String)))
        for c in ("mask", "found")
    )
    run = evaluated(frame, embed_rows=True)
    run.save(tmp_path / "report.html")
    assert run.rows is not None
    assert run.rows.columns == ["g"]
