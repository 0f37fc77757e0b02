"""Several references in a row: parity with sacreBLEU and rouge-score, one as a list is one, and what is no text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import sacrebleu
from hypothesis import given, settings
from hypothesis import strategies as st_
from rouge_score.rouge_scorer import RougeScorer

import sterling as st
from sterling.core.codec import evidence_bytes
from sterling.core.errors import SterlingError
from sterling.core.slices import EVERYONE, Slice
from sterling.quality.text.survey import TextSurveyed
from tests.house.law import ROOT
from tests.quality.text.references import NAMES, SCORER, SENTENCES, Unicode, changed, made, squad
from tests.quality.text.test_text_metrics import check, table


def expected(references: list[list[str]], answers: list[str], *, unicode: bool = False) -> dict[str, float]:
    """By the packages. sacreBLEU takes the n-th reference of every row together, None where a row has no n-th."""
    most = max(map(len, references))
    columns = [[row[k] if k < len(row) else None for row in references] for k in range(most)]
    scorer = RougeScorer(list(NAMES.values()), tokenizer=Unicode()) if unicode else SCORER
    found = [scorer.score_multi(row, answer) for row, answer in zip(references, answers, strict=True)]
    pairs = list(zip(references, answers, strict=True))
    bleu = sacrebleu.corpus_bleu(answers, columns)  # type: ignore[arg-type]
    return {
        "exact_match": float(np.mean([a in row for row, a in pairs])),
        "normalised_exact_match": float(np.mean([squad(a) in [*map(squad, row)] for row, a in pairs])),
        "bleu": float(bleu.score) / 100,
        "length_ratio": bleu.sys_len / bleu.ref_len if bleu.ref_len else np.nan,
        **{name: float(np.mean([row[kind].fmeasure for row in found])) for name, kind in NAMES.items()},
    }  # fmt: skip


def world(seed: int, n: int = 200) -> pl.DataFrame:
    """Rows with one to four references."""
    rng = np.random.default_rng(seed)
    texts = made(n, rng)
    others = [changed(texts, rng), changed(texts, rng, 0.6), made(n, rng)]
    many = rng.integers(1, 5, n)
    references = [[t, *(o[i] for o in others)][: many[i]] for i, t in enumerate(texts)]
    return pl.DataFrame(
        {
            "reference": [[row[k] for k in rng.permutation(len(row))] for row in references],
            "answer": changed(texts, rng), "g": [("a", "b", None)[i] for i in rng.integers(0, 3, n)],
            "h": rng.choice(["x", "y"], n), "w": rng.integers(1, 4, n).astype(float), "c": rng.integers(0, n // 4, n),
        }
    )  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_slice_is_what_the_packages_say(seed: int) -> None:
    frame = world(seed)
    found = table(frame, groups=["g", "h"])
    parts: list[tuple[Slice, pl.DataFrame]] = [(EVERYONE, frame)]
    parts += [(Slice((("g", g),)), part) for (g,), part in frame.group_by("g")]  # type: ignore[arg-type]
    for where, part in parts:
        wanted = expected(part["reference"].to_list(), part["answer"].to_list())
        ratio = found.estimate("length_ratio", where)
        assert ratio.value == pytest.approx(wanted.pop("length_ratio"), abs=1e-9)
        check(found, where, wanted)


@settings(max_examples=40, deadline=None)
@given(
    st_.lists(
        st_.tuples(st_.lists(st_.sampled_from(SENTENCES), min_size=1, max_size=4), st_.sampled_from(SENTENCES)),
        min_size=2, max_size=12,
    )
)  # fmt: skip
def test_any_sentences(rows: list[tuple[list[str], str]]) -> None:
    references, answers = [r for r, _ in rows], [a for _, a in rows]
    found = table(pl.DataFrame({"reference": references, "answer": answers}))
    for name, value in expected(references, answers, unicode=True).items():
        assert found.estimate(name, EVERYONE).value == pytest.approx(value, abs=1e-9, nan_ok=True) or value != value, (
            name
        )


def test_real_sentences() -> None:
    """WinoBias+: the reference of people, and the rewriting of another rule beside it."""
    frame = pl.read_parquet(ROOT / "examples" / "rewriting" / "data" / "rewriting.parquet")
    both = frame.select("person", reference=pl.concat_list("reference", "by_word"), answer="by_rule")
    found = table(both, groups="person")
    for person in ("a man", "a woman"):
        part = both.filter(person=person)
        wanted = expected(part["reference"].to_list(), part["answer"].to_list())
        ratio = found.estimate("length_ratio", Slice((("person", person),)))
        assert ratio.value == pytest.approx(wanted.pop("length_ratio"), abs=1e-9)
        check(found, Slice((("person", person),)), wanted)


def test_by_hand() -> None:
    """An n-gram counts as often as the one reference that has it most; of two lengths as near, the shorter."""
    frame = pl.DataFrame({"reference": [["the the cat", "a cat sat on it"]] * 2, "answer": ["the the the cat"] * 2})
    found = table(frame)
    # 3 of 4 words (the twice), 2 of 3 pairs, 1 of 2 triples, no four: half a match; lengths 3 and 5 are as near to 4
    assert found.estimate("bleu", EVERYONE).value == pytest.approx((6 / 8 * 4 / 6 * 2 / 4 * 0.5 / 2) ** 0.25)
    assert found.estimate("length_ratio", EVERYONE).value == pytest.approx(4 / 3)
    assert found.estimate("rouge_1", EVERYONE).value == pytest.approx(2 * 3 / 7)


@pytest.mark.parametrize("roles", [{}, {"weight": "w"}, {"cluster": "c"}], ids=str)
def test_one_reference_is_one_however_it_is_held(roles: dict[str, str]) -> None:
    frame = world(5).with_columns(pl.col("reference").list.first())
    given_: dict[str, Any] = {
        "task": "text", "label": "reference", "prediction": "answer", "groups": ["g", "h"], **roles
    }  # fmt: skip
    alone = evidence_bytes(st.evaluate(frame, **given_))
    for held in (pl.concat_list("reference"), pl.concat_list("reference", "reference", pl.lit(None, pl.String))):
        assert evidence_bytes(st.evaluate(frame.with_columns(reference=held), **given_)) == alone


@pytest.mark.parametrize("roles", [{}, {"weight": "w"}, {"cluster": "c"}], ids=str)
def test_files_in_parts_are_tables_in_memory(
    tmp_path: Path, roles: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = pl.concat([world(seed) for seed in range(4)])
    given_: dict[str, Any] = {
        "task": "text", "label": "reference", "prediction": "answer", "groups": ["g", "h"], **roles
    }  # fmt: skip
    held = evidence_bytes(st.evaluate(frame, **given_))
    monkeypatch.setattr(TextSurveyed, "batch_rows", property(lambda _: 150))
    frame.sample(fraction=1, shuffle=True, seed=1).write_parquet(tmp_path / "t.parquet", row_group_size=77)
    assert evidence_bytes(st.evaluate(tmp_path / "t.parquet", **given_)) == held
    turned = frame.with_columns(pl.col("reference").list.reverse())
    assert evidence_bytes(st.evaluate(turned, **given_)) == held


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Rows as two Parquet files, counted in parts."""
    monkeypatch.setattr("sterling.engine.pieces.PIECE_ROWS", 100)
    for i in range(2):
        world(i).write_parquet(tmp_path / f"{i}.parquet", row_group_size=60)
    return tmp_path


ELSEWHERE: dict[str, Any] = {"task": "text", "label": "reference", "prediction": "answer", "groups": "g", "weight": "w"}


@pytest.mark.slow
@pytest.mark.usefixtures("spark")
def test_files_on_spark(folder: Path) -> None:
    here = evidence_bytes(st.evaluate(folder, **ELSEWHERE))
    assert evidence_bytes(st.evaluate(folder, engine="spark", **ELSEWHERE)) == here


@pytest.mark.slow
def test_a_table_of_ray(ray: Any, folder: Path) -> None:
    table = ray.data.read_parquet(str(folder), override_num_blocks=4).materialize()
    assert evidence_bytes(st.evaluate(table, **ELSEWHERE)) == evidence_bytes(st.evaluate(folder, **ELSEWHERE))


def test_rows_without_a_reference() -> None:
    """None at all, an empty list, or a list of nothing: in no comparison, and counted."""
    frame = world(6)
    gone = frame.with_row_index().with_columns(
        reference=pl.when(pl.col("index") < 10).then(pl.lit([], dtype=pl.List(pl.String)))
        .when(pl.col("index") < 20).then(pl.lit([None], dtype=pl.List(pl.String)))
        .when(pl.col("index") >= 30).then("reference")
    )  # fmt: skip
    run = st.evaluate(gone, task="text", label="reference", prediction="answer", groups="g")
    assert any(n.startswith("of 200 rows, 30 have no label") or "30" in n for n in run.notices)
    kept = table(frame[30:])
    found = table(gone)
    for name in ("bleu", "rouge_l", "exact_match"):
        assert found.estimate(name, EVERYONE).value == kept.estimate(name, EVERYONE).value
        assert found.estimate(name, EVERYONE).n_eligible == 170


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (pl.Series("reference", [[1], [2]]), "the label column 'reference' holds values of type List(Int64), not text"),
        (pl.Series("reference", [[["a"]], [["b"]]]), "not text"),
        (pl.Series("reference", [[["a"]], [["b"]]], dtype=pl.Array(pl.String, (1, 1))), "not text"),
        (pl.Series("reference", [[], []]), "every row of the label column 'reference' is missing"),
        (pl.Series("reference", [[None], []]), "every row of the label column 'reference' is missing"),
        (pl.Series("reference", [["a" * (1 << 21)], ["b"]]), "a text in column 'reference' has 2,097,152 bytes"),
    ],
)
def test_what_is_no_list_of_texts(column: pl.Series, said: str) -> None:
    with pytest.raises(SterlingError) as error:
        st.evaluate(pl.DataFrame({"reference": column, "answer": ["a", "b"]}), task="text", label="reference",
                    prediction="answer")  # fmt: skip
    assert said in str(error.value)


@pytest.mark.parametrize("inner", [pl.String, pl.Categorical])
def test_lists_of_a_fixed_size_are_lists(inner: pl.DataType, tmp_path: Path) -> None:
    frame = world(5).with_columns(pl.col("reference").list.eval(pl.element()).list.gather([0, 1, 2], null_on_oob=True))
    frame = frame.with_columns(pl.when(pl.int_range(len(frame)) % 9 > 0).then("reference").alias("reference"))
    fixed = frame.with_columns(pl.col("reference").cast(pl.List(inner)).list.to_array(3))
    assert isinstance(fixed.schema["reference"], pl.Array)
    given_ = {"task": "text", "label": "reference", "prediction": "answer", "groups": "g"}
    lists, arrays = (st.evaluate(f, **given_) for f in (frame, fixed))
    assert arrays.frame.equals(lists.frame)
    fixed.write_parquet(tmp_path / "fixed.parquet")
    assert st.evaluate(tmp_path / "fixed.parquet", **given_).frame.equals(lists.frame)


def test_answers_are_one_text() -> None:
    frame = pl.DataFrame({"reference": ["a", "b"], "answer": [["a"], ["b"]]})
    with pytest.raises(SterlingError, match="holds lists, not single values"):
        st.evaluate(frame, task="text", label="reference", prediction="answer")
