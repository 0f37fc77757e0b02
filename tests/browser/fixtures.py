"""Report dictionaries for the page tests: plausible, large, hostile and empty, drawn from a seeded planted world.

The shapes follow web/src/data.ts. Nothing here is used outside tests; rates and Wilson intervals are worked out
with NumPy from simulated rows so that every array in a fixture agrees with every other.
"""

from __future__ import annotations

import base64
import itertools
import math
from typing import Any

import numpy as np

Report = dict[str, Any]
Z = 1.959963984540054
BINS = 20

METRICS: list[dict[str, Any]] = [
    {"name": "selection_rate", "label": "Selection rate", "plain": "the share of all people who are selected",
     "eligible": "everyone", "formula": "(tp + fp) / n", "needs_label": False, "by_threshold": True},
    {"name": "true_positive_rate", "label": "True positive rate", "plain": "of the people who qualify, the share selected",
     "eligible": "label is positive", "formula": "tp / (tp + fn)", "needs_label": True, "by_threshold": True},
    {"name": "false_positive_rate", "label": "False positive rate",
     "plain": "of the people who do not qualify, the share selected",
     "eligible": "label is negative", "formula": "fp / (fp + tn)", "needs_label": True, "by_threshold": True},
    {"name": "precision", "label": "Precision", "plain": "of the people selected, the share who qualify",
     "eligible": "selected", "formula": "tp / (tp + fp)", "needs_label": True, "by_threshold": True},
    {"name": "accuracy", "label": "Accuracy", "plain": "the share of decisions that agree with the label",
     "eligible": "everyone with a label", "formula": "(tp + tn) / n", "needs_label": True, "by_threshold": True},
    {"name": "brier", "label": "Brier score", "plain": "the mean squared distance of the score from the label; 0 is best",
     "eligible": "everyone with a label", "formula": "mean((score - label)^2)", "needs_label": True,
     "by_threshold": False, "scale": "value", "direction": "lower"},
]  # fmt: skip


def pack(values: np.ndarray) -> str:
    """Base64 of little-endian Float32, as the page expects."""
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode("ascii")


def wilson(hits: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Share and its 95 % Wilson interval; NaN where nobody is eligible."""
    with np.errstate(divide="ignore", invalid="ignore"):
        p = hits / n
        centre = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
        half = Z * np.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
    return p, np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)


def _slices(
    columns: dict[str, np.ndarray], n: int, min_n: int, crosses: bool
) -> list[tuple[dict[str, Any], np.ndarray]]:
    found: list[tuple[dict[str, Any], np.ndarray]] = [({}, np.ones(n, dtype=bool))]
    names = list(columns)
    families = [(name,) for name in names]
    if crosses:
        families += list(itertools.combinations(names, 2))
    for family in families:
        levels = [sorted({v for v in columns[c].tolist() if v is not None}) for c in family]
        for c, level in zip(family, levels, strict=True):
            if any(v is None for v in columns[c].tolist()):
                level.append(None)  # type: ignore[arg-type]
        for combo in itertools.product(*levels):
            mask = np.ones(n, dtype=bool)
            for c, v in zip(family, combo, strict=True):
                mask &= np.array([x == v for x in columns[c].tolist()])
            if mask.any():
                found.append((dict(zip(family, combo, strict=True)), mask))
    return found


def _cells(score: np.ndarray, label: np.ndarray, mask: np.ndarray, thresholds: np.ndarray) -> dict[str, np.ndarray]:
    s, y = score[mask], label[mask]
    positive, negative = np.sort(s[y == 1]), np.sort(s[y == 0])
    tp = len(positive) - np.searchsorted(positive, thresholds, side="left")
    fp = len(negative) - np.searchsorted(negative, thresholds, side="left")
    return {"tp": tp, "fp": fp, "fn": len(positive) - tp, "tn": len(negative) - fp}


def _rate(name: str, c: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    tp, fp, fn, tn = c["tp"], c["fp"], c["fn"], c["tn"]
    everyone = tp + fp + fn + tn
    return {
        "selection_rate": (tp + fp, everyone),
        "true_positive_rate": (tp, tp + fn),
        "false_positive_rate": (fp, fp + tn),
        "precision": (tp, tp + fp),
        "accuracy": (tp + tn, everyone),
    }[name]


def _estimates(
    metric: dict[str, Any],
    masks: list[np.ndarray],
    score: np.ndarray,
    label: np.ndarray,
    thresholds: np.ndarray,
    ok: list[bool],
) -> dict[str, str]:
    rows: list[list[np.ndarray]] = []
    for mask, usable in zip(masks, ok, strict=True):
        if metric["by_threshold"]:
            hits, n = _rate(metric["name"], _cells(score, label, mask, thresholds))
            value, low, high = wilson(hits.astype(float), n.astype(float))
        else:
            loss = (score[mask] - label[mask]) ** 2
            n = np.array([mask.sum()])
            value = np.array([loss.mean()])
            half = Z * loss.std() / math.sqrt(max(len(loss), 1))
            low, high = value - half, value + half
        if not usable:
            value, low, high = (np.full_like(value, np.nan) for _ in range(3))
        rows.append([value, low, high, n.astype(float)])
    return {key: pack(np.stack([r[i] for r in rows])) for i, key in enumerate(("value", "low", "high", "n_eligible"))}


def _calibration(score: np.ndarray, label: np.ndarray, mask: np.ndarray) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    cut = np.clip((score * 10).astype(int), 0, 9)
    for b in range(10):
        here = mask & (cut == b)
        n = int(here.sum())
        if n < 10:
            continue
        p, low, high = wilson(np.array([label[here].sum()], dtype=float), np.array([n], dtype=float))
        out.append({"mean_score": float(score[here].mean()), "observed": float(p[0]), "low": float(low[0]),
                    "high": float(high[0]), "n": n})  # fmt: skip
    return out


def board(
    columns: dict[str, np.ndarray],
    scores: list[np.ndarray],
    label: np.ndarray,
    thresholds: np.ndarray,
    *,
    min_n: int = 100,
    crosses: bool = True,
    suppress_below: int = 10,
) -> Report:
    """Every estimate of the planted table, packed as the contract says."""
    n = len(label)
    found = _slices(columns, n, min_n, crosses)
    masks = [m for _, m in found]
    sizes = [int(m.sum()) for m in masks]
    ok = [size >= min_n for size in sizes]
    metrics = [{"scale": "share", "direction": "none", "range": [0, 1], **m} for m in METRICS]
    edges = np.linspace(0, 1, BINS + 1)

    def histogram(score: np.ndarray, mask: np.ndarray, y: int) -> list[int | None]:
        counts = np.histogram(score[mask & (label == y)], edges)[0].tolist()
        return [None if 0 < c < suppress_below else c for c in counts]

    return {
        "slices": [
            {"key": key, "family": list(key), "n": size if size >= suppress_below else None,
             "status": "ok" if usable else "insufficient", "n_needed": None if usable else min_n}
            for (key, _), size, usable in zip(found, sizes, ok, strict=True)
        ],
        "thresholds": [round(float(t), 6) for t in thresholds],
        "metrics": metrics,
        "estimates": [[_estimates(m, masks, s, label, thresholds, ok) for m in metrics] for s in scores],
        "level": 0.95,
        "calibration": [[_calibration(s, label, m) if usable else [] for m, usable in zip(masks, ok, strict=True)]
                        for s in scores],
        "distribution": [
            {"edges": edges.round(4).tolist(),
             "counts": [{"positive": histogram(s, m, 1), "negative": histogram(s, m, 0)} for m in masks]}
            for s in scores
        ],
    }  # fmt: skip


def verdict(word: str, sentence: str, **more: Any) -> Report:
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
                    "not_recorded": ["disability", "age"]},
        "models": [{"name": m, "kind": "probability", "threshold": 0.5} for m in models],
        "counts": {w: sum(v["verdict"] == w for v in verdicts) for w in words},
        "verdicts": verdicts,
        "evidence": [
            {"ask": "approval gap", "check": "FA001", "title": "Gap in a rate between groups",
             "question": "How far apart are the selection rates of any two groups?", "outcome": "measured", "model": "p",
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


def _world(seed: int, n: int, effect: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    latent = rng.normal(0.9, 1.1, n) + effect
    label = (rng.random(n) < 1 / (1 + np.exp(-1.6 * latent))).astype(int)
    score = 1 / (1 + np.exp(-(1.3 * latent + rng.normal(0, 0.6, n))))
    return np.clip(score, 0, 1), label


def lending(models: int = 1) -> Report:
    """Two group columns, one over, one undecided, some within, small and missing groups."""
    rng = np.random.default_rng(7)
    n = 1989
    race = np.array(rng.choice(["white", "Black", "Hispanic", "Asian"], n, p=[0.80, 0.12, 0.06, 0.02]), dtype=object)
    sex = np.array(rng.choice(["men", "women", ""], n, p=[0.80, 0.19, 0.01]), dtype=object)
    sex[sex == ""] = None
    effect = np.where(race == "Black", -1.1, 0.0) + np.where(race == "Hispanic", -0.5, 0.0)
    score, label = _world(7, n, effect.astype(float))
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
    score, label = _world(11, n, effect)
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
    score, label = _world(3, n, np.zeros(n))
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
    score, label = _world(5, n, rng.normal(0, 0.1, n))
    the_board = board({}, [score], label, np.linspace(0.1, 0.9, 9))
    report = _report({}, n, the_board, [], ["p"])
    report["evidence"], report["unknowns"], report["next_steps"], report["notices"] = [], [], [], []
    return report


def one_group() -> Report:
    """A group column with a single value."""
    n = 300
    score, label = _world(5, n, np.zeros(n))
    site = np.array(["north"] * n, dtype=object)
    verdicts = [verdict("not_applicable", "One group only: there is nothing to compare", n=n, limit=None, statement=None,
                        reason="a gap needs two groups")]  # fmt: skip
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
                                      reason="ZeroDivisionError in the third bin", hints=["Report this as a bug."]))  # fmt: skip
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
    records = [[str(rng.choice(["white", "Black"])), str(rng.choice(["men", "women"])), round(float(s), 3), int(s > 0.5)]
               for s in rng.random(260)]  # fmt: skip
    report["rows"] = {"model": "p", "columns": ["race", "sex", "p", "approve"], "records": records}
    return report


ALL = {
    f.__name__: f
    for f in (lending, big, hostile, no_label, no_groups, one_group, no_limits, predictions_only, with_rows)
}
