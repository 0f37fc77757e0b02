"""Chapters and cards for the page tests: one block of every kind, large ones, and ones made of hostile text."""

from __future__ import annotations

import itertools

import numpy as np

from sterling.core import document as doc
from sterling.report.document import sections_json
from tests.browser.fixtures import HOSTILE, lending
from tests.browser.world import Report

DIGEST = "sha256:" + "9c4e51d07a3b" * 5 + "9c4e"
NOTES = """# Where the table comes from

Applications of **2022**, exported by the *credit office*; see [the export's note](https://example.org/note).

1. drawn by `application_id`
2. without withdrawn applications
   - 312 rows
   - kept apart, not deleted

> Nobody was asked for consent to this use.

```
select * from applications where year = 2022
```
"""


def purpose() -> doc.Section:
    """People's answers, and a question that nobody has answered."""
    return doc.Section(
        id="purpose", title="Purpose", lead="What it is for, whom it touches, and what it must not be used for",
        blocks=(
            doc.Prose(text="Rank mortgage applications for manual approval.", source="scope.toml"),
            doc.Prose(text="Who is affected"),
            doc.Items(items=("people who apply for a mortgage", "people who would share the home")),
            doc.Prose(text=NOTES, source="cards/data.collection.md", markdown=True),
            doc.Prompt(question="What must the model not be used for?", where="scope.toml: out_of_scope"),
        ),
    )  # fmt: skip


def risks() -> doc.Section:
    """A waiver, a table with tones, notes with marks."""
    rows = (
        ("Approval gap between Black and white applicants is over its limit", "open", "over", "Ada Lovelace"),
        ("True positive rates of women and men are undecided", "open", "undecided", "nobody"),
        ("Too few Asian applicants to say", "resolved", "plain", "Grace Hopper"),
    )
    return doc.Section(
        id="risks", title="Risks", lead="2 open, 1 resolved",
        blocks=(
            doc.Alert(text="The limit 'approval gap' was waived by Ada Lovelace until 2027-01-31: the branch closes",
                      tone="over"),
            doc.Grid(caption="Inference", columns=("Issue", "State", "Owner"), rows=tuple(
                (doc.Cell(text=a), doc.Cell(text=b, tone=tone), doc.Cell(text=c))  # type: ignore[arg-type]
                for a, b, tone, c in rows)),
            doc.Items(items=("Limits were set before results were seen.",), tone="note"),
        ),
    )  # fmt: skip


def review(stale: str = "") -> doc.Section:
    """Facts with digests, and perhaps out of date."""
    return doc.Section(
        id="review", title="Review", lead="approved by Ada Lovelace on 2026-11-22 09:40 UTC", stale=stale,
        blocks=(
            doc.Facts(facts=(
                doc.Fact(name="What is signed", value="evidence, verdicts, model, data and policy together",
                         evidence=DIGEST),
                doc.Fact(name="Bundle", value=DIGEST),
                doc.Fact(name="Author of the run", value=""),
            )),
            doc.Alert(text="An earlier decision no longer holds: the model changed", tone="stale"),
        ),
    )  # fmt: skip


def frontier(n: int = 12) -> doc.Section:
    """The model in use, kept and rejected candidates, a limit, and the table behind them."""
    rng = np.random.default_rng(4)
    points = []
    for i in range(n):
        x, y = 0.78 + 0.06 * float(rng.random()), 0.66 + 0.22 * float(rng.random())
        role, why = ("current", "") if i == 0 else ("kept", "gap closed") if i in (3, 7) else ("rejected", "no better")
        name = "in use" if i == 0 else f"{('logistic', 'boosted-trees', 'scorecard')[i % 3]} {i}"
        points.append(doc.Point(label=name, x=x, x_low=x - 0.012, x_high=x + 0.011, y=y, y_low=y - 0.03,
                                y_high=y + 0.028, role=role, note=why))  # type: ignore[arg-type]  # fmt: skip
    rows = tuple(
        (doc.Cell(text=p.label), doc.Cell(text=f"{p.x:.3f}", number=p.x, interval=(p.x_low, p.x_high)),
         doc.Cell(text=f"{p.y:.2f}", number=p.y, interval=(p.y_low, p.y_high),
                  tone="over" if p.y_high < 0.8 else "plain"), doc.Cell(text=p.note))
        for p in points
    )  # fmt: skip
    return doc.Section(
        id="alternatives", title="Alternatives", lead="12 of at most 24 candidates were tried, 2 kept",
        blocks=(
            doc.Frontier(caption="Two candidates close the gap without losing accuracy beyond their intervals",
                         text="12 candidates, 2 of them kept; each with its interval both ways",
                         x_name="Accuracy (higher is better)", y_name="Impact ratio (higher is better)",
                         points=tuple(points), limit_y=0.8),
            doc.Grid(caption="On the 398 rows for certifying",
                     columns=("Candidate", "Accuracy", "Impact ratio", "Fate"), rows=rows),
        ),
    )  # fmt: skip


def tree() -> doc.Section:
    """An error-analysis tree of three levels, one part too small to say."""
    made = (
        ("Everyone", None, 12_104, 0.152, 0.146, 0.158, 1.0, "plain"),
        ("age under 25", 0, 2_310, 0.211, 0.195, 0.228, 0.26, "plain"),
        ("age 25 or over", 0, 9_794, 0.138, 0.131, 0.145, 0.74, "plain"),
        ("occupation = 'Handlers-cleaners' or 'Transport-moving'", 1, 402, 0.318, 0.275, 0.365, 0.07, "over"),
        ("other occupations", 1, 1_908, 0.188, 0.171, 0.206, 0.19, "plain"),
        ("hours_per_week 60 or over", 2, 611, 0.241, 0.209, 0.277, 0.08, "plain"),
        ("hours_per_week under 60", 2, 9_183, 0.131, 0.124, 0.138, 0.66, "plain"),
        ("capital_gain over 99,999", 4, 8, None, None, None, None, "plain"),
    )
    nodes = tuple(
        doc.Branch(condition=c, parent=p, n=n, value=v, low=lo, high=hi, coverage=s, tone=t,  # type: ignore[arg-type]
                   note="" if v is not None else "fewer than 30 rows")
        for c, p, n, v, lo, hi, s, t in made
    )  # fmt: skip
    block = doc.Tree(caption="Errors gather among young people in two occupations",
                     text="Rows split where error rates differ most, three levels deep", value_name="Error rate",
                     nodes=nodes)  # fmt: skip
    return doc.Section(id="tree", title="Where the model is worst", blocks=(block,))


def heat() -> doc.Section:
    """Error rates by two features, one cell too small, and a confusion matrix of counts."""
    rng = np.random.default_rng(6)
    ages, hours = ("under 25", "25 to under 40", "40 to under 65", "65 and over"), ("under 35", "35 to 45", "over 45")
    cells = tuple(
        tuple(
            doc.HeatCell(value=None, note="fewer than 30 rows") if (y, x) == (3, 2)
            else doc.HeatCell(value=v, low=v - 0.02, high=v + 0.025, n=int(rng.integers(200, 4000)))
            for x, v in enumerate((0.08 + 0.2 * rng.random(3)).tolist())
        )
        for y in range(4)
    )  # fmt: skip
    rates = doc.HeatMap(caption="Errors rise with hours worked", text="Error rate by age and hours worked a week",
                        row_name="age", column_name="hours a week", value_name="Error rate", rows=ages, columns=hours,
                        cells=cells)  # fmt: skip
    names = ("approve", "decline", "refer to a senior officer")
    counts = ((812, 40, 12), (55, 604, 31), (9, 28, 144))
    matrix = doc.HeatMap(caption="Most confusion lies between approve and decline", text="", row_name="label",
                         column_name="predicted", value_name="Applicants", rows=names, columns=names, scale="count",
                         cells=tuple(tuple(doc.HeatCell(value=v) for v in row) for row in counts))  # fmt: skip
    return doc.Section(id="heat", title="By two features", blocks=(rates, matrix))


def twins() -> tuple[doc.Section, ...]:
    """Two chapters with a table of the same name, and a heat map whose rows have none."""
    same = doc.Grid(caption="Reads", columns=("Name", "Share"), rows=tuple(
        (doc.Cell(text=name), doc.Cell(text=share)) for name, share in (("a", "9.9%"), ("b", "84.5%"), ("c", "5.6%"))
    ))  # fmt: skip
    cells = ((doc.HeatCell(value=0.1), doc.HeatCell(value=0.2)), (doc.HeatCell(value=0.3), doc.HeatCell(value=None)))
    bare = doc.HeatMap(caption="Strength", text="", row_name="", column_name="", value_name="Strength",
                       rows=("age", "sex"), columns=("age", "sex"), cells=cells, scale="value")  # fmt: skip
    return (
        doc.Section(id="first", title="The first", blocks=(same, bare)),
        doc.Section(id="second", title="The second", blocks=(same,)),
    )


def curve() -> doc.Section:
    """Calibration of two groups with bands, and a residual around zero in the units of the label."""
    xs = np.linspace(0.05, 0.95, 10)

    def of(label: str, bend: float) -> doc.CurveLine:
        return doc.CurveLine(label=label, points=tuple(
            doc.CurvePoint(x=x, y=x + bend * x * (1 - x), low=x + bend * x * (1 - x) - 0.04,
                           high=x + bend * x * (1 - x) + 0.04, n=120) for x in xs.tolist()))  # fmt: skip

    calibration = doc.Curve(caption="The score is too low for women in the middle of its range", text="By sex",
                            x_name="Mean score", y_name="Share with a positive label", reference="diagonal",
                            lines=(of("men", 0.05), of("women", 0.4)), x_scale="share", y_scale="share")  # fmt: skip
    residual = doc.Curve(
        caption="High incomes are predicted too low", text="", x_name="Predicted income, dollars",
        y_name="Mean of label less prediction, dollars", reference="zero",
        lines=(doc.CurveLine(label="everyone", points=tuple(
            doc.CurvePoint(x=1e4 * i, y=120.0 * i * i - 900, low=120.0 * i * i - 1900, high=120.0 * i * i + 200, n=50)
            for i in range(1, 9))),),
    )  # fmt: skip
    return doc.Section(id="curves", title="Calibration and residuals", blocks=(calibration, residual))


STEPS = ("ingest", "validate", "split", "train", "score", "evaluate", "judge", "render")


def lineage() -> doc.Section:
    """A chain of steps and artifacts as a run has it, and the person who signed."""
    nodes = [
        doc.Node(id="file", label="applications-2022.parquet", kind="artifact", detail="file, sha256:9c4e51d07a3b")
    ]
    edges: list[tuple[str, str]] = []
    made = ("table", "schema", "split", "model", "scores", "evidence", "verdicts", "report.html")
    for step, product in zip(STEPS, made, strict=True):
        tone: doc.Tone = "over" if product == "verdicts" else "plain"
        nodes.append(doc.Node(id=f"do {step}", label=step, kind="step", detail="complete, 2026-11-22"))
        nodes.append(doc.Node(id=f"a {product}", label=product, kind="artifact", detail=f"{product}, sha256:51d07a3b",
                              tone=tone, link="risks" if product == "verdicts" else None))  # fmt: skip
        edges.append((f"do {step}", f"a {product}"))
    reads = {"ingest": ("file",), "validate": ("a table",), "split": ("a table",), "train": ("a table", "a split"),
             "score": ("a model", "a table", "a split"), "evaluate": ("a scores", "a table"), "judge": ("a evidence",),
             "render": ("a evidence", "a verdicts")}  # fmt: skip
    edges += [(source, f"do {step}") for step, sources in reads.items() for source in sources]
    nodes.append(doc.Node(id="ada", label="Ada Lovelace", kind="person", detail="approved", link="#review"))
    edges.append(("a verdicts", "ada"))
    graph = doc.Graph(caption="From what was read to what was said", nodes=tuple(nodes), edges=tuple(edges),
                      text="ingest reads applications-2022.parquet and makes table; judge makes verdicts")  # fmt: skip
    return doc.Section(id="lineage", title="Lineage", blocks=(graph,))


def sixty() -> doc.Section:
    """A graph of sixty nodes in ten layers."""
    nodes = tuple(
        doc.Node(id=f"n{i}", label=f"step number {i}", kind="step" if i // 6 % 2 else "artifact", detail="some detail")
        for i in range(60)
    )
    edges = tuple((f"n{i - 6 + d}", f"n{i}") for i in range(6, 60) for d in (0, 1) if i - 6 + d < i // 6 * 6)
    return doc.Section(
        id="big", title="A large graph", blocks=(doc.Graph(caption="Sixty nodes", text="", nodes=nodes, edges=edges),)
    )


def long_grid(n: int = 300) -> doc.Section:
    """A table of 300 rows, the largest values in no order."""
    values = np.random.default_rng(9).random(n)
    rows = tuple(
        (doc.Cell(text=f"Region {i}"),
         doc.Cell(text=f"{v:.0%}", number=float(v), interval=(float(v) * 0.9, float(v) * 1.1)),
         doc.Cell(text=f"{i * 37 % 1000:,}", number=float(i * 37 % 1000)))
        for i, v in enumerate(values.tolist())
    )  # fmt: skip
    grid = doc.Grid(caption="Selection rate by region", columns=("Region", "Selection rate", "n"), rows=rows)
    return doc.Section(id="regions", title="Regions", blocks=(grid,))


def chapters() -> tuple[doc.Section, ...]:
    """A chapter of every kind."""
    return (purpose(), frontier(), risks(), review("the model changed"), lineage(), tree(), heat(), curve())


def project(state: str = "awaiting", words: str = "awaiting review: 0 of 1 signatures") -> Report:
    """What the first screen says of a project."""
    return {"name": "Lending", "purpose": "Rank mortgage applications for manual approval.",
            "owner": "The credit committee", "limits_set_by": "The credit committee",
            "review": {"state": state, "words": words}, "head": DIGEST.removeprefix("sha256:"),
            "run": "20261122-0914-7f3a"}  # fmt: skip


def with_chapters(*sections: doc.Section, **head: str) -> Report:
    """The lending report of a project; the chapters are one of every kind unless told otherwise."""
    return {**lending(), "project": project(**head), "chapters": sections_json(sections or chapters())}


def card(kind: str = "model_card") -> doc.Document:
    """A card of the kind, with all blocks and a seal."""
    title = {"model_card": "Lending: boosted trees", "data_card": "Applications of 2022", "dag_card": "Lending"}[kind]
    seal = (doc.Fact(name="Run", value="20261122-0914-7f3a"), doc.Fact(name="Ledger head", value="record 812",
            evidence=DIGEST), doc.Fact(name="Evidence", value=DIGEST))  # fmt: skip
    return doc.Document(
        kind=kind,  # type: ignore[arg-type]
        title=title, lead="A model that ranks mortgage applications for a person to decide on.",
        sections=chapters(), seal=seal, front_matter="license: apache-2.0",
    )  # fmt: skip


def hostile() -> tuple[doc.Section, ...]:
    """Every field of every block is text that means to break out."""
    marked = "\n\n".join((*HOSTILE, "[x](javascript:window.__pwned=1)", "![x](https://example.invalid/x.png)",
                          "<b onclick=window.__pwned=1>b</b>", "```\n</script>\n", "*" * 5000))  # fmt: skip
    nodes = tuple(
        doc.Node(id=h or "empty", label=h, kind="person", detail=h, tone="stale",
                 link=("javascript:window.__pwned=1", "https://example.invalid", "__proto__", "#groups")[i % 4])
        for i, h in enumerate(HOSTILE)
    )  # fmt: skip
    ids = [n.id for n in nodes]
    points = tuple(
        doc.Point(label=h, x=float(i), x_low=float("-inf"), x_high=float("nan"), y=float(i), y_low=0.0, y_high=1e9,
                  role="kept", note=h)
        for i, h in enumerate(HOSTILE)
    )  # fmt: skip
    blocks: tuple[doc.Block, ...] = (
        *(doc.Prose(text=h, source=h) for h in HOSTILE),
        doc.Prose(text=marked, source=HOSTILE[0], markdown=True),
        doc.Items(items=tuple(HOSTILE), tone="over"),
        doc.Facts(facts=tuple(doc.Fact(name=h, value=h, evidence=h) for h in HOSTILE)),
        doc.Grid(caption=HOSTILE[1], columns=(HOSTILE[0], HOSTILE[3]), rows=tuple(
            (doc.Cell(text=h), doc.Cell(text=h, number=1.0, interval=(0.0, float("inf")), tone="within"))
            for h in HOSTILE)),
        doc.Graph(caption=HOSTILE[0], text=HOSTILE[1], nodes=nodes,
                  edges=tuple(itertools.pairwise(ids))),
        doc.Frontier(caption=HOSTILE[0], text=HOSTILE[1], x_name=HOSTILE[0], y_name=HOSTILE[11], points=points,
                     limit_y=0.5),
        doc.Tree(caption=HOSTILE[0], text=HOSTILE[1], value_name=HOSTILE[2], coverage_name=HOSTILE[0], nodes=tuple(
            doc.Branch(condition=h, parent=None if i == 0 else (i - 1) // 2, n=i, value=float("nan"), low=None,
                       high=float("inf"), coverage=0.1 * i, tone="stale", note=h) for i, h in enumerate(HOSTILE))),
        doc.HeatMap(caption=HOSTILE[1], text=HOSTILE[0], row_name=HOSTILE[2], column_name=HOSTILE[0],
                    value_name=HOSTILE[1], rows=tuple(HOSTILE), columns=tuple(HOSTILE[:3]), cells=tuple(
                        tuple(doc.HeatCell(value=v, note=h) for v in (1e300, float("nan"), None)) for h in HOSTILE)),
        doc.Curve(caption=HOSTILE[0], text=HOSTILE[1], x_name=HOSTILE[0], y_name=HOSTILE[11], reference="diagonal",
                  lines=tuple(doc.CurveLine(label=h, points=(
                      doc.CurvePoint(x=float(i), y=float("nan"), low=0.0), doc.CurvePoint(x=i + 0.5, y=1e9, n=i)))
                      for i, h in enumerate(HOSTILE))),
        *(doc.Prompt(question=h, where=h) for h in HOSTILE),
        *(doc.Alert(text=h, tone="undecided") for h in HOSTILE),
    )  # fmt: skip
    return tuple(
        doc.Section(id=h, title=h or "empty", lead=h, stale=h, blocks=blocks if i == 0 else ())
        for i, h in enumerate(HOSTILE)
    )
