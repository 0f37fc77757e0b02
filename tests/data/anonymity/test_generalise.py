"""Classes of k rows by Mondrian: always of k, those of a slow recursion, the same in any order; and what it costs."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as hs

from sterling.core.errors import ConfigError, InputError
from sterling.core.roles import Roles
from sterling.core.treatment import find_treatment, learn
from sterling.data.anonymity.generalise import Wanted, generalise_table
from sterling.data.anonymity.loss import hit_hardest, loss_of
from sterling.data.anonymity.measure import measure_sets
from sterling.data.anonymity.mondrian import Axis, mondrian
from sterling.pipeline.treating import treat_table
from tests.data.anonymity.tables import access_of
from tests.house.law import ROOT

INCOME = ROOT / "examples" / "income" / "data" / "income.parquet"
ROWS = hs.lists(
    hs.tuples(
        hs.one_of(hs.none(), hs.integers(0, 9)),
        hs.sampled_from([None, "a", "b", "c", "d", "\0", "‮e"]),
        hs.sampled_from(["u", "v", "w"]),
    ),
    min_size=1, max_size=60,
)  # fmt: skip


def _frame(rows: list[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"n": pl.Int64, "c": pl.String, "s": pl.String}, orient="row")


def _slow(axes: list[list[int]], k: int) -> set[frozenset[int]]:
    """Strict Mondrian as it is written down: one class after the other."""
    spans = [max(a) - min(a) for a in axes]
    done: set[frozenset[int]] = set()
    waiting = [list(range(len(axes[0])))]
    while waiting:
        rows = waiting.pop()
        by_width = sorted(
            range(len(axes)),
            key=lambda d: (
                -(max(axes[d][i] for i in rows) - min(axes[d][i] for i in rows)) / spans[d] if spans[d] else 0.0
            ),
        )
        for d in by_width:
            ordered = sorted(rows, key=lambda i: axes[d][i])
            cuts = [j for j in range(1, len(rows)) if axes[d][ordered[j]] != axes[d][ordered[j - 1]]]
            if not cuts:
                continue
            cut = min(cuts, key=lambda j: (abs(2 * j - len(rows)), j))
            if min(cut, len(rows) - cut) >= k:
                waiting += [ordered[:cut], ordered[cut:]]
                break
        else:
            done.add(frozenset(rows))
    return done


@given(hs.lists(hs.tuples(hs.integers(0, 7), hs.integers(0, 5)), min_size=4, max_size=60), hs.integers(2, 4))
@settings(max_examples=80, deadline=None)
def test_strict_classes_are_those_of_the_slow_recursion(rows: list[tuple[int, int]], k: int) -> None:
    axes = [list(c) for c in zip(*rows, strict=True)]
    fast = mondrian(
        [Axis(codes=np.unique(a, return_inverse=True)[1].ravel(), place=np.unique(a).astype(float)) for a in axes], k
    )
    found: dict[int, set[int]] = {}
    for row, part in enumerate(fast):
        found.setdefault(int(part), set()).add(row)
    assert {frozenset(v) for v in found.values()} == _slow(axes, k)


@pytest.mark.parametrize("method", ["strict", "relaxed", "suppress"])
@pytest.mark.parametrize("numbers", ["range", "middle"])
@given(rows=ROWS, k=hs.integers(2, 5))
@settings(max_examples=30, deadline=None)
def test_every_class_has_k_rows(rows: list[tuple[object, ...]], k: int, method: str, numbers: str) -> None:
    frame = _frame(rows)
    before = frame.clone()
    wanted = Wanted(quasi=("n", "c"), k=k, method=method, numbers=numbers)  # type: ignore[arg-type]
    try:
        made = generalise_table(frame, wanted)
    except InputError:
        assert method == "suppress" or len(rows) < k
        return
    assert frame.equals(before)
    assert Counter(made.frame.select("n", "c").rows()).most_common()[-1][1] >= k
    assert made.frame["s"].to_list() == frame.filter(pl.Series(made.kept))["s"].to_list()
    assert made.frame.columns == frame.columns
    assert ((made.loss >= 0) & (made.loss <= 1)).all()


@given(rows=ROWS, k=hs.integers(2, 3), diversity=hs.integers(1, 3), closeness=hs.sampled_from([1.0, 0.4, 0.2]))
@settings(max_examples=60, deadline=None)
def test_every_class_has_l_values_and_is_t_close(
    rows: list[tuple[object, ...]], k: int, diversity: int, closeness: float
) -> None:
    frame = _frame(rows)
    assume(frame.height >= k and frame["s"].n_unique() >= diversity)
    wanted = Wanted(quasi=("n", "c"), k=k, sensitive=("s",), diversity=diversity, closeness=closeness)
    made = generalise_table(frame, wanted).frame
    (found,) = measure_sets(access_of(made), [("n", "c")], ("s",), wanted=k)
    assert found.k >= k
    assert found.diversity[0].distinct_l >= diversity
    assert found.diversity[0].t <= closeness + 1e-9


@pytest.mark.parametrize("method", ["strict", "relaxed", "suppress"])
@given(rows=ROWS, seed=hs.integers(0, 5))
@settings(max_examples=25, deadline=None)
def test_order_of_rows_changes_nothing(rows: list[tuple[object, ...]], seed: int, method: str) -> None:
    frame = _frame(rows)
    assume(frame.height >= 2)
    wanted = Wanted(quasi=("n", "c"), k=2, method=method)  # type: ignore[arg-type]
    try:
        one = generalise_table(frame, wanted).frame
    except InputError:
        return
    other = generalise_table(frame.sample(fraction=1, shuffle=True, seed=seed), wanted).frame
    assert Counter(one.rows()) == Counter(other.rows())


def test_hand_worked() -> None:
    """LeFevre et al. 2006 in small: six people, k = 2. Age spans more of its range than zip after the first cut."""
    frame = pl.DataFrame({"age": [25, 25, 26, 27, 27, 28], "sex": list("mfmmmm"), "ill": list("abcdef")})
    made = generalise_table(frame, Wanted(quasi=("age", "sex"), k=2))
    assert made.frame["age"].to_list() == ["[25, 26]", "[25, 26]", "[25, 26]", "[27, 28]", "[27, 28]", "[27, 28]"]
    assert made.frame["sex"].to_list() == ["f | m", "f | m", "f | m", "m", "m", "m"]
    loss = loss_of(frame, made, k=2)
    assert (loss.classes, loss.smallest, loss.discernibility, loss.average_class) == (2, 3, 18, 1.5)
    assert loss.penalty == pytest.approx(((1 / 3 + 1) * 3 + (1 / 3 + 0) * 3) / 12)


def test_planted_small_group_is_named_as_the_one_that_paid() -> None:
    """A group of 40 among 2,000, each alone in its town: suppressing drops all of it, and says so."""
    frame = pl.DataFrame(
        {
            "group": ["few"] * 40 + ["many"] * 1960,
            "town": [f"t{i}" for i in range(40)] + [f"c{i % 9}" for i in range(1960)],
        }
    )
    made = generalise_table(frame, Wanted(quasi=("town",), k=5, method="suppress"))
    loss = loss_of(frame, made, k=5, groups=["group"])
    assert loss.left_out == 40
    (said,) = hit_hardest(loss)
    assert said.startswith("group=few: 100.0%")


def test_null_groups_drawn_by_chance_are_rarely_named() -> None:
    """Groups that have nothing to do with the columns: at most 8 of 60 tables name one, of two at 97.5 % each."""
    named = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        frame = pl.DataFrame(
            {"x": rng.integers(0, 30, 600), "y": rng.integers(0, 8, 600), "g": rng.choice(["a", "b"], 600)}
        )
        made = generalise_table(frame, Wanted(quasi=("x", "y"), k=5, method="suppress"))
        named += bool(hit_hardest(loss_of(frame, made, k=5, groups=["g"])))
    assert named <= 8


def test_hierarchies_write_the_nearest_shared_ancestor(tmp_path: Path) -> None:
    file = tmp_path / "trees.toml"
    file.write_text('[town]\nUlm = ["south"]\nMunich = ["south"]\nKiel = ["north"]\nHamburg = ["north"]\n')
    frame = pl.DataFrame({"town": ["Ulm", "Kiel", "Munich", "Hamburg"] * 1, "x": [1, 2, 3, 4]})
    item = find_treatment("generalise")
    bound = item.bind({"quasi": ["town"], "k": 2, "hierarchies": str(file)})
    assert learn(item, frame, Roles(), parameters=bound).treat(frame)["town"].to_list() == ["south", "north"] * 2
    file.write_text("[town]\nUlm = 3\n")
    with pytest.raises(ConfigError, match=r"trees.toml:2"):
        learn(item, frame, Roles(), parameters=bound)


def test_income_is_generalised_and_told() -> None:
    frame = pl.read_parquet(INCOME)
    roles = Roles(label="over_50k", positive="1", groups=("race", "sex"))
    parameters = {"quasi": ["age", "education_years", "occupation"], "k": 10, "sensitive": ["over_50k"], "diversity": 2}
    after, told = treat_table(frame, "generalise", roles=roles, parameters=parameters)
    (found,) = measure_sets(access_of(after), [("age", "education_years", "occupation")], ("over_50k",), wanted=10)
    assert found.k >= 10 and found.diversity[0].distinct_l == 2 and found.classes > 500
    assert told.rows == (48_842, 48_842)
    assert any("discernibility" in note for note in told.notes)
    assert after["score"].equals(frame["score"])


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"q": [1.5, float("nan"), None, float("inf"), -float("inf"), 2.5, 3.5, 4.5]}),
        pl.DataFrame({"q": ["é" * 10_000, None, "<b>", "a\0", "*", "missing"]}),
        pl.DataFrame({"q": [True, False, None, True]}), pl.DataFrame({"q": [None, None, None]}),
        pl.DataFrame({"q": [2**63 - 1, -(2**63), 0, 1]}), pl.DataFrame({"q": ["a"] * 5}),
        pl.DataFrame({"q": ["2020-01-01", "2021-01-01", "2022-01-01", None]}).with_columns(pl.col("q").str.to_date()),
        pl.DataFrame({"q": ["a", "b", "a", "b"]}).cast(pl.Categorical),
    ],
)  # fmt: skip
def test_odd_columns(frame: pl.DataFrame) -> None:
    made = generalise_table(frame, Wanted(quasi=("q",), k=2))
    assert made.frame.group_by("q").len()["len"].min() >= 2  # type: ignore[operator]


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"quasi": ["agee"]}, "no column 'agee'"), ({"quasi": ["age"], "k": 1}, "k is 1"),
        ({"quasi": ["age"], "method": "magic"}, "strict, relaxed or suppress"), ({"quasi": []}, "names no column"),
        ({"quasi": ["age"], "diversity": 2}, "sensitive column"), ({"quasi": ["age"], "k": 99}, "fewer than k"),
        ({"quasi": ["age"], "sensitive": ["age"]}, "both known and sensitive"), ({"quasi": ["deep"]}, "single values"),
        ({"quasi": ["age"], "numbers": "mean"}, "range or middle"),
        ({"quasi": ["age"], "closeness": 2.0}, "out of range"),
        ({"quasi": ["age"], "sensitive": ["sex"], "diversity": 3, "k": 2}, "fewer values"),
    ],
)  # fmt: skip
def test_slips_are_named(parameters: dict[str, object], words: str) -> None:
    frame = pl.DataFrame({"age": [1, 2, 3, 4], "sex": ["f", "m", "f", "m"], "deep": [[1]] * 4})
    item = find_treatment("generalise")
    with pytest.raises((ConfigError, InputError), match=words):
        learn(item, frame, Roles(), parameters=item.bind(parameters))
