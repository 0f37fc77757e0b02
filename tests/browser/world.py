"""A planted world of scores and labels, counted and packed as the page expects: the numbers behind the fixtures."""

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
    {"name": "true_positive_rate", "label": "True positive rate", "plain": "of those who qualify, the share selected",
     "eligible": "label is positive", "formula": "tp / (tp + fn)", "needs_label": True, "by_threshold": True},
    {"name": "false_positive_rate", "label": "False positive rate",
     "plain": "of the people who do not qualify, the share selected",
     "eligible": "label is negative", "formula": "fp / (fp + tn)", "needs_label": True, "by_threshold": True},
    {"name": "precision", "label": "Precision", "plain": "of the people selected, the share who qualify",
     "eligible": "selected", "formula": "tp / (tp + fp)", "needs_label": True, "by_threshold": True},
    {"name": "accuracy", "label": "Accuracy", "plain": "the share of decisions that agree with the label",
     "eligible": "everyone with a label", "formula": "(tp + tn) / n", "needs_label": True, "by_threshold": True},
    {"name": "brier", "label": "Brier score", "plain": "mean squared distance of score and label; 0 is best",
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


def world(seed: int, n: int, effect: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    latent = rng.normal(0.9, 1.1, n) + effect
    label = (rng.random(n) < 1 / (1 + np.exp(-1.6 * latent))).astype(int)
    score = 1 / (1 + np.exp(-(1.3 * latent + rng.normal(0, 0.6, n))))
    return np.clip(score, 0, 1), label
