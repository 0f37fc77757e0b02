"""Tables with three classes or more, made up and real."""

from __future__ import annotations

import numpy as np
import polars as pl


def made(n: int, classes: tuple[str, ...], *, seed: int, skill: float = 1.5, groups: int = 2) -> pl.DataFrame:
    """Labels, probabilities `p_…` that know a little of them, groups `g`, weights `w` and clusters `c`."""
    rng = np.random.default_rng(seed)
    k = len(classes)
    label = rng.integers(0, k, n)
    raw = rng.normal(size=(n, k))
    raw[np.arange(n), label] += skill
    chances = np.exp(raw) / np.exp(raw).sum(axis=1, keepdims=True)
    return pl.DataFrame(
        {
            "y": [classes[i] for i in label],
            "g": [f"g{i}" for i in rng.integers(0, groups, n)],
            "w": rng.integers(1, 5, n).astype(float),
            "c": rng.integers(0, max(n // 4, 2), n),
            **{f"p_{c}": chances[:, i] for i, c in enumerate(classes)},
        }
    )


def wine() -> pl.DataFrame:
    """Three kinds of wine by a shallow model of three measurements, with groups by colour and by magnesium."""
    from sklearn.datasets import load_wine
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    data = load_wine()
    model = make_pipeline(StandardScaler(), LogisticRegression())
    chances = cross_val_predict(model, data.data[:, :3], data.target, method="predict_proba", cv=5)
    names = ("barolo", "grignolino", "barbera")
    return pl.DataFrame(
        {
            "kind": [names[t] for t in data.target],
            "colour": np.where(data.data[:, 9] > 4.7, "deep", "light"),
            "magnesium": data.data[:, 4],
            **{f"p_{c}": chances[:, i] for i, c in enumerate(names)},
        }
    )
