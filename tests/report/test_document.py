"""The JSON of documents: every block under its word, nothing that JSON lacks."""

from __future__ import annotations

import json
import typing

from sterling.core import document as doc
from sterling.report.document import WORDS, block_json, card_json, sections_json

NAN = float("nan")


def test_every_kind_of_block_has_a_word() -> None:
    assert set(WORDS) == set(typing.get_args(doc.Block))
    assert len(set(WORDS.values())) == len(WORDS)


def test_a_grid_keeps_numbers_and_intervals() -> None:
    cell = doc.Cell(text="71%", number=0.71, interval=(0.6, 0.8), tone="over")
    grid = doc.Grid(caption="Rates", columns=("Rate",), rows=((cell, doc.Cell(text="not known", number=NAN)),))
    assert block_json(grid) == {
        "block": "grid",
        "caption": "Rates",
        "columns": ["Rate"],
        "rows": [
            [
                {"text": "71%", "number": 0.71, "interval": [0.6, 0.8], "tone": "over"},
                {"text": "not known", "number": None, "interval": None, "tone": "plain"},
            ]
        ],
    }


def test_graphs_and_frontiers_keep_their_shape() -> None:
    graph = doc.Graph(caption="c", text="t", nodes=(doc.Node(id="a", label="A", kind="artifact"),), edges=(("a", "a"),))
    point = doc.Point(label="p", x=0.5, x_low=float("-inf"), x_high=1.0, y=NAN, y_low=0.0, y_high=1.0, role="kept")
    frontier = doc.Frontier(caption="c", text="t", x_name="x", y_name="y", points=(point,))
    assert block_json(graph)["edges"] == [["a", "a"]]
    assert block_json(graph)["nodes"] == [
        {"id": "a", "label": "A", "kind": "artifact", "detail": "", "tone": "plain", "link": None}
    ]
    points = typing.cast("list[dict[str, object]]", block_json(frontier)["points"])
    assert points[0]["x_low"] is None and points[0]["y"] is None and points[0]["role"] == "kept"


def test_trees_and_heat_maps_keep_their_shape() -> None:
    root = doc.Branch(condition="everyone", parent=None, n=9, value=0.2, low=0.1, high=NAN, coverage=1.0)
    leaf = doc.Branch(condition="age under 25", parent=0, n=4, value=None, low=None, high=None, note="too few")
    tree = block_json(doc.Tree(caption="c", text="t", value_name="Error rate", nodes=(root, leaf)))
    nodes = typing.cast("list[dict[str, object]]", tree["nodes"])
    assert (tree["block"], tree["scale"], tree["coverage_name"]) == ("tree", "share", "Share of all errors")
    assert nodes[0]["high"] is None and [n["parent"] for n in nodes] == [None, 0] and nodes[1]["coverage"] is None
    cells = ((doc.HeatCell(value=0.5, low=0.4, high=0.6, n=70), doc.HeatCell(value=None, note="fewer than 10")),)
    heat = block_json(
        doc.HeatMap(caption="c", text="t", row_name="", column_name="age", value_name="Error rate", rows=("all",),
                    columns=("under 25", "25 and over"), cells=cells)
    )  # fmt: skip
    assert heat["block"] == "heatmap" and heat["columns"] == ["under 25", "25 and over"]
    assert heat["cells"] == [
        [
            {"value": 0.5, "low": 0.4, "high": 0.6, "n": 70, "note": ""},
            {"value": None, "low": None, "high": None, "n": None, "note": "fewer than 10"},
        ]
    ]


def test_sections_and_cards_are_json() -> None:
    blocks = (
        doc.Prose(text="A\ud800 <b>", source="x.md", markdown=True),
        doc.Items(items=("one",)),
        doc.Facts(facts=(doc.Fact(name="rows", value="3", evidence="sha256:ab"),)),
        doc.Prompt(question="Who?", where="scope.toml"),
        doc.Alert(text="Stale", tone="stale"),
    )
    section = doc.Section(id="s", title="S", blocks=blocks, stale="another bundle")
    card = doc.Document(
        kind="data_card", title="T", lead="L", sections=(section,), seal=(doc.Fact(name="h", value="1"),)
    )
    read = json.loads(json.dumps(card_json(card), allow_nan=False))
    assert (read["format"], read["version"], read["document"]["kind"]) == ("sterling.card", 1, "data_card")
    assert read["document"]["sections"] == json.loads(json.dumps(sections_json((section,))))
    assert [b["block"] for b in read["document"]["sections"][0]["blocks"]] == [
        "prose", "items", "facts", "prompt", "alert",
    ]  # fmt: skip
    assert read["document"]["seal"] == [{"name": "h", "value": "1", "evidence": None}]


def test_curves_keep_their_shape() -> None:
    points = (doc.CurvePoint(x=0.1, y=0.2, low=0.1, high=NAN, n=40), doc.CurvePoint(x=0.3, y=float("inf")))
    curve = block_json(
        doc.Curve(caption="c", text="t", x_name="x", y_name="y", lines=(doc.CurveLine(label="men", points=points),),
                  reference="diagonal", y_scale="share")
    )  # fmt: skip
    assert curve["block"] == "curve" and curve["reference"] == "diagonal"
    assert (curve["x_scale"], curve["y_scale"]) == ("value", "share")
    assert curve["lines"] == [
        {
            "label": "men",
            "points": [
                {"x": 0.1, "y": 0.2, "low": 0.1, "high": None, "n": 40},
                {"x": 0.3, "y": None, "low": None, "high": None, "n": None},
            ],
        }
    ]
