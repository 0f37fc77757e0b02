"""Does a check keep its word? It fires where an effect was planted, and is as quiet as promised where there is none."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sterling.core.errors import ConfigError
from sterling.core.evidence import Evidence
from sterling.core.frozen import dataclass
from sterling.core.judge import VerdictWord, over_or_within
from sterling.core.policy import STATEMENTS, Statement

if TYPE_CHECKING:
    from sterling.testing.worlds import World

    Worlds = Callable[[int], World]
    Fires = Callable[[Evidence], bool]

CHANCE = 1e-3
"""A promise counts as broken when a check that keeps it would look this bad less often than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """How often the check fired. `edge_*` speak of worlds that lie exactly on the limit; None when none were given."""

    code: str
    planted: int
    planted_fired: int
    null: int
    null_fired: int
    promised: float
    power: float
    edge: int | None = None
    edge_over: int | None = None
    edge_within: int | None = None
    failed: tuple[str, ...] = ()

    @property
    def null_rate(self) -> float:
        return self.null_fired / self.null

    @property
    def planted_rate(self) -> float:
        return self.planted_fired / self.planted


class PromiseError(AssertionError):
    """A check breaks a promise; `report` has the counts."""

    def __init__(self, report: CheckReport) -> None:
        self.report = report
        super().__init__(f"{report.code}: " + "; ".join(report.failed))


def check_check(
    code: str, *, planted: Worlds, null: Worlds, edge: Worlds | None = None,
    limit: Mapping[Statement, float] | None = None, fires: Fires | None = None,
    parameters: Mapping[str, Any] | None = None, power: float = 0.9, promised: float = 0.05,
    planted_worlds: int = 30, null_worlds: int = 200, level: float = 0.95, min_n: int = 30,
) -> CheckReport:  # fmt: skip
    """Run the check `code` in many worlds, through the whole path from a table to evidence.

    `planted`, `null`, `edge`: a function of the seed that makes a world with an effect beyond the limit, without one,
    and with one exactly as large as the limit. `limit`: one statement, such as {"max_gap": 0.0}; the check fires when
    its finding is over it. `fires`: for checks without findings, a function of the evidence instead. `parameters`:
    those of the check, for example {"metric": "selection_rate"}. `power`: how often it must fire in planted worlds.
    `promised`: how often it may in null worlds, and how often it may be over, or within, at the edge.

    Raises PromiseError when it fires too seldom or too often (beyond chance: one in a thousand), ConfigError when the
    arguments do not fit.
    """
    if (limit is None) == (fires is None) or (edge is not None and limit is None):
        raise ConfigError(
            "it is not clear when the check fires",
            expected="a limit or a function `fires`; worlds at the edge need a limit",
        )
    trial = _Trial(code, dict(parameters or {}), limit, fires, level, min_n)
    hits = sum(trial.fired(planted(seed)) for seed in range(planted_worlds))
    alarms = sum(trial.fired(null(10_000 + seed)) for seed in range(null_worlds))
    words = [trial.word(edge(20_000 + seed)) for seed in range(null_worlds)] if edge is not None else None
    over, within = (words.count("over"), words.count("within")) if words is not None else (None, None)
    failed = _failed(hits, planted_worlds, power, alarms, null_worlds, promised)
    for count, word in ((over, "over"), (within, "within")):
        if count is not None and _tail(count, null_worlds, promised) < CHANCE:
            failed.append(f"on the limit it says {word} in {count} of {null_worlds} worlds, promised {promised:g}")
    report = CheckReport(
        code=code, planted=planted_worlds, planted_fired=hits, null=null_worlds, null_fired=alarms, promised=promised,
        power=power, edge=None if words is None else len(words), edge_over=over, edge_within=within,
        failed=tuple(failed),
    )  # fmt: skip
    if failed:
        raise PromiseError(report)
    return report


def _failed(hits: int, planted: int, power: float, alarms: int, null: int, promised: float) -> list[str]:
    failed = []
    if hits < power * planted:
        failed.append(f"it fires in {hits} of {planted} planted worlds, expected at least {power:.0%}")
    if _tail(alarms, null, promised) < CHANCE:
        failed.append(f"it fires in {alarms} of {null} null worlds, promised at most {promised:.0%}")
    return failed


def _tail(count: int, n: int, p: float) -> float:
    """P(X >= count) for X binomial(n, p): exact."""
    return math.fsum(math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(count, n + 1))


@dataclass(frozen=True, slots=True)
class _Trial:
    code: str
    parameters: dict[str, Any]
    limit: Mapping[Statement, float] | None
    fires: Fires | None
    level: float
    min_n: int

    def evidence(self, world: World) -> Evidence:
        import sterling.pipeline.examine  # noqa: F401 importing it makes the checks of every shelf known
        from sterling.core.plan import Plan, ask
        from sterling.pipeline.evaluate import evaluate

        plan = Plan(asks=(ask(self.code, **self.parameters),), level=self.level, min_n=self.min_n, grid=False)
        run = evaluate(world.table, label="label", score="score", groups=world.groups, plan=plan, min_n=self.min_n)
        return run.evidence[0]

    def fired(self, world: World) -> bool:
        evidence = self.evidence(world)
        return self.fires(evidence) if self.fires is not None else self._word(evidence) == "over"

    def word(self, world: World) -> VerdictWord:
        return self._word(self.evidence(world))

    def _word(self, evidence: Evidence) -> VerdictWord:
        """The verdict on the finding; over when any of several is over."""
        (statement, bound), *more = (self.limit or {}).items()
        if more or statement not in STATEMENTS:
            raise ConfigError("a limit is one statement", expected=" or ".join(STATEMENTS))
        judged = [f for f in evidence.findings if f.kind == STATEMENTS[statement] and f.value == f.value]
        if not judged:
            raise ConfigError(
                f"{self.code} gave no {STATEMENTS[statement]} to hold against {statement}",
                got=evidence.outcome, hint=evidence.reason,
            )  # fmt: skip
        words = [over_or_within(statement, bound, f.low, f.high) for f in judged]
        return "over" if "over" in words else "undecided" if "undecided" in words else "within"
