"""Groups known by probabilities, as they are written."""

from __future__ import annotations

import pytest

import sterling as st
from sterling.core.membership import Membership, is_inferred, membership_option, memberships


def test_read() -> None:
    wanted = Membership(group="race", chances=(("white", "p_white"), ("black", "p_black")))
    assert membership_option("race=white:p_white, black:p_black") == wanted
    assert memberships({"race": {"white": "p_white", "black": "p_black"}}) == (wanted,)
    assert membership_option("race=a,b").chances == (("a", "a"), ("b", "b"))
    assert wanted.family == "inferred race"
    assert wanted.written == ("white=p_white", "black=p_black")
    assert is_inferred(("inferred race",)) and not is_inferred(("race",))


@pytest.mark.parametrize("text", ["race", "race=", "race=white", "=a,b", "race=a:p,a:q", "race=:p,b:q"])
def test_refused(text: str) -> None:
    with pytest.raises(st.ConfigError):
        membership_option(text)
