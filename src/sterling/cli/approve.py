"""`sterling approve`: sign what a run found."""

from __future__ import annotations

from sterling.cli.command import Option
from sterling.cli.deciding import SIGNATURE, decision_verb

EXAMPLES = """
sterling approve last --as "Ada Lovelace" --reason "The gap by sex is known; we watch it."
sterling approve 3fa2 --as Ada --reason "Needed before Monday." --override
"""

approve = decision_verb(
    "approve",
    help="Sign what a run found: evidence, verdicts, model, data and policy as they are now. When any of them changes, "
    "the signature no longer holds.\n\nRUN is the beginning of a run's id, or last. Signing changes no verdict and "
    "turns no exit code of a limit into 0.",
    examples=EXAMPLES,
    more=[
        Option(
            "--override", is_flag=True, section=SIGNATURE,
            help="Sign against open risks, as the author or as a stranger. Recorded, and shown loudly.",
        ),
    ],
)  # fmt: skip
