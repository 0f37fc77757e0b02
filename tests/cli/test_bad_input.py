"""Input and options that cannot be used: exit code 2, one message that names the place and what to do, no traceback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from .conftest import Cli, Ended, planted, write_policy

Spoil = Callable[[pl.DataFrame], pl.DataFrame]


def assert_refused(ended: Ended, *named: str) -> None:
    """Exit code 2; one message on stderr that holds every word of `named` and says what to do."""
    assert ended.code == 2, ended.err
    assert ended.out == ""
    assert ended.err.startswith("error: ")
    assert ended.err.count("error: ") == 1
    assert "Traceback" not in ended.err
    for word in named:
        assert word in ended.err
    assert "hint: " in ended.err or "expected: " in ended.err
    assert not Path("report.html").exists()


def column(name: str, values: Callable[[int], object], dtype: pl.DataType | None = None) -> Spoil:
    """Replace a column by values worked out from the row number."""

    def spoil(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(pl.Series(name, [values(i) for i in range(frame.height)], dtype=dtype, strict=False))

    return spoil


TABLES: dict[str, tuple[Spoil, tuple[str, ...]]] = {
    "label with four values": (column("y", lambda i: "abcd"[i % 4]), ("y", "--positive")),
    "label all missing": (column("y", lambda i: None, pl.Int64()), ("y",)),
    "text scores": (column("p", lambda i: "high"), ("p",)),
    "NaN scores": (column("p", lambda i: float("nan") if i == 7 else 0.5), ("p",)),
    "missing scores": (column("p", lambda i: None if i == 7 else 0.5), ("p",)),
    "infinite scores": (column("p", lambda i: float("inf") if i == 7 else 0.5), ("p",)),
    "scores above 1": (column("p", lambda i: 1.5 if i == 7 else 0.5), ("p", "--score-kind raw")),
    "scores below 0": (column("p", lambda i: -0.5 if i == 7 else 0.5), ("p", "--score-kind raw")),
    "no rows": (lambda frame: frame.clear(), ("scores.parquet",)),
    "no columns": (lambda frame: frame.select(pl.lit(1).alias("other")), ("there is no column", "scores.parquet")),
}


@pytest.mark.parametrize("case", TABLES)
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_tables(evaluate: Cli, case: str, suffix: str, table: pl.DataFrame) -> None:
    spoil, named = TABLES[case]
    bad = spoil(table)
    if suffix == "csv":
        bad.write_csv("bad.csv")
    else:
        bad.write_parquet("bad.parquet")
    assert_refused(evaluate(data=f"bad.{suffix}"), *(w.replace("scores.parquet", f"bad.{suffix}") for w in named))


@pytest.mark.parametrize(
    ("values", "named"),
    [
        (lambda i: -1.0 if i == 3 else 1.0, "w"),
        (lambda i: float("nan") if i == 3 else 1.0, "w"),
        (lambda i: None if i == 3 else 1.0, "w"),
        (lambda i: float("inf") if i == 3 else 1.0, "w"),
        (lambda i: 0.0, "w"),
        (lambda i: "heavy", "w"),
    ],
    ids=["negative", "NaN", "missing", "infinite", "all zero", "text"],
)
def test_weights(evaluate: Cli, table: pl.DataFrame, values: Callable[[int], object], named: str) -> None:
    column("w", values)(table).write_parquet("bad.parquet")
    assert_refused(evaluate("--weight", "w", data="bad.parquet"), named)


FILES: dict[str, tuple[str, bytes, tuple[str, ...]]] = {
    "empty file": ("bad.csv", b"", ("bad.csv", "empty")),
    "header only": ("bad.csv", b"g,p,y\n", ("bad.csv", "no rows")),
    "Latin-1": ("bad.csv", "g,p,y\nJosé,0.5,1\n".encode("latin-1"), ("bad.csv", "line 2", "UTF-8")),
    "UTF-16": ("bad.csv", "g,p,y\na,0.5,1\n".encode("utf-16"), ("bad.csv", "UTF-16")),
    "a line too long": ("bad.csv", b"g,p,y\na,0.5,1\na,0.5,1,9\n", ("bad.csv", "line 3")),
    "a line too short": ("bad.csv", b"g,p,y\na,0.5,1\na,0.5\n", ("bad.csv", "line 3")),
    "an open quote": ("bad.csv", b'g,p,y\n"a,0.5,1\na,0.5,1\n', ("bad.csv", "line 2")),
    "NUL bytes": ("bad.csv", b"g,p,y\na\0,0.5,1\n", ("bad.csv", "line 2")),
    "two columns of a name": ("bad.csv", b"g,g,p,y\na,b,0.5,1\n", ("bad.csv", "'g'")),
    "no Parquet inside": ("bad.parquet", b"PAR1 this is no table PAR1", ("bad.parquet",)),
    "text named Parquet": ("bad.parquet", b"g,p,y\na,0.5,1\n", ("bad.parquet",)),
    "a zip archive": ("bad.csv", b"PK\x03\x04" + b"\0" * 40, ("bad.csv", "ZIP")),
}


@pytest.mark.parametrize("case", FILES)
def test_files(evaluate: Cli, case: str) -> None:
    name, content, named = FILES[case]
    Path(name).write_bytes(content)
    assert_refused(evaluate(data=name), *named)


def test_a_cut_parquet_file(evaluate: Cli, table: pl.DataFrame) -> None:
    table.write_parquet("whole.parquet")
    whole = Path("whole.parquet").read_bytes()
    Path("cut.parquet").write_bytes(whole[: len(whole) * 2 // 3])
    assert_refused(evaluate(data="cut.parquet"), "cut.parquet", "damaged")


def test_a_parquet_file_with_a_broken_page(evaluate: Cli, table: pl.DataFrame) -> None:
    table.write_parquet("bad.parquet", compression="zstd")
    content = bytearray(Path("bad.parquet").read_bytes())
    content[40 : len(content) // 2] = b"\xff" * (len(content) // 2 - 40)
    Path("bad.parquet").write_bytes(bytes(content))
    assert_refused(evaluate(data="bad.parquet"), "bad.parquet")


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ("nowhere.csv", ("nowhere.csv", "no such file")),
        ("score.csv", ("score.csv", "did you mean scores.csv?")),
        ("*.parquet", ("*.parquet", "no file matches")),
        ("empty", ("empty", "no table")),
        ("https://example.org/x.csv", ("https://example.org/x.csv",)),
    ],
)
def test_no_such_data(evaluate: Cli, folder: Path, data: str, named: tuple[str, ...]) -> None:
    (folder / "empty").mkdir()
    assert_refused(evaluate(data=data), *named)


def test_files_with_different_columns(cli: Cli, folder: Path, table: pl.DataFrame) -> None:
    table.drop("p").write_csv("other.csv")
    ended = cli("evaluate", "scores.csv", "other.csv", "--label", "y", "--score", "p", "--groups", "g")
    assert_refused(ended, "other.csv", "p")


OPTIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "unknown weight column": (("--weight", "ww"), ("'ww'", "did you mean w?")),
    "unknown id column": (("--id", "idd"), ("'idd'", "did you mean id?")),
    "unknown cluster column": (("--cluster", "nobody"), ("'nobody'",)),
    "unknown group column": (("--groups", "race"), ("'race'",)),
    "unknown score column": (("--score", "pp"), ("'pp'",)),
    "unknown prediction column": (("--prediction", "q"), ("'q'",)),
    "a column of scores twice": (("--score", "p"), ("twice",)),
    "an empty group name": (("--groups", "g,,w"), ("--groups",)),
    "a positive value nobody has": (("--positive", "yes"), ("yes",)),
    "a favourable value nobody has": (("--favourable", "maybe"), ("maybe",)),
    "predictions that are no decisions": (("--prediction", "id"), ("id",)),
    "thresholds that are no numbers": (("--thresholds", "half"), ("half",)),
    "a range without an end": (("--thresholds", "0.1:0.2"), ("0.1:0.2",)),
    "a range that goes backwards": (("--thresholds", "0.9:0.1:0.1"), ("0.9:0.1:0.1",)),
    "a threshold outside": (("--thresholds", "nan"), ("nan",)),
    "crosses of nine": (("--cross", "9"), ("cross", "9")),
    "a level of 95": (("--level", "95"), ("level",)),
    "no smallest group": (("--min-n", "0"), ("min_n",)),
    "text for a number": (("--cross", "two"), ("--cross", "two")),
    "a baseline without =": (("--baseline", "a"), ("column=value",)),
    "a baseline in an unknown column": (("--baseline", "race=a"), ("race",)),
    "a baseline nobody has": (("--baseline", "g=zz"), ("g=zz",)),
    "a policy that is not there": (("--policy", "no.toml"), ("no.toml", "--policy")),
    "a policy that is a folder": (("--policy", "."), ("policy",)),
    "an unknown label kind": (("--label-kind", "guess"), ("--label-kind", "outcome")),
    "an unknown score kind": (("--score-kind", "logit"), ("--score-kind", "raw")),
    "a report in no folder": (("--json", "no/where.json"), ("--json", "no/where.json", "mkdir -p no")),
    "output over the data": (("--json", "scores.csv"), ("scores.csv", "overwrite")),
    "two outputs in one file": (("--junit", "o.xml", "--sarif", "o.xml"), ("o.xml", "--junit", "--sarif")),
    "rows without a report": (("--embed", "rows"), ("--embed",)),
    "embed something else": (("--embed", "model"), ("--embed", "rows")),
    "a model that is not there": (("--model", "m.onnx"), ("m.onnx",)),
    "an option that is not there": (("--polcy", "x"), ("--polcy", "--policy")),
}


@pytest.mark.parametrize("case", OPTIONS)
def test_options(evaluate: Cli, case: str) -> None:
    words, named = OPTIONS[case]
    assert_refused(evaluate(*words), *named)


def test_nothing_to_examine(cli: Cli, folder: Path) -> None:
    assert_refused(cli("evaluate", "scores.csv", "--label", "y"), "--score")


def test_no_file(cli: Cli, folder: Path) -> None:
    assert_refused(cli("evaluate", "--score", "p"), "FILE")


def test_thresholds_for_decisions(cli: Cli, folder: Path) -> None:
    ended = cli("evaluate", "scores.csv", "--label", "y", "--prediction", "y", "--thresholds", "0.3")
    assert_refused(ended, "--thresholds", "--score")


def test_report_and_no_report(evaluate: Cli) -> None:
    ended = evaluate("--report", "other.html")
    assert ended.code == 2
    assert "--no-report" in ended.err


def test_pickles_are_refused_with_the_reason(evaluate: Cli, folder: Path) -> None:
    (folder / "model.pkl").write_bytes(b"\x80\x04N.")
    assert_refused(evaluate("--model", "model.pkl"), "model.pkl", "--allow-pickle", "code")


@pytest.mark.parametrize("name", ["model.skops", "model.onnx", "model.h5"])
def test_damaged_models(evaluate: Cli, folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"not a model at all")
    assert_refused(evaluate("--model", name), name)


POLICIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "broken TOML": ('[[limit]]\nmetric = "tpr\n', (":2", "TOML")),
    "an unknown metric": ('[[limit]]\nmetric = "selction_rate"\nmax_gap = 0.1\n', (":2", "you mean selection_rate")),
    "an unknown key": ('[[limit]]\nmetric = "tpr"\nmaxgap = 0.1\n', (":3", "max_gap")),
    "an unknown table": ('[[limits]]\nmetric = "tpr"\nmax_gap = 0.1\n', (":1", "limit")),
    "no statement": ('[[limit]]\nmetric = "tpr"\n', (":1", "max_gap")),
    "two statements": ('[[limit]]\nmetric = "tpr"\nmax_gap = 0.1\nmin = 0.5\n', (":1",)),
    "text for a bound": ('[[limit]]\nmetric = "tpr"\nmax_gap = "small"\n', (":3", "number")),
    "a negative gap": ('[[limit]]\nmetric = "tpr"\nmax_gap = -0.1\n', (":3",)),
    "neither metric nor ask": ("[[limit]]\nmax_gap = 0.1\n", (":1", "metric")),
    "an ask that is not there": ('[[limit]]\nask = "gap"\nmax_gap = 0.1\n', (":2", "gap")),
    "an expression with code": ("[[limit]]\nmetric = \"__import__('os').getcwd()\"\nmax = 0.1\n", (":2",)),
    "a count": ('[[limit]]\nmetric = "tp + fp"\nmax = 0.1\n', (":2", "count")),
    "an unknown check": ('[[ask]]\nname = "x"\ncheck = "ZZ999"\n', ("ZZ999",)),
    "groups nobody has": ('[[limit]]\nmetric = "tpr"\nmax_gap = 0.1\ngroups = ["race"]\n', ("race",)),
}


@pytest.mark.parametrize("case", POLICIES)
def test_policies(evaluate: Cli, folder: Path, case: str) -> None:
    text, named = POLICIES[case]
    (folder / "policy.toml").write_text(text, encoding="utf-8")
    assert_refused(evaluate("--policy", "policy.toml"), "policy.toml", *named)


def test_a_policy_that_is_not_utf8(evaluate: Cli, folder: Path) -> None:
    (folder / "policy.toml").write_bytes('[project]\nname = "Jos\xe9"\n'.encode("latin-1"))
    assert_refused(evaluate("--policy", "policy.toml"), "policy.toml", "UTF-8")


def test_no_message_repeats_a_value_of_the_data(evaluate: Cli) -> None:
    """A message may be pasted into a ticket: it names columns, never what stands in a row."""
    secret = "Jane Roe, 12 Elm Street"
    planted(40).with_columns(pl.lit(secret).alias("p")).write_csv("bad.csv")
    ended = evaluate(data="bad.csv")
    assert_refused(ended, "p")
    assert secret not in ended.err


def test_hostile_names_cannot_steer_the_terminal(evaluate: Cli) -> None:
    ended = evaluate("--weight", "\x1b[2J\x07evil\u202e")
    assert_refused(ended, "evil")
    assert "\x1b" not in ended.err
    assert "\u202e" not in ended.err


def test_nothing_is_written_when_the_input_is_refused(evaluate: Cli, folder: Path) -> None:
    write_policy(folder, 'metric = "nope"\nmax_gap = 0.1')
    before = sorted(p.name for p in folder.iterdir())
    ended = evaluate("--policy", "policy.toml", "--json", "o.json", "--junit", "o.xml", "--sarif", "o.sarif")
    assert_refused(ended, "nope")
    assert sorted(p.name for p in folder.iterdir()) == before
