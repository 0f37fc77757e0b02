"""DA010: limits on columns find what was planted and are quiet else; nothing that is one row's own is ever told."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from sterling.core.codec import evidence_bytes
from sterling.core.data.profile import ColumnProfile, Profile
from sterling.core.data.records import columns
from sterling.core.errors import ConfigError, InputError
from sterling.core.evidence import Evidence
from sterling.data.statistics.frame import profile_frame
from sterling.data.statistics.images import pictures_of
from sterling.data.statistics.summarise import summarise
from sterling.pipeline.tables import profile
from sterling.report.about.overview import facet
from tests.data.about import ask_table, verdict
from tests.data.statistics.tables import held, in_parts, mixed
from tests.worlds.world import allowed


def told(evidence: Evidence) -> tuple[Profile, ...]:
    assert evidence.outcome == "measured", evidence.reason
    assert evidence.about is not None
    return evidence.about.profiles


def column(evidence: Evidence, name: str) -> ColumnProfile:
    found = told(evidence)[0].column(name)
    assert found is not None
    return found


def holes(seed: int, share: float, n: int = 400, columns: int = 4) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {f"x{k}": [None if lost else v for lost, v in zip(rng.random(n) < share, rng.normal(size=n), strict=True)]
         for k in range(columns)}
    )  # fmt: skip


def test_hand_worked() -> None:
    """20 rows: 12 times 3, 5 missing, two NaN and one -1. Mean of 12 threes and -1: 35/13."""
    frame = pl.DataFrame({"x": [3.0] * 12 + [None] * 5 + [float("nan")] * 2 + [-1.0], "s": ["a b"] * 10 + [""] * 10})
    evidence = ask_table("DA010", frame)
    x, s = column(evidence, "x"), column(evidence, "s")
    assert (x.n, x.missing, x.nan, x.distinct, x.negative, x.zeros) == (20, 5, 2, 2, 1, 0)
    assert x.mean == pytest.approx(35 / 13)
    assert (x.low, x.high) == (None, 3.0)
    assert [(t.value, t.count) for t in x.top] == [("3", 12.0)]
    assert s.text is not None
    assert s.lengths is not None
    assert (s.text.empty, s.text.words, s.text.vocabulary, s.lengths.mean) == (10, 1.0, 2, 1.5)
    found = {f.metric.name: f for f in evidence.findings if f.columns == ("x",)}
    assert found["missing_share"].value == x.missing_share == 7 / 20
    assert (found["distinct_values"].low, found["distinct_values"].high) == (2.0, 2.0)


def test_nan_is_missing_with_weights_as_well() -> None:
    """Of a weight of 10 a null has 1, two NaN have 2 and 3; infinity is a value, though not a finite one."""
    frame = pl.DataFrame({"x": [None, float("nan"), float("nan"), float("inf")] * 20, "w": [1.0, 2.0, 3.0, 4.0] * 20})
    for access in (held(frame, weight="w"), in_parts(frame, [13, 41], weight="w")):
        facts = summarise(access).everyone.column("x")
        assert facts is not None
        assert (facts.weight, facts.missing_weight) == (200.0, 120.0)
    (evidence,) = profile(frame, weight="w", checks="DA010").evidence
    assert column(evidence, "x").missing_share == 0.6
    assert verdict(evidence, "missing_share", 'columns = "x"\nmax = 0.2') == "over"


def test_planted_holes_are_over_the_limit_and_the_column_is_named() -> None:
    frame = holes(1, 0.0).with_columns(pl.when(pl.int_range(400) < 80).then(None).otherwise("x2").alias("x2"))
    evidence = ask_table("DA010", frame)
    assert verdict(evidence, "missing_share", "max = 0.1") == "over"
    assert verdict(evidence, "missing_share", 'columns = "x2"\nmax = 0.1') == "over"
    assert verdict(evidence, "missing_share", 'columns = "x1"\nmax = 0.1') == "within"
    worst = next(f for f in evidence.findings if f.metric.name == "missing_share" and not f.columns)
    assert "x2" in worst.method
    assert verdict(evidence, "constant_columns", "max = 0") == "within"
    assert verdict(ask_table("DA010", frame.with_columns(k=1)), "constant_columns", "max = 0") == "over"
    assert verdict(evidence, "distinct_values", "min = 2") == "within"
    assert verdict(evidence, "distinct_values", "max = 100") == "over"


def test_null_worlds_are_rarely_called_over() -> None:
    """Four columns that lack 10 %, limit 0.1: the worst is above it nearly always and is called so in at most 5 %."""
    words = [
        verdict(ask_table("DA010", holes(k, 0.1), associations=False), "missing_share", "max = 0.1") for k in range(50)
    ]
    assert words.count("over") <= 50 * allowed(0.05, 50)


def test_nothing_of_a_single_row_is_told() -> None:
    """The outlier, the first day, the only text, the id: none is in the evidence, the frame or the findings."""
    rng = np.random.default_rng(3)
    n = 2000
    frame = pl.DataFrame(
        {
            "id": [f"person-{k:06d}" for k in range(n)],
            "x": np.append(rng.normal(50, 5, n - 1).round(6), 987654.321),
            "day": pl.Series(np.append(rng.integers(18_000, 18_500, n - 1), -25_567)).cast(pl.Int32).cast(pl.Date),
            "s": [*rng.choice(["yes", "no"], n - 1), "the only one"],
            "deep": [[1, 2]] * (n - 1) + [[424242]],
        }
    )
    run = profile(frame, id="id", checks="DA010")
    written = evidence_bytes(run).decode() + profile_frame(told(run.evidence[0])).write_csv()
    for secret in ("987654", "1900", "the only one", "person-", "424242"):
        assert secret not in written
    own = set(frame["x"].to_list())
    x = column(run.evidence[0], "x")
    assert not own & {q.value for q in x.quantiles}
    assert not own & {e for h in x.histograms for e in h.edges}
    assert x.histograms[0].above
    assert column(run.evidence[0], "day").first is None
    assert column(run.evidence[0], "day").last is not None


def test_few_rows_tell_counts_alone() -> None:
    found = column(ask_table("DA010", pl.DataFrame({"x": [1.5, 2.5, None]})), "x")
    assert (found.n, found.missing, found.distinct) == (3, 1, 2)
    assert (found.mean, found.low, found.quantiles, found.histograms, found.top) == (None, None, (), (), ())


def test_every_type_is_counted_and_none_stops_it() -> None:
    frame = mixed().with_columns(
        blob=pl.Series([b"\x00\xff", None] * 600), deep=pl.Series([[[1], []]] * 1200),
        dec=pl.Series(["1.50"] * 1200).cast(pl.Decimal(10, 2)), span=pl.duration(seconds=pl.int_range(1200)),
        wide=pl.Series([2**100, 3] * 600, dtype=pl.Int128), clock=pl.Series([5 * 10**9] * 1200).cast(pl.Time),
        arr=pl.Series([[1.0, 2.0]] * 1200, dtype=pl.Array(pl.Float64, 2)),
        empty_lists=pl.Series([[]] * 1200, dtype=pl.List(pl.String)),
    )  # fmt: skip
    evidence = ask_table("DA010", frame, groups=["g"], label="b")
    found = {c.name: c for c in told(evidence)[0].columns}
    assert len(found) == len(frame.columns)
    assert found["nothing"].missing == 1200
    assert found["blob"].distinct == 1
    assert found["dec"].mean == pytest.approx(1.5)
    assert found["clock"].first == "00:00:05"
    assert found["list"].members is not None
    assert found["arr"].lengths is not None
    assert found["arr"].lengths.mean == 2
    assert json.loads(evidence_bytes(profile(frame, checks="DA010", groups=["g"])))


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"x": pl.Series([], dtype=pl.Float64), "s": pl.Series([], dtype=pl.String)}).vstack(
            pl.DataFrame({"x": [None], "s": [None]}, schema={"x": pl.Float64, "s": pl.String})
        ),
        pl.DataFrame({"x": [float("nan")] * 30, "s": [None] * 30}, schema={"x": pl.Float64, "s": pl.String}),
        pl.DataFrame({"x": [float("inf")] * 30, "s": [""] * 30}),
        pl.DataFrame({"x": [5e-324] * 15 + [1.7e308] * 15, "s": ["\0"] * 30}),
        pl.DataFrame({"x": [1e16 + 2 * k for k in range(30)], "s": [str(k) for k in range(30)]}),
    ],
    ids=["one row of nothing", "all NaN", "all infinite", "ends of float64", "beyond whole numbers"],
)  # fmt: skip
def test_odd_columns(frame: pl.DataFrame) -> None:
    for record in profile_frame(told(ask_table("DA010", frame, label="s"))).iter_rows(named=True):
        assert record["value"] is None or np.isfinite(record["value"])


def test_slices_and_other_tables() -> None:
    frame = mixed()
    evidence = ask_table("DA010", frame, groups=["g"], others=[frame.head(50)])
    names = [str(p.slice) for p in told(evidence)]
    assert names == ["everyone", "g=p", "g=q", "everyone"]
    for part in told(evidence)[1:-1]:
        rows = frame.filter(pl.col("g") == part.slice.items[0][1])
        found = part.column("zero")
        assert found is not None
        assert (part.rows, found.mean) == (rows.height, pytest.approx(rows["zero"].mean()))
    assert told(evidence)[-1].rows == 50
    (small,) = evidence.too_small
    assert (str(small.slice), small.n, small.n_needed) == ("g=r", frame.filter(g="r").height, 30)


def test_the_order_of_rows_changes_nothing() -> None:
    frame = mixed().drop("struct", "list")
    roles = {"label": "few", "groups": ["g"], "weight": "w", "checks": "DA010"}
    first = evidence_bytes(profile(frame, **roles))  # type: ignore[arg-type]
    shuffled = frame.sample(fraction=1, shuffle=True, seed=9)
    assert evidence_bytes(profile(shuffled, **roles)) == first  # type: ignore[arg-type]


def test_weights_that_are_none_are_refused() -> None:
    for weights, words in (([1.0, -1.0], "negative"), ([1.0, None], "missing"), ([0.0, 0.0], "are 0")):
        with pytest.raises(InputError, match=words):
            profile(pl.DataFrame({"x": [1, 2], "w": weights}), weight="w", checks="DA010")


def test_columns_that_are_not_there() -> None:
    with pytest.raises(ConfigError, match="no column"):
        ask_table("DA010", mixed(), columns=("zer",))


def test_languages_are_told_apart_in_sentences() -> None:
    english = ["the house on the hill was not for sale", "it is one of the things that they have"] * 20
    german = ["das ist nicht der Weg und auch nicht die Zeit", "ich wird mit dem Zug von der Stadt"] * 5
    found = column(ask_table("DA010", pl.DataFrame({"s": english + german})), "s").text
    assert found is not None
    assert (found.language, found.language_share) == ("en", 0.8)
    words = column(ask_table("DA010", pl.DataFrame({"s": ["the", "of", "in"] * 20})), "s").text
    assert words is not None
    assert words.language is None


def picture(width: int, height: int, grey: int, kind: str = "PNG") -> bytes:
    image = pytest.importorskip("PIL.Image")
    out = io.BytesIO()
    image.new("RGB", (width, height), (grey, grey, grey)).save(out, kind)
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of 40,000 by 40,000 pixels in a few bytes: its header says so."""
    whole = bytearray(picture(1, 1, 0))
    whole[16:24] = (40_000).to_bytes(4, "big") * 2
    import zlib

    whole[29:33] = zlib.crc32(bytes(whole[12:29])).to_bytes(4, "big")
    return bytes(whole)


def test_pictures(tmp_path: Path) -> None:
    good = [picture(20, 10, 255)] * 10 + [picture(40, 10, 0, "JPEG")] * 10
    bad = [b"\x89PNG\r\n broken", bomb(), picture(9, 9, 9)[:40], b""]
    evidence = ask_table("DA010", pl.DataFrame({"photo": [*good, *bad, None]}))
    found = column(evidence, "photo")
    assert (found.kind, found.missing) == ("image", 1)
    facts = found.image
    assert facts is not None
    assert (facts.broken, facts.looked_at) == (4, 24)
    assert facts.widths is not None
    assert facts.brightness is not None
    assert (facts.widths.low, facts.widths.mean, facts.widths.high) == (20, 30, 40)
    assert facts.brightness.mean == pytest.approx(0.5, abs=0.01)
    assert [(c.value, c.count) for c in facts.channels] == [("RGB", 20.0)]


def test_paths_of_pictures_are_opened_inside_their_folder_alone(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.png").write_bytes(picture(5, 5, 9))
    (tmp_path / "out.png").write_bytes(picture(5, 5, 9))
    (folder / "link.png").symlink_to(tmp_path / "out.png")
    names = pl.Series("p", ["a.png", "../out.png", str(tmp_path / "out.png"), "link.png", "none\0.png", "x" * 9999])
    facts = pictures_of(names, str(folder))
    assert (facts.broken, facts.looked_at) == (5, 6)
    with pytest.raises(ConfigError, match="folder"):
        ask_table("DA010", pl.DataFrame({"p": ["a.png"] * 3}), images=("p",))


def test_days_beyond_calendars_and_the_largest_numbers_are_answered() -> None:
    """As Parquet can hold them: Polars itself stops at such days."""
    n = 120
    frame = pl.DataFrame(
        {
            "day": pl.Series([2**30, -(2**30)] * (n // 2), dtype=pl.Int32).cast(pl.Date),
            "moment": pl.Series([2**62, -(2**62)] * (n // 2)).cast(pl.Datetime("us")),
            "huge": [(-1.0) ** i * 1.7e308 for i in range(n)], "most": [1.7976931348623157e308] * n,
            "wide": [1e308 * (-1) ** i + i for i in range(n)], "top": [1.5e308 + i * 2e304 for i in range(n)],
        }
    )  # fmt: skip
    run = profile(frame, checks="DA010")
    (found,) = run.evidence
    columns = {c.name: c for c in told(found)[0].columns}
    assert (columns["day"].first, columns["day"].last) == (str(-(2**30)), str(2**30))
    assert columns["top"].quantiles[4].value == pytest.approx(1.5e308 + 58.5 * 2e304)
    assert sum(columns["huge"].histograms[0].counts) == sum(columns["wide"].histograms[0].counts) == n
    assert json.dumps(run.to_dict(), allow_nan=False)


def test_shares_are_of_the_weight_where_there_are_weights() -> None:
    """30 rows of "a" that weigh 20 each, 60 of "b" of 1 each, 10 missing of 4 each: a is 600 of 660, 40 of 700 lack."""
    frame = pl.DataFrame({"s": ["a"] * 30 + ["b"] * 60 + [None] * 10, "w": [20.0] * 30 + [1.0] * 60 + [4.0] * 10})
    run = profile(frame, weight="w", checks="DA010")
    about = run.evidence[0].about
    assert about is not None
    held = about.profiles[0].column("s")
    assert held is not None and held.known == 660 and held.missing_share == pytest.approx(40 / 700)
    assert [(v.value, v.count, v.rows) for v in held.top] == [("a", 600.0, 30), ("b", 60.0, 60)]
    told = [r for r in columns(about) if r["column"] == "s" and r["statistic"] == "top"]
    assert [(r["value"], r["weight"], r["share"]) for r in told] == [(30, 600.0, 600 / 660), (60, 60.0, 60 / 660)]
    drawn = facet(held)
    assert drawn.n == 100 and drawn.missing == 6 and drawn.top[0].count == pytest.approx(600 / 7)
