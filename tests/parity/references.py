"""What scikit-learn, SciPy and statsmodels say of metrics of scores; NaN where they are not defined."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve

Floats = NDArray[np.float64]
NAN = float("nan")
LOOSE = (
    "ks", "max_f1", "recall_at_fpr(0.1)", "sensitivity_at_specificity(0.9)", "specificity_at_sensitivity(0.9)",
    "precision_at_recall(0.9)", "recall_at_precision(0.9)", "threshold_at_recall(0.9)", "lift(0.1)",
)  # fmt: skip
"""Metrics whose spread is resampled: nothing is said of them with too few people of a label."""
NEAR = {"calibration_slope": 1e-5, "calibration_intercept": 1e-7}
"""Where both sides iterate."""


def curves(y: Floats, s: Floats, w: Floats) -> dict[str, float]:
    """Areas and searched thresholds."""
    both = 0 < y.sum() < len(y)
    some = {"sample_weight": w}
    out = {"average_precision": float(sk.average_precision_score(y, s, **some)) if y.sum() else NAN}
    if not both:
        names = ["gini", "partial_auc(0.1)", "partial_auc(0.2)", *LOOSE]
        return out | dict.fromkeys(names, NAN)
    fpr, tpr, _ = sk.roc_curve(y, s, drop_intermediate=False, **some)
    precision, recall, cuts = sk.precision_recall_curve(y, s, **some)
    with np.errstate(divide="ignore", invalid="ignore"):
        f1 = 2 * precision * recall / (precision + recall)
    near = 1e-12
    return out | {
        "gini": 2 * float(sk.roc_auc_score(y, s, **some)) - 1,
        "partial_auc(0.1)": float(sk.roc_auc_score(y, s, max_fpr=0.1, **some)),
        "partial_auc(0.2)": float(sk.roc_auc_score(y, s, max_fpr=0.2, **some)),
        "ks": float((tpr - fpr).max()),
        "max_f1": float(np.nanmax(f1)),
        "recall_at_fpr(0.1)": float(tpr[fpr <= 0.1 + near].max()),
        "sensitivity_at_specificity(0.9)": float(tpr[1 - fpr >= 0.9 - near].max()),
        "specificity_at_sensitivity(0.9)": float((1 - fpr)[tpr >= 0.9 - near].max()),
        "precision_at_recall(0.9)": float(precision[:-1][recall[:-1] >= 0.9 - near].max()),
        "recall_at_precision(0.9)": float(max(recall[:-1][precision[:-1] >= 0.9 - near], default=0.0)),
        "threshold_at_recall(0.9)": float(cuts[recall[:-1] >= 0.9 - near].max()),
        "lift(0.1)": _lift(y, s, w),
    }


def _lift(y: Floats, s: Floats, w: Floats) -> float:
    """Score by score from the highest down; of equal scores everybody counts in part."""
    want = 0.1 * w.sum()
    taken = hits = 0.0
    scores, place = np.unique(s, return_inverse=True)
    people, reached = np.bincount(place, w), np.bincount(place, w * y)
    for i in reversed(range(len(scores))):
        part = min(max((want - taken) / people[i], 0.0), 1.0)
        hits += part * float(reached[i])
        taken += float(people[i])
    return hits / want / float(np.average(y, weights=w))


def calibration(y: Floats, s: Floats, w: Floats) -> dict[str, float]:
    """Calibration errors by hand and by `calibration_curve`, lines by statsmodels."""
    names = ("expected_calibration_error", "expected_calibration_error_plain", "adaptive_calibration_error")
    apart = ("coefficient_of_discrimination", "relative_coefficient_of_discrimination")
    out = dict.fromkeys([*names, *apart, "calibration_ratio", "calibration_slope", "calibration_intercept"], NAN)
    if not len(y):
        return out
    place = np.minimum(np.floor(s * 10 + 1e-12), 9)
    plain, debiased = _binned(y, s, w, place)
    if np.ptp(w) == 0:
        observed, predicted = calibration_curve(y, s, n_bins=10)
        share = np.array([(place == b).mean() for b in np.unique(place)])
        if len(observed) == len(share):  # its bins are closed on the other side; ours are as thresholds are
            edges_free = not np.isclose(s * 10, np.round(s * 10)).any()
            assert (
                not edges_free
                or plain == float((share * np.abs(observed - predicted)).sum())
                or np.isclose(plain, (share * np.abs(observed - predicted)).sum())
            )
    _, level = np.unique(s, return_inverse=True)
    total = np.bincount(level, w)
    by_size = np.minimum(np.floor((np.cumsum(total) - total / 2) / total.sum() * 10), 9)[level]
    out["expected_calibration_error"], out["expected_calibration_error_plain"] = debiased, plain
    out["adaptive_calibration_error"] = _binned(y, s, w, by_size)[1]
    if 0 < y.sum() < len(y):
        yes, no = (float(np.average(s[y == v], weights=w[y == v])) for v in (1, 0))
        out["coefficient_of_discrimination"] = yes - no
        out["relative_coefficient_of_discrimination"] = yes / no if no > 0 else NAN
    if y.sum() and len(y) > 1:
        out["calibration_ratio"] = float((w * s).sum() / (w * y).sum())
    return out | _lines(y, s, w)


def _binned(y: Floats, s: Floats, w: Floats, place: Floats) -> tuple[float, float]:
    """The plain error, and that without what chance adds, the latter by numerical integration."""
    from scipy import stats

    plain = chance = 0.0
    for bin_ in np.unique(place):
        mine = place == bin_
        share = w[mine].sum() / w.sum()
        gap = abs(np.average(s[mine] - y[mine], weights=w[mine]))
        rows = w[mine].sum() ** 2 / (w[mine] ** 2).sum()
        smooth = (np.average(y[mine], weights=w[mine]) * rows + 0.5) / (rows + 1)
        noise = np.sqrt(smooth * (1 - smooth) / max(rows - 1, 1)) if rows > 1 else 0.5
        plain += share * gap
        chance += share * (stats.foldnorm.mean(gap / noise, scale=noise) - gap)
    return plain, max(plain - chance, 0.0)


def _lines(y: Floats, s: Floats, w: Floats) -> dict[str, float]:
    """Where the score functions are 0, by bisection: each falls as its parameter grows."""
    from scipy import optimize, special

    names = {"calibration_slope", "calibration_intercept"}
    if not 0 < y.sum() < len(y):
        return dict.fromkeys(names, NAN)
    p, place = np.unique(np.clip(s, 1e-6, 1 - 1e-6), return_inverse=True)
    logit, people, reached = np.log(p / (1 - p)), np.bincount(place, w), np.bincount(place, w * y)

    def left(slope: float, a: float) -> Floats:
        return np.asarray(reached - people * special.expit(slope * logit + a))

    def level(slope: float) -> float:
        return float(optimize.brentq(lambda a: left(slope, a).sum(), -5e3, 5e3, xtol=1e-12, maxiter=5000))

    def tilt(slope: float) -> float:
        return float(logit @ left(slope, level(slope)))

    out = {"calibration_intercept": level(1.0)}
    if np.ptp(logit) and not _separated(y, logit[place]) and tilt(-100.0) * tilt(100.0) < 0:
        slope = float(optimize.brentq(tilt, -100.0, 100.0, xtol=1e-12, maxiter=5000))
        out |= {"calibration_slope": slope} if max(abs(slope), abs(level(slope))) < 100 else {}
    return {**dict.fromkeys(names, NAN), **{name: v for name, v in out.items() if abs(v) < 100}}


def _separated(y: Floats, x: Floats) -> bool:
    """Whether the labels lie apart on the line, so that its slope has no finite value."""
    low, high = x[y == 0], x[y == 1]
    return bool(low.max() <= high.min() or high.max() <= low.min())
