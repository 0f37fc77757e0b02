"""Which runs there were."""

from __future__ import annotations

from sterling.core.frozen import dataclass
from sterling.core.records import LedgerReader
from sterling.pipeline.queries.runs import RunFacts, run_facts


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Runs, the newest first; `more` whether there are older ones."""

    runs: tuple[RunFacts, ...]
    more: bool


def history(ledger: LedgerReader, *, limit: int, at_work: bool = True) -> History:
    """The newest runs, at most `limit`. `at_work` as in `run_facts`."""
    contexts = ledger.contexts("run", newest=limit + 1)
    newest = tuple(reversed(contexts))[:limit]
    return History(runs=tuple(run_facts(ledger, c, at_work=at_work) for c in newest), more=len(contexts) > len(newest))
