"""Boxes are matched a few images at a time, wherever they lie; what is no box is refused with a word on what to do."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

import sterling as st
from sterling.core.codec import evidence_bytes
from sterling.core.errors import ConfigError, InputError
from sterling.quality.detection import survey
from tests.house.law import ROOT
from tests.quality.detection.pictures import coco_json, made

ROLES = {"task": "detection", "label": "boxes", "prediction": "found", "groups": "g"}
BOX = {"x": 1.0, "y": 1.0, "width": 5.0, "height": 5.0, "class": "cat"}


def evaluated(data: object, **also: object) -> st.Run:
    return st.evaluate(data, **{**ROLES, **also})  # type: ignore[arg-type]


@pytest.mark.parametrize("also", [{}, {"weight": "w"}, {"weight": "w", "cluster": "c"}])
def test_streamed_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, also: dict[str, str]) -> None:
    frame = made(200, seed=1)
    held = evidence_bytes(evaluated(frame, **also))
    monkeypatch.setattr(survey, "IMAGES_AT_ONCE", 17)
    frame.write_parquet(tmp_path / "one.parquet", row_group_size=30)
    assert evidence_bytes(evaluated(tmp_path / "one.parquet", **also)) == held
    (tmp_path / "parts").mkdir()
    for k in range(4):
        frame[k::4].write_parquet(tmp_path / "parts" / f"{k}.parquet")
    assert evidence_bytes(evaluated(tmp_path / "parts", **also)) == held


def test_limits_on_classes_and_overlaps() -> None:
    policy = st.Policy.parse("""
    [[limit]]
    metric = "box_ap(0.75) of k0"
    min = 0.01
    [[limit]]
    metric = "box_recall of k1"
    max_gap = 0.9
    threshold = 0.3
    """)
    run = evaluated(made(200, seed=3), policy=policy)
    judged = [v for v in run.judgement.verdicts if v.limit is not None]
    assert {(v.verdict, v.finding.metric.name, v.finding.threshold) for v in judged if v.finding is not None} == {
        ("within", "box_ap(0.75) of k0", None), ("within", "box_recall of k1", 0.3),
    }  # fmt: skip


def test_a_planted_gap_is_over_its_limit() -> None:
    """The boxes of group b are seldom found."""
    frame = made(400, seed=3)
    worse = frame.with_columns(
        found=pl.when(pl.col("g") == "b").then(pl.col("found").list.gather_every(4)).otherwise("found")
    )
    policy = st.Policy.parse('[[limit]]\nmetric = "box_recall"\nmax_gap = 0.1\ngroups = ["g"]\n')
    verdicts = [[v.verdict for v in evaluated(f, policy=policy).judgement.verdicts if v.limit] for f in (frame, worse)]
    assert verdicts[0] != ["over"]
    assert verdicts[1] == ["over"]


def test_groups_may_be_missing_and_a_label_too() -> None:
    frame = made(120, seed=6).with_columns(g=pl.when(pl.col("w") == 1).then(None).otherwise(pl.lit("ü") + pl.col("g")))
    assert {s.as_dict().get("g", "") for s in evaluated(frame).tables[0].slices} == {"", None, "üa", "üb"}
    alone = evaluated(frame, label=None)
    assert set(alone.frame["metric"]) >= {"boxes_per_image", "representation"}
    assert "box_ap" not in set(alone.frame["metric"])


@pytest.mark.parametrize(
    ("column", "box", "said"),
    [
        ("found", {**BOX, "score": None}, "1 box in column 'found' lacks the field 'score'"),
        ("found", {**BOX, "score": float("nan")}, "scores of boxes in column 'found' include NaN"),
        ("found", {**BOX, "score": 7.0}, "scores of boxes in column 'found' lie between"),
        ("found", dict(BOX), "have no field 'score'"),
        ("found", {**BOX, "x": float("nan"), "score": 0.5}, "1 box in column 'found' has NaN or infinite numbers"),
        ("found", {**BOX, "width": -5.0, "score": 0.5}, "1 box in column 'found' has a negative width or height"),
        ("found", {**BOX, "scores": 0.5}, "have an unknown field 'scores'"),
        ("boxes", {**BOX, "confidence": 0.5}, "have an unknown field 'confidence'"),
        ("boxes", {**BOX, "class": None}, "lacks the field 'class'"),
        ("boxes", {**BOX, "class": 1.5}, "the field 'class' of boxes in column 'boxes' holds"),
        ("boxes", {**BOX, "x": "1"}, "holds text, not numbers"),
        ("boxes", {**BOX, "area": "1"}, "the field 'area' of boxes in column 'boxes' holds text, not numbers"),
        ("boxes", {**BOX, "area": -1.0}, "1 box in column 'boxes' has a negative area"),
        ("boxes", {**BOX, "area": float("nan")}, "1 box in column 'boxes' has NaN or infinite numbers"),
        ("found", {**BOX, "score": 0.5, "area": 1.0}, "have an unknown field 'area'"),
        ("boxes", {"x_min": 5.0, "y_min": 0.0, "x_max": 1.0, "y_max": 2.0, "class": "cat"}, "negative width or height"),
    ],
)
def test_bad_boxes_are_refused(column: str, box: dict[str, object], said: str) -> None:
    good = {"boxes": [[BOX], []], "found": [[{**BOX, "score": 0.5}], []], "g": ["a", "b"]}
    other = {**BOX, "score": 0.4} if column == "found" else BOX
    kept = {k: other[k] for k in box if k in other} | {k: v for k, v in box.items() if k not in other}
    rows = [[box], []] if box.keys() != kept.keys() or "x_min" in box or "score" not in box else [[box, kept], []]
    with pytest.raises(InputError, match=r"expected|hint") as error:
        evaluated(pl.DataFrame({**good, column: rows}, strict=False))
    assert said in str(error.value)
    assert "1.0" not in str(error.value).replace("not as 1.0", "")


@pytest.mark.parametrize(("named", "hint"), [("1", "write their names instead"), (" Cat", "is not 'cat': write both")])
def test_classes_that_never_match_are_refused(named: str, hint: str) -> None:
    frame = pl.DataFrame(
        {"boxes": [[BOX], []], "found": [[{**BOX, "class": named, "score": 0.5}], []], "g": ["a", "b"]}
    )
    with pytest.raises(InputError, match="no class in column 'found' is a class of the label 'boxes'") as error:
        evaluated(frame)
    assert hint in error.value.hint
    assert (error.value.expected, error.value.got) == ("classes written as the label writes them: cat", named)
    some = frame.with_columns(found=pl.lit([{**BOX, "score": 0.5}, {**BOX, "class": named, "score": 0.4}]))
    assert evaluated(some).n == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"found": [[1.0], [2.0]]}, "the column 'found' holds values of type List(Float64), not boxes"),
        ({"found": [[{**BOX, "score": 0.5}], None]}, "1 image has no list in column 'found'"),
        ({"boxes": [[], []]}, "the column 'boxes' holds no box in any image"),
        ({"found": [[], []]}, "the column 'found' holds no box in any image"),
    ],
)
def test_bad_columns_are_refused(change: dict[str, list[object]], said: str) -> None:
    good = {"boxes": [[BOX], []], "found": [[{**BOX, "score": 0.5}], []], "g": ["a", "b"]}
    with pytest.raises(InputError) as error:
        evaluated(pl.DataFrame({**good, **change}))
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        ("box_ap(0.52)", "at no overlap"),
        ("box_ap of dog", "no class 'dog'"),
        ("auc", "is no metric"),
        ("box_ar(1.5)", "a whole number from 1 to 100"),
    ],
)
def test_what_boxes_cannot_say(metric: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        evaluated(made(40), metrics=metric)
    assert said in str(error.value)


def test_the_lines_of_the_guide_read_the_json_of_coco(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = made(60, seed=4)
    known, said = coco_json(frame)
    (tmp_path / "instances.json").write_text(json.dumps(known), encoding="utf-8")
    (tmp_path / "results.json").write_text(json.dumps(said), encoding="utf-8")
    page = (ROOT / "docs" / "guide" / "detection.md").read_text(encoding="utf-8")
    lines = page.split("## From COCO's JSON\n\n```text\n")[1].split("```")[0]
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"pl": pl}
    exec(compile(lines, "detection.md", "exec"), names)
    read, plain = (evaluated(f, groups=None).frame for f in (names["images"], frame))
    assert read.drop("model").equals(plain.drop("model"))


def test_boxes_are_in_no_output(tmp_path: Path) -> None:
    run = evaluated(made(60), embed_rows=True)
    run.save(tmp_path / "report.html")
    assert run.rows is not None
    assert run.rows.columns == ["g"]


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        ("mAP", "box_ap is the mean average precision"),
        ("iou of cat", "box_ap(0.75)"),
        ("box_recall(0.75)", "write box"),
    ],
)
def test_words_of_others_are_met_with_ours(metric: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        evaluated(made(40), metrics=metric)
    assert said in error.value.hint


def test_csv_has_no_lists_and_fields_are_named_once(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("boxes,found,g\na,b,c\n")
    with pytest.raises(InputError) as error:
        evaluated(tmp_path / "t.csv")
    assert "CSV has none" in error.value.hint
    with pytest.raises(InputError) as error:
        evaluated(pl.DataFrame({"boxes": [[BOX]], "found": [[{**BOX, "scr": 0.5}]], "g": ["a"]}))
    assert error.value.hint == "did you mean score?"
    with pytest.raises(InputError) as error:
        evaluated(pl.DataFrame({"boxes": [[BOX]], "found": [[{**BOX, "zzz": 0.5}]], "g": ["a"]}))
    assert error.value.hint == "known: score, x_max, x_min, y_max, y_min"
