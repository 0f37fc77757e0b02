"""Joins a run to those who judge, draw and write it."""

from __future__ import annotations

from sterling.core.judge import Judgement, judge
from sterling.core.policy import Policy
from sterling.core.run import Run, Wiring


class _Wiring:
    def judge(self, run: Run, policy: Policy) -> Judgement:
        from sterling.pipeline.power import more_people

        return judge(policy, run.evidence, more_people=more_people)

    def page(self, run: Run, judgement: Judgement) -> str:
        from sterling.report.page import render_page
        from sterling.report.payload import payload

        return render_page(payload(run, judgement))

    def wire(self, run: Run, judgement: Judgement) -> dict[str, object]:
        from sterling.report.wire import wire

        return wire(run, judgement)


WIRING: Wiring = _Wiring()
