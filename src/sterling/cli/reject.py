"""`sterling reject`: refuse what a run found."""

from __future__ import annotations

from sterling.cli.deciding import decision_verb

EXAMPLES = """
sterling reject last --as "Ada Lovelace" --reason "The gap by race must be understood first."
"""

reject = decision_verb(
    "reject",
    help="Refuse what a run found. One rejection outweighs every approval until the same person approves.\n\n"
    "RUN is the beginning of a run's id, or last.",
    examples=EXAMPLES,
)
