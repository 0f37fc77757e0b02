"""Options of the command line, said as keys of a project file."""

from __future__ import annotations

import pytest

from sterling.cli.options import OPTIONS
from sterling.core.spoken import KEYS, in_project_words


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("say --positive VALUE, the value that counts", "say [data] positive = VALUE, the value that counts"),
        (
            "say which: --positive a b or --positive --x; for classes --task multiclass",
            'say which: [data] positive = "a b" or [data] positive = "--x"; for classes [data] task = "multiclass"',
        ),
        ("one with --thresholds", "one with [plan] thresholds"),
        ("for scores say --score-kind raw", "for scores say [model] kind raw"),
        ("in a file given with --policy: x", "in sterling.toml: x"),
        ("run again with --debug", "run again with --debug"),
        ("nothing to say", "nothing to say"),
    ],
)
def test_words(text: str, said: str) -> None:
    assert in_project_words(text) == said


def test_every_option_that_has_a_key_exists() -> None:
    known = {name.removeprefix("--") for option in OPTIONS for name in option.opts}
    assert set(KEYS) <= known
