"""Hypothesis strategies: small tables with everything that tables of real people have wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sterling.core.errors import MissingExtra

if TYPE_CHECKING:
    import polars as pl
    from hypothesis.strategies import DrawFn, SearchStrategy

GROUP_VALUES: tuple[str | None, ...] = (
    "a", "b", "A", " a", "", "Ω", "日本", "🙂", "e\u0301", "\u202eabc", "<script>alert(1)</script>",
    "=1+1", "a,b", 'a"b', "'; --",
    "NA", "null", "None", "nan", "1", "1.0", "\u0000", "line\nbreak",
    "x" * 300, None,
)  # fmt: skip
"""Values of group columns: case, blanks, unicode, markup, formulas, words for *missing*, and missing itself."""


def tables(
    *, min_rows: int = 1, max_rows: int = 60, groups: int = 2, weights: bool | None = None,
    missing_labels: bool | None = None, both_classes: bool = False,
) -> SearchStrategy[pl.DataFrame]:  # fmt: skip
    """Tables with columns `label` (0, 1 or missing), `score` in [0, 1], `g0`, `g1`, …, and perhaps `weight`.

    Scores have ties or none; labels may be of one class; groups may have a single row, and crosses of groups none.
    `weights` and `missing_labels`: always, never, or (None) sometimes. `both_classes`: both labels occur (two rows or
    more).

    Raises MissingExtra when hypothesis is not installed.
    """
    st = _strategies()

    @st.composite  # type: ignore[untyped-decorator]
    def build(draw: DrawFn) -> pl.DataFrame:
        import polars as pl

        n = draw(st.integers(max(min_rows, 2 if both_classes else 1), max_rows))
        columns: dict[str, pl.Series] = {
            "label": _labels(draw, st, n, missing_labels, both_classes),
            "score": pl.Series(
                draw(st.lists(draw(st.sampled_from(_scores(st))), min_size=n, max_size=n)), dtype=pl.Float64
            ),
        }
        for i in range(groups):
            pool = draw(st.lists(st.sampled_from(GROUP_VALUES), min_size=1, max_size=5, unique=True))
            values = draw(st.lists(st.sampled_from(pool), min_size=n, max_size=n))
            columns[f"g{i}"] = pl.Series(values, dtype=pl.String)
        if weights or (weights is None and draw(st.booleans())):
            columns["weight"] = _weights(draw, st, n)
        return pl.DataFrame(columns)

    made: SearchStrategy[pl.DataFrame] = build()
    return made


def _strategies() -> Any:
    try:
        import hypothesis.strategies as st
    except ImportError as error:
        raise MissingExtra(
            "the strategies need the library hypothesis, which is not installed", hint="pip install hypothesis"
        ) from error
    return st


def _scores(st: Any) -> list[Any]:
    """Any number, a coarse grid (ties), numbers that sit on usual thresholds, and a constant."""
    return [
        st.floats(0, 1, allow_nan=False), st.integers(0, 4).map(lambda i: i / 4),
        st.sampled_from((0.0, 0.1, 0.3, 0.5, 0.7, 0.1 + 0.2, 1.0, 5e-324)), st.just(0.5),
    ]  # fmt: skip


def _labels(draw: DrawFn, st: Any, n: int, missing: bool | None, both: bool) -> pl.Series:
    import polars as pl

    values: list[int | None] = draw(
        st.lists(draw(st.sampled_from((st.sampled_from((0, 1)), st.just(0), st.just(1)))), min_size=n, max_size=n)
    )
    if both:
        values[:2] = [0, 1]
    if missing or (missing is None and draw(st.booleans())):
        gone = draw(st.sets(st.integers(2 if both else 0, max(n - 1, 2 if both else 0)), max_size=n))
        values = [None if i in gone else v for i, v in enumerate(values)]
    return pl.Series(values, dtype=pl.Int64)


def _weights(draw: DrawFn, st: Any, n: int) -> pl.Series:
    """Not negative, not all zero; whole numbers (repetition), or any up to a thousand."""
    import polars as pl

    kind = draw(st.sampled_from((st.integers(0, 5).map(float), st.floats(0, 1000, allow_nan=False), st.just(1.0))))
    values: list[float] = draw(st.lists(kind, min_size=n, max_size=n))
    if not any(values):
        values[0] = 1.0
    return pl.Series(values, dtype=pl.Float64)
