"""Report dictionaries for the page tests: plausible, large, hostile and empty, drawn from a seeded planted world.

The shapes follow web/src/data.ts. Nothing here is used outside tests; rates and Wilson intervals are worked out
with NumPy from simulated rows so that every array in a fixture agrees with every other.
"""

from __future__ import annotations

import base64

import numpy as np

from tests.browser.world import Report, board, pack, world


def verdict(word: str, sentence: str, **more: object) -> Report:
    """One verdict with harmless defaults."""
    return {
        "ask": "approval gap", "check": "FA001", "model": "p", "metric": "selection_rate", "verdict": word,
        "sentence": sentence, "slice": None, "versus": None, "statement": "max_gap", "limit": 0.05,
        "limit_origin": "examples/lending/sterling.toml", "threshold": 0.5, "scale": "points", "value": None,
        "low": None, "high": None, "level": 0.95, "n": 0, "n_eligible": None, "reason": "", "power": None,
        "hints": [], **more,
    }  # fmt: skip


def _groups(columns: dict[str, np.ndarray]) -> list[Report]:
    out: list[Report] = []
    for name, values in columns.items():
        items = values.tolist()
        counts = {v: items.count(v) for v in dict.fromkeys(items)}
        ordered = sorted(counts, key=lambda v: (v is None, -counts[v], str(v)))
        out.append({"column": name, "values": [
            {"value": v, "n": counts[v], "share": counts[v] / len(items)} for v in ordered]})  # fmt: skip
    return out


def _report(
    columns: dict[str, np.ndarray], n: int, the_board: Report, verdicts: list[Report], models: list[str]
) -> Report:
    words = ("over", "undecided", "within", "insufficient", "not_applicable", "error", "unjudged")
    return {
        "format": "sterling.report", "version": 1, "title": "Lending",
        "run": {"id": "7f3a91c2", "created": "2026-11-22T09:14:05Z", "sterling": "0.1.0", "seed": 0,
                "command": "sterling evaluate scores.csv --label approve --score p --groups race --groups sex",
                "plan_hash": "sha256:" + "ab12" * 16, "evidence_hash": "sha256:" + "9c4e" * 16,
                "data": [{"name": "scores.csv", "sha256": "e3b0" * 16, "rows": n}],
                "environment": {"python": "3.11.2", "polars": "2.1.0", "numpy": "2.3.1", "platform": "linux"}},
        "subject": {"n": n, "people": "applicants",
                    "label": {"name": "approve", "positive": "1", "favourable": "1", "kind": "human_decision",
                              "words": "the lender's past decision", "agreement": "agreement with past decisions",
                              "missing": 12},
                    "groups": _groups(columns), "weight": None, "cluster": None, "id": None,
                    "not_recorded": ["disability", "age"], "inferred": []},
        "models": [{"name": m, "kind": "probability", "threshold": 0.5} for m in models],
        "counts": {w: sum(v["verdict"] == w for v in verdicts) for w in words},
        "verdicts": verdicts,
        "evidence": [
            {"ask": "approval gap", "check": "FA001", "title": "Gap in a rate between groups",
             "question": "How far apart are the selection rates of two groups?", "outcome": "measured", "model": "p",
             "parameters": {"rate": "selection_rate", "threshold": 0.5, "min_n": 100, "level": 0.95},
             "method": "Wilson score interval; widest gap with simultaneous bounds (studentised range)",
             "notes": ["12 rows without a label are left out of error rates"],
             "pitfalls": ["Equal selection rates can hide unequal error rates; look at both.",
                          "The label is a past human decision: agreement with it repeats its bias."],
             "hints": ["Look for a less discriminatory alternative: compare models at equal overall selection rate."],
             "docs": "checks/FA001"}],
        "board": the_board,
        "notices": ["12 rows without a label are left out of error rates"],
        "unknowns": ["Groups not recorded: disability, age", "The outcomes of rejected applicants are unknown"],
        "next_steps": ["Look for less discriminatory alternatives at the same overall selection rate",
                       "Check the label: past decisions carry past bias"],
        "rows": None,
    }  # fmt: skip


def lending(models: int = 1) -> Report:
    """Two group columns, one over, one undecided, some within, small and missing groups."""
    rng = np.random.default_rng(7)
    n = 1989
    race = np.array(rng.choice(["white", "Black", "Hispanic", "Asian"], n, p=[0.80, 0.12, 0.06, 0.02]), dtype=object)
    sex = np.array(rng.choice(["men", "women", ""], n, p=[0.80, 0.19, 0.01]), dtype=object)
    sex[sex == ""] = None
    effect = np.where(race == "Black", -1.1, 0.0) + np.where(race == "Hispanic", -0.5, 0.0)
    score, label = world(7, n, effect.astype(float))
    scores = [score] + [np.clip(score * 0.9 + 0.08 * rng.random(n), 0, 1) for _ in range(models - 1)]
    the_board = board({"race": race, "sex": sex}, scores, label, np.round(np.arange(0.05, 0.96, 0.05), 2))
    verdicts = [
        verdict("over", "Black applicants are selected 18 points less often than white applicants", value=0.18,
                low=0.13, high=0.23, n=1878, slice={"race": "Black"}, versus={"race": "white"},
                reason="the whole interval lies above the limit",
                hints=["Look for a less discriminatory alternative first."]),
        verdict("undecided", "Women's true positive rate is 2 points lower than men's", metric="true_positive_rate",
                ask="tpr gap", value=0.02, low=-0.01, high=0.06, n=1975, n_eligible=1400, slice={"sex": "women"},
                versus={"sex": "men"}, reason="the interval holds the limit",
                power="about 900 more women would decide this"),
        verdict("insufficient", "Asian applicants: too few to say", ask="tpr gap", n=41, slice={"race": "Asian"},
                reason="41 applicants; 100 are needed"),
        verdict("within", "Selection rates of men and women differ by less than your limit", value=0.01, low=0.0,
                high=0.035, n=1975, slice={"sex": "women"}, versus={"sex": "men"},
                reason="the whole interval lies below the limit"),
        verdict("within", "Accuracy is above your floor for every group", statement="min", limit=0.7, scale="value",
                metric="accuracy", value=0.82, low=0.76, high=0.87, n=1989, ask="floor",
                reason="the whole interval lies above the floor"),
    ]  # fmt: skip
    names = ["p", "challenger", "third"][:models]
    return _report({"race": race, "sex": sex}, n, the_board, verdicts, names)


def big(slices: int = 200, thresholds: int = 100, models: int = 2) -> Report:
    """One column of many groups: 200 slices, 100 thresholds, two models unless told otherwise."""
    rng = np.random.default_rng(11)
    n = slices * 260
    region = np.array([f"Region {i:03d}" for i in rng.integers(0, slices - 1, n)], dtype=object)
    shift = rng.normal(0, 0.5, slices)
    effect = np.array([shift[int(r[7:])] for r in region.tolist()])
    score, label = world(11, n, effect)
    scores = [score] + [np.clip(score**1.2, 0, 1) for _ in range(models - 1)]
    grid = np.linspace(0.005, 0.995, thresholds).round(4)
    the_board = board({"region": region}, scores, label, grid)
    verdicts = [verdict("over", "Applicants of Region 017 are selected 44 points less often than those of Region 093",
                        value=0.44, low=0.31, high=0.55, n=n, model="p", slice={"region": "Region 017"},
                        versus={"region": "Region 093"}, reason="the whole interval lies above the limit")]  # fmt: skip
    report = _report({"region": region}, n, the_board, verdicts, ["p", "challenger"][:models])
    for model in report["models"]:
        model["threshold"] = float(grid[thresholds // 2])
    return report


DECLARED = (
    "The applicant has declared, in the branch of the bank at which the loan is to be paid out, that the income is "
)


def long_names(times: int = 20_000) -> Report:
    """Values that differ at their end only, of `times` as many people as were drawn."""
    rng = np.random.default_rng(13)
    n = 2442
    income = np.array([DECLARED + t for t in rng.choice(["regular", "irregular", "not known"], n)], dtype=object)
    office = np.array([f"head_office_register_of_2019_{t}" for t in rng.choice(list("ABC"), n)], dtype=object)
    score, label = world(13, n, np.zeros(n))
    columns = {"income": income, "office": office}
    the_board = board(columns, [score], label, np.linspace(0.1, 0.9, 9))
    first, second = DECLARED + "regular", DECLARED + "irregular"
    verdicts = [verdict("over", "People whose income is regular are selected 9 points less often", value=0.09, low=0.06,
                        high=0.12, n=n * times, slice={"income": first}, versus={"income": second},
                        reason="the whole interval lies above the limit")]  # fmt: skip
    report = _report(columns, n * times, the_board, verdicts, ["p"])
    for group in report["subject"]["groups"]:
        for value in group["values"]:
            value["n"] *= times
    for part in report["board"]["slices"]:
        part["n"] *= times
    return report


HOSTILE = [
    "<img src=x onerror=\"window.__pwned=1\">",
    "</script><script>window.__pwned=1</script>",
    "'\"><svg onload=window.__pwned=1>",
    "=HYPERLINK(\"http://example.invalid\",\"x\")",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "nul\x00 bell\x07 esc\x1b[31m",
    "\u202eright to left override\u202c",
    "שלום עולם",
    "<!-- --> ]]> &amp; &#60;b&#62; \u2028\u2029",
    "{{constructor.constructor('window.__pwned=1')()}} ${1}",
    "javascript:window.__pwned=1",
    "long " + "x" * 10_000,
    "",
    " ",
    "__proto__",
]  # fmt: skip


def hostile() -> Report:
    """Names and values meant to break out of the page."""
    rng = np.random.default_rng(3)
    n = 15 * 160
    column = "<b>group</b>\u202e=1+1"
    values = np.array([HOSTILE[i] for i in rng.integers(0, len(HOSTILE), n)], dtype=object)
    score, label = world(3, n, np.zeros(n))
    the_board = board({column: values, "__proto__": values}, [score], label, np.linspace(0.1, 0.9, 9), crosses=False)
    verdicts = [verdict("over", f"{h} are selected less often", value=0.2, low=0.1, high=0.3, n=n, slice={column: h},
                        versus={column: HOSTILE[0]}, ask=h, model=HOSTILE[1], reason=h, power=h, limit_origin=h,
                        hints=[h]) for h in HOSTILE]  # fmt: skip
    report = _report({column: values, "__proto__": values}, n, the_board, verdicts, [HOSTILE[1]])
    report["title"] = HOSTILE[1]
    report["subject"]["people"] = HOSTILE[0]
    report["subject"]["label"].update(name=HOSTILE[2], words=HOSTILE[1], agreement=HOSTILE[0])
    report["subject"]["not_recorded"] = HOSTILE
    report["run"]["command"] = HOSTILE[1]
    report["run"]["environment"] = {h[:40]: h for h in HOSTILE}
    for key in ("notices", "unknowns", "next_steps"):
        report[key] = list(HOSTILE)
    report["evidence"][0].update(title=HOSTILE[0], question=HOSTILE[1], method=HOSTILE[2], notes=HOSTILE,
                                 pitfalls=HOSTILE, hints=HOSTILE, docs="javascript:alert(1)",
                                 parameters={h[:40]: h for h in HOSTILE})  # fmt: skip
    report["rows"] = {"model": HOSTILE[1], "columns": [column, "score"],
                      "records": [[v, 0.5] for v in HOSTILE] * 3}  # fmt: skip
    return report


def no_label() -> Report:
    """Scores and groups only: nothing that needs a label is known."""
    report = lending()
    report["subject"]["label"] = None
    b = report["board"]
    keep = [i for i, m in enumerate(b["metrics"]) if not m["needs_label"]]
    b["metrics"] = [b["metrics"][i] for i in keep]
    b["estimates"] = [[row[i] for i in keep] for row in b["estimates"]]
    b["calibration"] = [[[] for _ in row] for row in b["calibration"]]
    for d in b["distribution"]:
        d["counts"] = [
            {"positive": [], "negative": [None if None in (x, y) else x + y
                                          for x, y in zip(c["positive"], c["negative"], strict=True)]}
            for c in d["counts"]
        ]  # fmt: skip
    report["verdicts"] = [v for v in report["verdicts"] if v["metric"] == "selection_rate"]
    return report


def no_groups() -> Report:
    """No groups given: everyone is the only slice, nothing is judged."""
    rng = np.random.default_rng(5)
    n = 400
    score, label = world(5, n, rng.normal(0, 0.1, n))
    the_board = board({}, [score], label, np.linspace(0.1, 0.9, 9))
    report = _report({}, n, the_board, [], ["p"])
    report["evidence"], report["unknowns"], report["next_steps"], report["notices"] = [], [], [], []
    return report


def one_group() -> Report:
    """A group column with a single value."""
    n = 300
    score, label = world(5, n, np.zeros(n))
    site = np.array(["north"] * n, dtype=object)
    verdicts = [verdict("not_applicable", "One group only: there is nothing to compare", n=n, limit=None,
                        statement=None, reason="a gap needs two groups")]  # fmt: skip
    return _report({"site": site}, n, board({"site": site}, [score], label, np.linspace(0.1, 0.9, 9)), verdicts, ["p"])


def no_limits() -> Report:
    """The same as lending with nothing judged."""
    report = lending()
    for v in report["verdicts"]:
        v.update(limit=None, limit_origin=None)
        if v["verdict"] in ("over", "undecided", "within"):
            v.update(verdict="unjudged", reason="no limit set")
    report["verdicts"].append(verdict("error", "The check on calibration stopped", check="PE007", ask="calibration",
                                      value=None, limit=None, statement=None,
                                      reason="ZeroDivisionError in the third bin",
                                      hints=["Report this as a bug."]))  # fmt: skip
    for word in report["counts"]:
        report["counts"][word] = sum(v["verdict"] == word for v in report["verdicts"])
    return report


def predictions_only() -> Report:
    """A model that gives decisions, not scores: no thresholds, one column everywhere."""
    report = lending()
    b = report["board"]
    thresholds = len(b["thresholds"])
    at = b["thresholds"].index(0.5)
    for row in b["estimates"]:
        for metric, packed in zip(b["metrics"], row, strict=True):
            if metric["by_threshold"]:
                for key, text in packed.items():
                    grid = np.frombuffer(base64.b64decode(text), dtype="<f4").reshape(-1, thresholds)
                    packed[key] = pack(grid[:, at])
    b["thresholds"] = []
    b["calibration"], b["distribution"] = [[]], []
    report["models"] = [{"name": "decision", "kind": "prediction", "threshold": None}]
    return report


def with_rows() -> Report:
    """Lending with row-level data embedded on request."""
    report = lending()
    rng = np.random.default_rng(2)
    race, sex = rng.choice(["white", "Black"], 260).tolist(), rng.choice(["men", "women"], 260).tolist()
    scores = rng.random(260).round(3).tolist()
    records = [[r, s, p, int(p > 0.5)] for r, s, p in zip(race, sex, scores, strict=True)]
    report["rows"] = {"model": "p", "columns": ["race", "sex", "p", "approve"], "records": records}
    return report


def compared() -> Report:
    """Two models and, at every threshold, what the second changes; half as wide intervals as the models' own."""
    report = lending(models=2)
    b = report["board"]
    slices, thresholds = b["slices"], b["thresholds"]
    ok = [i for i, s in enumerate(slices) if s["status"] == "ok"]
    metrics = []
    for k, info in enumerate(b["metrics"]):
        grids = [
            {key: np.frombuffer(base64.b64decode(text), dtype="<f4").astype(float).reshape(len(slices), -1)[ok]
             for key, text in row[k].items()}
            for row in b["estimates"]
        ]  # fmt: skip
        value = grids[1]["value"] - grids[0]["value"]
        half = (grids[0]["high"] - grids[0]["low"]) / 2
        arrays = {"value": value, "low": value - half, "high": value + half, "n": grids[0]["n_eligible"]}
        metrics.append(
            {"name": info["name"], "label": info["label"], "direction": info["direction"], "scale": info["scale"],
             "thresholds": thresholds if info["by_threshold"] else None, "slices": [slices[i]["key"] for i in ok],
             **{name: [[None if np.isnan(x) else round(float(x), 6) for x in line] for line in a]
                for name, a in arrays.items()}}
        )  # fmt: skip
    flips = [{**metrics[0], "name": "newly_selected", "label": "Newly selected"}]
    report["comparisons"] = [{"baseline": "p", "candidate": "challenger", "metrics": metrics, "flips": flips}]
    return report


ALL = {
    f.__name__: f
    for f in (
        lending,
        big,
        long_names,
        hostile,
        no_label,
        no_groups,
        one_group,
        no_limits,
        predictions_only,
        with_rows,
        compared,
    )
}
