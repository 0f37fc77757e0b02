"""The page's data: packed grids agree with the table, small cells are gone, nothing is NaN."""

from __future__ import annotations

import base64
import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest

from sterling.core.roles import ModelColumn
from sterling.core.run import GroupShare
from sterling.core.slices import EVERYONE, Slice
from sterling.report.payload import _verdict, payload


def unpack(text: str, slices: int) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), dtype="<f4").reshape(slices, -1)


def paid(run: Any) -> dict[str, Any]:
    made = payload(run, run.judgement)
    json.dumps(made, allow_nan=False)
    return made


def test_grids_hold_the_table_and_hide_small_cells(make: SimpleNamespace) -> None:
    run = make.run()
    board = paid(run)["board"]
    assert board["thresholds"] == [0.3, 0.5]
    assert [m["name"] for m in board["metrics"]] == ["selection_rate", "true_positive_rate", "auc"]
    assert board["metrics"][0]["plain"] == "of all applicants, the share the model selects"
    assert [s["n"] for s in board["slices"]] == [1000, 200, 771, 22, None]
    assert [s["status"] for s in board["slices"]] == ["ok", "ok", "ok", "insufficient", "insufficient"]
    assert board["slices"][3]["n_needed"] == 30
    assert board["slices"][4]["key"] == {"race": None}
    table = run.tables[0]
    for block, packed in zip(table.blocks, board["estimates"][0], strict=True):
        for name in ("value", "low", "high"):
            grid = unpack(packed[name], 5)
            assert grid.shape == block.value.shape
            np.testing.assert_allclose(grid[:3], getattr(block, name)[:3], rtol=1e-6)
            assert np.isnan(grid[3:]).all()
        eligible = unpack(packed["n_eligible"], 5)
        np.testing.assert_array_equal(eligible[:4], block.n_eligible[:4])
        assert np.isnan(eligible[4]).all()


def test_a_metric_with_few_eligible_people_is_hidden_in_a_large_slice(make: SimpleNamespace) -> None:
    few = make.table(min_n=150)
    nine = make.replace(few.blocks[1], n_eligible=few.blocks[1].n_eligible * 0 + 9)
    run = make.run(tables=(make.replace(few, blocks=(few.blocks[0], nine)),))
    packed = paid(run)["board"]["estimates"][0]
    assert np.isnan(unpack(packed[1]["n_eligible"], 5)).all()
    assert not np.isnan(unpack(packed[0]["value"], 5)[1]).any()
    assert np.isnan(unpack(packed[1]["value"], 5)[1]).all()


def test_models_with_other_thresholds_or_none_share_one_board(make: SimpleNamespace) -> None:
    roles = make.replace(
        make.lender,
        models=(ModelColumn(column="p"), ModelColumn(column="q"), ModelColumn(column="d", kind="prediction")),
    )
    tables = (make.table("p", (0.3, 0.5)), make.table("q", (0.5, 0.7)), make.table("d", ()))
    run = make.run(roles=roles, tables=tables, drawings=())
    report = paid(run)
    assert report["board"]["thresholds"] == [0.3, 0.5, 0.7]
    p, q, d = (unpack(m[0]["value"], 5) for m in report["board"]["estimates"])
    assert np.isnan(p[0]).tolist() == [False, False, True]
    assert np.isnan(q[0]).tolist() == [True, False, False]
    assert d.shape == (5, 1)
    assert [m["threshold"] for m in report["models"]] == [0.5, 0.5, None]
    assert report["board"]["distribution"][0] == {"edges": [], "counts": [{"positive": [], "negative": []}] * 5}


def test_calibration_and_bars_leave_small_cells_out(make: SimpleNamespace) -> None:
    board = paid(make.run())["board"]
    bins = board["calibration"][0]
    assert bins[0][0] == {"mean_score": 0.25, "observed": 0.25, "low": 0.2, "high": 0.3, "n": 500}
    assert bins[3] == []
    assert bins[4] == []
    counts = [c["positive"] for c in board["distribution"][0]["counts"]]
    assert counts == [[250, 250], [50, 50], [192, 192], [None, None], [None, None]]


def test_open_ends_of_raw_scores_are_closed(make: SimpleNamespace) -> None:
    open_ended = make.replace(make.drawing(), edges=(float("-inf"), 2.0, float("inf")))
    assert paid(make.run(drawings=(open_ended,)))["board"]["distribution"][0]["edges"] == [1.0, 2.0, 3.0]


def test_huge_boards_keep_the_asked_thresholds_and_a_choice_of_the_rest(
    make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    grid = tuple(i / 100 for i in range(1, 100))
    run = make.run(tables=(make.table("p", grid),))
    assert len(paid(run)["board"]["thresholds"]) == 99
    monkeypatch.setattr("sterling.report.board.MOST_NUMBERS", 4 * 2 * 5 * 10)
    monkeypatch.setattr("sterling.report.board.MOST_DRAWN", 4)
    board = paid(run)["board"]
    assert len(board["thresholds"]) in (10, 11)
    assert {0.01, 0.5, 0.99} <= set(board["thresholds"])
    values = unpack(board["estimates"][0][0]["value"], 5)[0]
    expected = [run.tables[0].blocks[0].value[0, grid.index(t)] for t in board["thresholds"]]
    np.testing.assert_allclose(values, expected, rtol=1e-6)
    assert board["calibration"][0][1] != []


def test_verdicts_are_sentences_in_the_order_to_show(make: SimpleNamespace) -> None:
    report = paid(make.run())
    over, undecided, error = report["verdicts"]
    assert over["sentence"] == "Black applicants are selected 18 points less often than white applicants"
    assert (over["verdict"], over["statement"], over["limit"], over["scale"]) == ("over", "max_gap", 0.05, "points")
    assert over["slice"] == {"race": "black"}
    assert over["versus"] == {"race": "white"}
    assert over["limit_origin"] == "policy:3"
    assert undecided["power"] == "about 920 more Black applicants would decide this"
    assert error["verdict"] == "error"
    assert report["counts"] == {
        "over": 1, "undecided": 1, "insufficient": 0, "error": 1, "within": 0, "not_applicable": 0, "unjudged": 0,
    }  # fmt: skip


def test_groups_below_ten_are_not_counted_aloud(make: SimpleNamespace) -> None:
    report = paid(make.run())
    assert report["subject"]["groups"][0]["values"][-1] == {"value": None, "n": None, "share": None}
    assert report["subject"]["groups"][0]["values"][0] == {"value": "black", "n": 200, "share": 0.2}
    assert report["subject"]["label"]["words"] == "the lender's past decision"
    assert "fewer than 10" in " ".join(report["unknowns"])


def test_the_rest_of_a_race_is_not_the_two_people_of_a_cross(make: SimpleNamespace) -> None:
    """Black: 144 men, 54 women, 2 not recorded. By the number of women, that of the two could be worked out."""
    black = [("race", "black")]
    crosses = [Slice((*black, ("sex", s))) for s in ("male", "female", None)]
    table = make.table()
    sizes = np.array([1000, 200, 144, 54, 2])
    slices = (EVERYONE, Slice(tuple(black)), *crosses)
    blocks = tuple(make.replace(b, n_eligible=np.broadcast_to(sizes[:, None], b.value.shape)) for b in table.blocks)
    run = make.run(tables=(make.replace(table, slices=slices, n=sizes, blocks=blocks),))
    board = paid(run)["board"]
    assert [(s["n"], s["withheld"]) for s in board["slices"]] == [
        (1000, False), (200, False), (144, False), (None, True), (None, False)]  # fmt: skip
    for packed in board["estimates"][0]:
        assert np.isnan(unpack(packed["n_eligible"], 5)[3:]).all()
        assert not np.isnan(unpack(packed["value"], 5)[3]).any()
    assert board["calibration"][0][3] == []
    assert board["distribution"][0]["counts"][3] == {"positive": [None, None], "negative": [None, None]}


def test_verdicts_do_not_count_what_is_withheld(make: SimpleNamespace) -> None:
    women = Slice.of({"race": "black", "sex": "female"})
    gap = make.finding(
        "selection_rate", "gap", make.side(0.7, race="black", sex="female"), make.side(0.9, race="white")
    )
    told = _verdict(make.verdict(gap, "unjudged", None), make.lender, frozenset())
    closed = _verdict(make.verdict(gap, "unjudged", None), make.lender, frozenset({women}))
    assert (told["n"], told["withheld"]) == (1800, False)
    assert (closed["n"], closed["n_eligible"], closed["withheld"]) == (None, None, True)


def test_rows_only_when_asked_for_and_without_identifier(make: SimpleNamespace) -> None:
    assert paid(make.run())["rows"] is None
    rows = pl.DataFrame({"id": ["a", "b"], "p": [0.5, float("nan")], "race": ["black", None], "ok": [True, False]})
    report = paid(make.run(rows=rows, roles=make.replace(make.lender, id="id")))
    assert report["rows"] == {
        "model": "p", "columns": ["p", "race", "ok"], "records": [[0.5, "black", "true"], [None, None, "false"]],
    }  # fmt: skip


def test_names_the_run_by_its_evidence(make: SimpleNamespace) -> None:
    first, second = paid(make.run()), paid(make.run(title="Other"))
    assert first["run"]["id"] == second["run"]["id"]
    assert first["run"]["evidence_hash"] == f"sha256:{first['run']['evidence_hash'][7:]}"
    changed = paid(make.run(n=1001))
    assert changed["run"]["id"] != first["run"]["id"]


@pytest.mark.parametrize("groups", [(), (GroupShare(column="race", value="x", n=1000, share=1.0),)])
def test_runs_without_groups_or_labels_have_a_page(make: SimpleNamespace, groups: tuple[GroupShare, ...]) -> None:
    roles = make.replace(make.lender, label=None, groups=tuple({g.column for g in groups}))
    report = paid(
        make.run(roles=roles, groups=groups, evidence=(), tables=(), drawings=(), positive=None, favourable=None)
    )
    assert report["subject"]["label"] is None
    assert report["board"]["slices"] == [
        {"key": {}, "family": [], "n": 1000, "withheld": False, "status": "ok", "n_needed": None}
    ]
    assert report["next_steps"]
