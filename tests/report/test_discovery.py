"""What the report says of slices that were searched for: sentences, a section of blocks, the JSON contract."""

from __future__ import annotations

import dataclasses
import json
import re
import tomllib
from types import SimpleNamespace
from typing import Any

import pytest

from sterling.core import document as doc
from sterling.core.discovered import Condition, DiscoveredSlice, Discovery, Level, LossMap, Skipped, TreeNode
from sterling.report.chapters.discovery import p_text, sections, sentences
from sterling.report.markdown import sections as as_markdown
from sterling.report.payload import payload
from sterling.report.wire import to_json, wire
from tests.house.law import ROOT
from tests.report.schema import problems

SCHEMA: dict[str, Any] = json.loads((ROOT / "docs/schema/evaluate-1.json").read_text(encoding="utf-8"))
HOSTILE = "a|b <script>`x`</script>\n```\n\"'\\ \x1b[31m=]("
EVERYONE = Level(n=5000, n_eligible=2400, value=0.2, low=0.184, high=0.216)
FEW = Level(n=12, n_eligible=7, value=None, low=None, high=None)


def weak(name: str = "age under 25", *, confirmed: bool = True, **more: Any) -> DiscoveredSlice:
    base: dict[str, Any] = {
        "name": name, "where": "age < 25", "conditions": (Condition(feature="age", words=name, where="age < 25"),),
        "level": Level(n=800, n_eligible=410, value=0.38, low=0.334, high=0.428),
        "rest": Level(n=4200, n_eligible=1990, value=0.163, low=0.147, high=0.18),
        "gap": 0.217, "gap_low": 0.169, "gap_high": 0.267, "effect": 0.49, "p": 1e-12, "p_adjusted": 3e-12,
        "harm": 0.0307, "coverage": 0.325, "found_gap": 0.24, "confirmed": confirmed, "also": ("student is yes",),
        "limit": '[[slice]]\nname = "s"\nwhere = "age < 25"\n\n[[limit]]\nmetric = "false_negative_rate"\nmax = 0.17\n'
        'slice = { "s" = "yes" }\n',
    }  # fmt: skip
    return DiscoveredSlice(**base | more)


def search(*slices: DiscoveredSlice, **more: Any) -> Discovery:
    tree = (
        TreeNode(condition="everyone", parent=None, level=EVERYONE, coverage=1.0),
        TreeNode(condition="age under 25", parent=0, level=weak().level, coverage=0.325),
        TreeNode(condition="age 25 and over", parent=0, level=weak().rest, coverage=0.675),
    )
    drawn = LossMap(row_feature="age", column_feature="sex", rows=("under 25", "25 and over"), columns=("f", "m"),
                    cells=((EVERYONE, FEW), (FEW, EVERYONE)))  # fmt: skip
    base: dict[str, Any] = {
        "metric": "false_negative_rate", "label": "False negative rate", "plain": "of the people, the share missed",
        "scale": "share", "threshold": 0.5, "features": ("age", "sex"),
        "skipped": (Skipped(feature="id", reason="nearly every row has its own value"),), "n_search": 4990,
        "overall": EVERYONE, "level": 0.95, "seed": 0, "smallest": 30, "looked_at": 1234, "effect_name": "Cohen's h",
        "method": "Holm", "slices": slices, "tree": tree, "maps": (drawn,),
    }  # fmt: skip
    return Discovery(**base | more)


def run_with(make: SimpleNamespace, *found: Discovery, models: tuple[str, ...] = ("p",)) -> Any:
    run = make.run()
    one = run.evidence[0]
    more = tuple(
        dataclasses.replace(one, ask="weak slices", check="QU003", model=m, findings=(), table=None, discovered=f)
        for m, f in zip(models, found, strict=True)
    )
    return dataclasses.replace(run, evidence=(*run.evidence, *more))


def text_of(section: doc.Section) -> str:
    return as_markdown([section])


def test_a_run_without_a_search_says_nothing(make: SimpleNamespace) -> None:
    assert sections(make.run()) == () and sentences(make.run()) == ()
    assert wire(make.run(), make.run().judgement)["discovered"] == []


def test_confirmed_slices_in_sentences(make: SimpleNamespace) -> None:
    run = run_with(make, search(weak(), weak("sex is f", confirmed=False)))
    assert sentences(run) == (
        "False negative rate 38% [33, 43] of 410 eligible applicants where age under 25, 16.3% elsewhere: confirmed on "
        "rows that had no part in the search.",
    )
    assert sentences(run_with(make, search())) == (
        "No slice is shown to do worse than elsewhere (2 features searched).",
    )  # fmt: skip
    assert sentences(run_with(make, search(overall=FEW))) == (
        "Too few rows to search for slices where the model is worst.",
    )  # fmt: skip


def test_models_are_named_when_there_are_several(make: SimpleNamespace) -> None:
    run = run_with(make, search(weak()), search(), models=("p", "q"))
    assert [s.title for s in sections(run)] == ["Where the model is worst: p", "Where the model is worst: q"]
    assert len({s.id for s in sections(run)}) == 2
    assert all("(model" in s for s in sentences(run))


def test_the_section_has_every_part_with_its_numbers(make: SimpleNamespace) -> None:
    (section,) = sections(run_with(make, search(weak(), weak("sex is f", confirmed=False, p_adjusted=0.21))))
    kinds = [type(b).__name__ for b in section.blocks]
    assert kinds.count("Grid") == 3 and "Tree" in kinds and "HeatMap" in kinds
    said = text_of(section)
    parts = (
        "1 slice confirmed", "1,234 combinations", "4,990 applicants", "[[slice]]", "fresh data", "student is yes",
        "22 \\[17, 27\\]", "below 0.001", "0.21", "not confirmed", "nearly every row has its own value",
    )  # fmt: skip
    assert [p for p in parts if p not in said] == []
    confirmed, _, rejected = (b for b in section.blocks if isinstance(b, doc.Grid))
    assert [r[0].text for r in confirmed.rows] == ["age under 25"] and [r[0].text for r in rejected.rows] == [
        "sex is f"
    ]


def test_small_counts_are_not_told(make: SimpleNamespace) -> None:
    (section,) = sections(run_with(make, search(weak(level=FEW, gap=None, gap_low=None, gap_high=None))))
    assert "fewer than 10" in text_of(section)
    heat = next(b for b in section.blocks if isinstance(b, doc.HeatMap))
    assert heat.cells[0][1].n is None and heat.cells[0][1].value is None and "few" in heat.cells[0][1].note


def test_a_split_with_a_handful_of_people_is_not_drawn(make: SimpleNamespace) -> None:
    """Nor is its other part, which would tell by subtraction; what hangs below goes too."""
    tree = list(search(weak()).tree)
    below = [TreeNode(condition=c, parent=1, level=level, coverage=0.1) for c, level in (("a", FEW), ("b", EVERYONE))]
    last = [TreeNode(condition=c, parent=2, level=weak().level, coverage=0.1) for c in ("c", "d")]
    deepest = [TreeNode(condition="e", parent=4, level=EVERYONE, coverage=0.1)]
    (section,) = sections(run_with(make, search(weak(), tree=(*tree, *below, *last, *deepest))))
    (drawn,) = (b for b in section.blocks if isinstance(b, doc.Tree))
    assert [(n.condition, n.parent) for n in drawn.nodes] == [
        ("everyone", None), ("age under 25", 0), ("age 25 and over", 0), ("c", 2), ("d", 2),
    ]  # fmt: skip
    (section,) = sections(run_with(make, search(weak(), tree=(*tree[:2], dataclasses.replace(tree[2], level=FEW)))))
    assert not any(isinstance(b, doc.Tree) for b in section.blocks)


def test_a_metric_that_is_no_share_is_written_in_its_unit(make: SimpleNamespace) -> None:
    loss = Level(n=800, n_eligible=800, value=7.18, low=6.9, high=7.46)
    found = search(weak(level=loss, gap=4.8, gap_low=4.5, gap_high=5.1), scale="value", label="Mean absolute error",
                   overall=loss, effect_name="Cohen's d", threshold=None)  # fmt: skip
    said = text_of(sections(run_with(make, found))[0])
    assert "7.2 \\[6.9, 7.5\\]" in said and "7.2%" not in said and "Share of the whole loss" in said
    assert "Mean absolute error 7.2 [6.9, 7.5]" in sentences(run_with(make, found))[0]


def test_hostile_names_stay_words(make: SimpleNamespace) -> None:
    limit = f"[[slice]]\nname = {json.dumps(HOSTILE)}\nwhere = {json.dumps(HOSTILE)}\n"
    item = weak(HOSTILE, also=(HOSTILE,), limit=limit)
    found = search(item, features=(HOSTILE,), skipped=(Skipped(feature=HOSTILE, reason="it is empty"),))
    run = run_with(make, found)
    said = text_of(sections(run)[0])
    assert re.search(r"(?<!\\)<script", said) is None and "\x1b" not in said
    fenced = said.split("````toml\n")[1].split("\n````")[0]
    assert tomllib.loads(fenced)["slice"][0]["name"] == HOSTILE.replace("<script", "&lt;script").replace("</", "&lt;/")
    assert all("\x1b" not in s and "\n" not in s for s in sentences(run))
    json.dumps(payload(run, run.judgement), allow_nan=False)


def test_the_json_is_as_the_schema_says(make: SimpleNamespace) -> None:
    unknown = dict.fromkeys(("p", "p_adjusted", "gap", "gap_low", "gap_high", "effect", "harm", "coverage"))
    run = run_with(make, search(weak(), weak("b", confirmed=False, level=FEW, **unknown)))
    written = json.loads(to_json(wire(run, run.judgement)))
    assert problems(written, SCHEMA, SCHEMA) == []
    (one,) = written["discovered"]
    assert (one["check"], one["model"], one["slices"][0]["where"]) == ("QU003", "p", "age < 25")
    one["slices"][0]["p"] = -1
    assert problems(written, SCHEMA, SCHEMA) != []


@pytest.mark.parametrize(("p", "said"), [(0.0, "below 0.001"), (0.0042, "0.004"), (0.049, "0.049"), (0.5, "0.50")])
def test_p_in_words(p: float, said: str) -> None:
    assert p_text(p) == said
