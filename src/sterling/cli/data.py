"""`sterling data`: verbs about a table itself."""

from __future__ import annotations

from sterling.cli.command import Verbs

SECTIONS = {
    "Look": {
        "profile": "sterling.cli.profile:profile",
        "compare": "sterling.cli.profile:compare",
    },
    "Change": {
        "remedy": "sterling.cli.data_remedy:remedy",
    },
}
"""The verbs by heading of the help, each with the place of its command."""

data = Verbs(
    name="data",
    file_verb="profile",
    sections=SECTIONS,
    short_help="Examine a table: who is in it, what is wrong, may it be used.",
    help="Examine a table itself: what is in each column, who is in it, what is wrong with it, and whether it may be "
    "used. No project and no model is needed.",
    epilog="Start with:  sterling data profile --help",
)
