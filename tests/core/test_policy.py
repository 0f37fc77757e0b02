"""Policies: every mistake is named with file, line and the nearest right word; every form of limit is understood."""

from __future__ import annotations

from pathlib import Path

import pytest

import sterling as st
from sterling.core.policy import parse_slice
from sterling.core.slices import Slice

LIMIT = '[[limit]]\nmetric = "selection_rate"\n'


def test_every_form() -> None:
    policy = st.Policy.parse(
        '[project]\nname = "x"\n[[ask]]\nname = "gap"\ncheck = "FA001"\nmetric = "tpr"\n'
        '[[limit]]\nask = "gap"\nmax_gap = 0.1\n'
        '[[limit]]\nmetric = "precision"\nmin_ratio = 0.8\ngroups = "race"\nthreshold = 0.3\nmodel = "m"\n'
        '[[limit]]\nmetric = "auc"\nmin = 0.7\nslice = { race = "black", age = 40, old = true }\n'
        '[[limit]]\nmetric = "fpr"\nmax = 0.2\n'
        '[[limit]]\nmetric = "fpr"\nmax_gap = 0\nbaseline = { race = "white" }\n',
        origin="p.toml",
    )
    a, b, c, d, e = policy.limits
    assert (a.ask, a.kind, a.bound, a.origin) == ("gap", "gap", 0.1, "p.toml:9")
    assert (b.kind, b.groups, b.threshold, b.model) == ("ratio", ("race",), 0.3, "m")
    assert (c.kind, c.slice) == ("lowest", Slice.of({"race": "black", "age": "40", "old": "true"}))
    assert (d.kind, e.baseline) == ("highest", Slice.of({"race": "white"}))
    assert policy.project == {"name": "x"}


def test_where_a_limit_stands_is_told_without_the_folders_above(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reports travel; messages about the file itself keep the path as it was typed."""
    here, file = tmp_path / "work", tmp_path / "work/limits/client.toml"
    file.parent.mkdir(parents=True)
    file.write_text(LIMIT + "max_gap = 0.1", encoding="utf-8")
    monkeypatch.chdir(here)
    policy = st.Policy.load(file)
    assert (policy.origin, policy.limits[0].origin) == ("limits/client.toml", "limits/client.toml:3")
    assert st.Policy.load("limits/client.toml").origin == "limits/client.toml"
    monkeypatch.chdir(file.parent)
    (tmp_path / "other.toml").write_text(LIMIT + "max_gp = 0.1", encoding="utf-8")
    with pytest.raises(st.SterlingError, match=r"other\.toml:3") as raised:
        st.Policy.load(tmp_path / "other.toml")
    assert f"{tmp_path.name}/other.toml" in str(raised.value)
    (tmp_path / "other.toml").write_text(LIMIT + "max_gap = 0.1", encoding="utf-8")
    assert st.Policy.load(tmp_path / "other.toml").limits[0].origin == "other.toml:3"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('[[limits]]\nmetric = "x"', 1, "did you mean limit"),
        (LIMIT + "max_gp = 0.1", 3, "did you mean max_gap"),
        ('[[limit]]\nmetric = "selection_rat"\nmax_gap = 0.1', 2, "did you mean selection_rate"),
        (LIMIT, 1, "one of max_gap, min_ratio, min, max"),
        (LIMIT + "max_gap = 0.1\nmin = 0.2", 1, "got: max_gap, min"),
        (LIMIT + 'max_gap = "5%"', 3, "is not a number"),
        (LIMIT + "max_gap = true", 3, "is not a number"),
        (LIMIT + "max_gap = nan", 3, "is not a number"),
        (LIMIT + "max_gap = -0.1", 3, "a share"),
        (LIMIT + "min_ratio = 80", 3, "a share"),
        ("[[limit]]\nmax_gap = 0.1", 1, "names a metric or an ask"),
        ('[[limit]]\nask = "gap"\nmax_gap = 0.1', 2, "no ask is named"),
        (LIMIT + "max_gap = 0.1\ngroups = 3", 4, "list of columns"),
        (LIMIT + 'min = 0.1\nslice = "race"', 4, "not a slice"),
        ("[limit]\nmetric = 1", 1, "twice bracketed"),
        ('[[ask]]\nname = "x"', 1, "names no check"),
        (LIMIT + "max_gap = 0.1\n\n" + LIMIT + "max_gp = 1", 7, "did you mean max_gap"),
    ],
)
def test_mistakes_are_named_with_their_line(text: str, line: int, words: str) -> None:
    with pytest.raises(st.ConfigError) as caught:
        st.Policy.parse(text, origin="policy.toml")
    assert str(caught.value).startswith(f"policy.toml:{line}: ")
    assert words in str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(st.ConfigError, match="cannot read the policy"):
        st.Policy.load(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes('# caf\xe9'.encode("latin-1"))  # fmt: skip
    with pytest.raises(st.ConfigError, match="not UTF-8"):
        st.Policy.load(tmp_path / "latin.toml")
    (tmp_path / "bad.toml").write_text("[[limit]\n")
    with pytest.raises(st.ConfigError, match="TOML cannot be read"):
        st.Policy.load(tmp_path / "bad.toml")


def test_slices_as_text() -> None:
    assert parse_slice("race=white, sex=female") == Slice.of({"race": "white", "sex": "female"})
    assert parse_slice("race=a=b") == Slice.of({"race": "a=b"})
    assert parse_slice("race=Asian, Pacific") == Slice.of({"race": "Asian, Pacific"})
    for text in ("white", "=white", ""):
        with pytest.raises(st.ConfigError, match="column=value"):
            parse_slice(text)
