"""Who may sign, what a signature is worth, when it no longer holds; on a real ledger."""

from __future__ import annotations

import datetime as dt
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sterling.core.errors import ConfigError, InputError, SterlingError
from sterling.core.project import Project, ReviewRules, Waiver
from sterling.core.records import Context, Decision, Ledger, Risk
from sterling.pipeline.decisions import LONGEST_REASON, accept, decide
from sterling.pipeline.review import bundle, exit_code, may_sign, person, policy_digest, review_of, run_state, state_of
from tests.pipeline.projects import NOW, begun, ledger_in, project, reviewed, with_limits

LIMIT = '[[limit]]\nname = "gap"\nmetric = "selection_rate"\nmax_gap = {}\n'


def sign(
    of: Project, ledger: Ledger, run: str, by: str, kind: Any = "approve", *, reason: str = "read it", **more: Any
) -> Decision:
    return decide(of, ledger, run, kind=kind, by=by, reason=reason, now=NOW, **more)


def risk(run: str = "r1", stage: Any = "inference", **facts: Any) -> Risk:
    return Risk(**({"id": "abc123abc123", "run": run, "stage": stage, "issue": "a gap", "opened": NOW} | facts))


def test_a_bundle_is_its_parts() -> None:
    parts = {"evidence": "e", "verdicts": "v", "model": "m", "data": "d", "policy": "p"}
    whole = bundle(**parts)
    assert whole.startswith("sha256:") and len(whole) == 71
    assert bundle(**parts) == whole
    assert len({whole, *(bundle(**parts | {name: "x"}) for name in parts)}) == 6
    assert bundle(**parts | {"model": "", "data": "md"}) != bundle(**parts | {"model": "md", "data": ""})


def test_a_run_awaits_its_people_and_is_approved_by_as_many_as_asked(tmp_path: Path) -> None:
    of, ledger = reviewed(tmp_path, required=2), ledger_in(tmp_path)
    context = begun(ledger, of, "r1")
    assert review_of(of, ledger, context).state == "awaiting"
    first = sign(of, ledger, "r1", "Ada")
    assert (first.kind, first.about, first.run) == ("approve", context.properties["bundle"], "r1")
    assert review_of(of, ledger, context).state == "awaiting"
    sign(of, ledger, "r1", "Grace")
    review = review_of(of, ledger, context)
    assert (review.state, review.author, review.overridden) == ("approved", "kim", False)
    assert [d.by for d in review.decisions] == ["Ada", "Grace"]
    settled = ledger.context("r1")
    assert settled is not None
    assert (settled.properties["state"], settled.properties["exit_code"]) == ("complete", 0)


def test_the_same_person_counts_once_however_they_write_their_name(tmp_path: Path) -> None:
    of, ledger = reviewed(tmp_path, required=2), ledger_in(tmp_path)
    begun(ledger, of, "r1")
    sign(of, ledger, "r1", "Ada  Lovelace")
    with pytest.raises(ConfigError, match="has approved this already"):
        sign(of, ledger, "r1", "ada lovelace")
    assert len(ledger.decisions()) == 1


def test_a_rejection_outweighs_approvals_until_its_person_approves(tmp_path: Path) -> None:
    of, ledger = reviewed(tmp_path), ledger_in(tmp_path)
    context = begun(ledger, of, "r1")
    sign(of, ledger, "r1", "Ada")
    sign(of, ledger, "r1", "Grace", "reject")
    assert review_of(of, ledger, context).state == "rejected"
    sign(of, ledger, "r1", "Lin")
    assert review_of(of, ledger, context).state == "rejected"
    settled = ledger.context("r1")
    assert settled is not None and settled.properties["exit_code"] == 1
    sign(of, ledger, "r1", "Grace")
    assert review_of(of, ledger, context).state == "approved"


def test_who_is_not_asked_for_needs_no_signature_and_may_still_refuse(tmp_path: Path) -> None:
    of, ledger = reviewed(tmp_path, required=0), ledger_in(tmp_path)
    context = begun(ledger, of, "r1")
    assert review_of(of, ledger, context).state == "not_required"
    sign(of, ledger, "r1", "Ada", "reject")
    assert review_of(of, ledger, context).state == "rejected"


def test_reviewers_are_enforced_and_the_author_may_be_kept_out(tmp_path: Path) -> None:
    of, ledger = reviewed(tmp_path, reviewers=("Ada", "Kim"), separate=True), ledger_in(tmp_path)
    begun(ledger, of, "r1")
    with pytest.raises(ConfigError, match="did you mean Ada") as caught:
        sign(of, ledger, "r1", "Ad")
    assert caught.value.where == "--as"
    with pytest.raises(ConfigError, match="KIM is the author of this run"):
        sign(of, ledger, "r1", "KIM")
    with pytest.raises(ConfigError, match="not among the reviewers"):
        sign(of, ledger, "r1", "Lin", "reject")
    assert ledger.decisions() == ()
    sign(of, ledger, "r1", "Kim", "reject")  # an author may always withdraw
    assert [d.kind for d in ledger.decisions()] == ["reject"]


def test_an_author_nobody_knows_cannot_be_shown_to_be_somebody_else(tmp_path: Path) -> None:
    of, ledger = reviewed(tmp_path, separate=True), ledger_in(tmp_path)
    begun(ledger, of, "r1", author=None)
    with pytest.raises(ConfigError, match="author of this run is not known"):
        sign(of, ledger, "r1", "Ada")


def test_an_override_is_recorded_with_all_it_overrides_and_is_one_signature(tmp_path: Path) -> None:
    of = reviewed(tmp_path, required=2, reviewers=("Ada", "Grace"), separate=True)
    ledger = ledger_in(tmp_path)
    context = begun(ledger, of, "r1")
    ledger.put(risk())
    done = sign(of, ledger, "r1", "kim", override=True)
    assert done.kind == "override"
    assert [str(o).split(" ")[0] for o in done.properties["overrides"]] == ["kim", "kim", "1"]  # type: ignore[union-attr]
    review = review_of(of, ledger, context)
    assert (review.state, review.overridden) == ("awaiting", True)
    with pytest.raises(ConfigError, match="open risk holds signing back"):
        sign(of, ledger, "r1", "Ada")
    accept(of, ledger, ["abc123abc123"], by="Ada", reason="small", now=NOW)
    plain = sign(of, ledger, "r1", "Ada", override=True)
    assert plain.kind == "approve", "nothing was in the way, so nothing was overridden"
    assert review_of(of, ledger, context).state == "approved"
    with pytest.raises(ConfigError, match="overrides nothing"):
        sign(of, ledger, "r1", "Grace", "reject", override=True)


@pytest.mark.parametrize(("by", "reason", "said"), [
    ("", "x", "needs a name"), ("  ", "x", "needs a name"), ("Ada", "", "needs a reason"),
    ("Ada", " \n", "needs a reason"), ("Ada\x1b[2J", "x", "cannot be shown"), ("A" * 200, "x", "200 characters"),
    ("Ada", "x" * (LONGEST_REASON + 1), "at most"),
])  # fmt: skip
def test_a_decision_needs_a_name_and_a_reason(tmp_path: Path, by: str, reason: str, said: str) -> None:
    of, ledger = reviewed(tmp_path), ledger_in(tmp_path)
    begun(ledger, of, "r1")
    with pytest.raises(ConfigError, match=said):
        sign(of, ledger, "r1", by, reason=reason)
    assert ledger.decisions() == ()


def test_what_is_not_there_cannot_be_signed(tmp_path: Path) -> None:
    of, ledger = reviewed(tmp_path), ledger_in(tmp_path)
    with pytest.raises(InputError, match="no run 'zz'"):
        sign(of, ledger, "zz", "Ada")
    begun(ledger, of, "r1", judged=False, state="stopped")
    with pytest.raises(InputError, match="nothing to sign") as caught:
        sign(of, ledger, "r1", "Ada")
    assert caught.value.got == "it is stopped"


def test_a_new_bundle_makes_old_signatures_stale(tmp_path: Path) -> None:
    of, ledger = reviewed(tmp_path), ledger_in(tmp_path)
    old = begun(ledger, of, "r1")
    sign(of, ledger, "r1", "Ada")
    same, new = begun(ledger, of, "r2"), begun(ledger, of, "r3", evidence="e2")
    assert review_of(of, ledger, same).state == "approved", "nothing changed, so the signature holds"
    review = review_of(of, ledger, new)
    assert (review.state, review.decisions, [d.by for d in review.earlier]) == ("stale", (), ["Ada"])
    assert review.stale == ("the evidence changed since Ada approved the run r1",)
    assert review_of(of, ledger, old).earlier == ()
    with pytest.raises(ConfigError, match="a newer run found something else"):
        sign(of, ledger, "r1", "Grace")
    sign(of, ledger, "r3", "Ada")
    review = review_of(of, ledger, new)
    assert (review.state, review.stale) == ("approved", ())
    assert review_of(of, ledger, begun(ledger, of, "r4")).state == "approved", "back to what was signed before"


def test_an_earlier_rejection_does_not_carry_over(tmp_path: Path) -> None:
    of, ledger = reviewed(tmp_path), ledger_in(tmp_path)
    begun(ledger, of, "r1")
    sign(of, ledger, "r1", "Ada", "reject")
    review = review_of(of, ledger, begun(ledger, of, "r2", evidence="e2"))
    assert (review.state, len(review.earlier)) == ("awaiting", 1)


def test_other_limits_make_a_signature_stale_and_another_file_forbids_signing(tmp_path: Path) -> None:
    of, ledger = project(tmp_path, limits=LIMIT.format(0.05), review=ReviewRules(required=1)), ledger_in(tmp_path)
    context = begun(ledger, of, "r1")
    sign(of, ledger, "r1", "Ada")
    moved = with_limits(of, "\n\n" + LIMIT.format(0.05))
    assert review_of(moved, ledger, context).state == "approved", "another line is no other limit"
    looser = with_limits(of, LIMIT.format(0.5))
    review = review_of(looser, ledger, context)
    assert review.state == "stale"
    assert "limits or waivers" in review.stale[0]
    with pytest.raises(ConfigError, match=r"sterling\.toml has changed since the run r1"):
        sign(looser, ledger, "r1", "Grace", override=True)
    day = Waiver(limit="gap", owner="Olu", reason="known", expires=dt.date(2026, 12, 1))
    assert len({policy_digest(of), policy_digest(looser), policy_digest(project(tmp_path, waivers=(day,)))}) == 3


def test_nobody_signs_under_a_waiver_that_has_ended(tmp_path: Path) -> None:
    last = dt.date(2026, 12, 1)
    waiver = Waiver(limit="gap", owner="Olu", reason="known", expires=last, origin="sterling.toml:9")
    of = project(tmp_path, limits=LIMIT.format(0.05), review=ReviewRules(required=1), waivers=(waiver,))
    ledger = ledger_in(tmp_path)
    context = begun(ledger, of, "r1")
    after = NOW.replace(year=2027, month=6)
    with pytest.raises(ConfigError, match=r"the waiver of 'gap' by Olu ended on 2026-12-01, and the run r1") as caught:
        decide(of, ledger, "r1", kind="approve", by="Ada", reason="read it", override=True, now=after)
    assert (caught.value.where, "sterling run" in caught.value.hint) == ("sterling.toml:9", True)
    assert ledger.decisions() == ()
    whole_day = dt.datetime(2026, 12, 1, 23, 59, tzinfo=dt.UTC)
    decide(of, ledger, "r1", kind="approve", by="Ada", reason="read it", now=whole_day)
    assert review_of(of, ledger, context, today=last).state == "approved"
    review = review_of(of, ledger, context, today=last + dt.timedelta(days=1))
    assert (review.state, review.stale) == (
        "stale", ("the waiver of 'gap' by Olu ended on 2026-12-01 since this run was signed",),
    )  # fmt: skip
    later = begun(ledger, of, "r2", started=after)
    assert review_of(of, ledger, later, today=after.date()).state == "approved", "it was judged without the waiver"
    decide(of, ledger, "r1", kind="reject", by="Lin", reason="it ended", now=after)


def test_open_risks_hold_signing_back_until_somebody_answers_for_them(tmp_path: Path) -> None:
    of, ledger = reviewed(tmp_path, reviewers=("Ada",), separate=True), ledger_in(tmp_path)
    begun(ledger, of, "r1", author="Ada")
    ledger.put(risk(), risk(id="def456def456", stage="scope", proceed=True), risk(id="999", proceed=True))
    with pytest.raises(ConfigError, match="author of this run"):
        accept(of, ledger, ["abc123abc123"], by="Ada", reason="fine", now=NOW)
    with pytest.raises(ConfigError, match="not among the reviewers"):
        accept(of, ledger, ["abc123abc123"], by="Lin", reason="fine", now=NOW)
    with pytest.raises(InputError, match="no risk 'nope'"):
        accept(of, ledger, ["abc123abc123", "nope"], by="Olu", reason="fine", now=NOW)
    assert ledger.decisions() == (), "all or none"
    first, second = accept(of, ledger, ["abc123abc123", "def456def456"], by="Olu", reason="known", now=NOW)
    assert (first.kind, first.about, first.run) == ("accept_risk", "abc123abc123", "r1")
    closed = {r.id: r for r in ledger.risks()}
    assert closed["abc123abc123"].closed_by == first.id
    assert closed["def456def456"].closed_by == second.id
    assert closed["abc123abc123"].step_taken == "accepted by Olu: known"
    with pytest.raises(InputError, match="closed already"):
        accept(of, ledger, ["abc123abc123"], by="Olu", reason="again", now=NOW)


def test_two_people_may_sign_at_the_same_moment(tmp_path: Path) -> None:
    of, ledger = reviewed(tmp_path, required=4), ledger_in(tmp_path)
    begun(ledger, of, "r1")
    people, start = ("Ada", "Grace", "Lin", "Kim"), Barrier(4)

    def signs(name: str) -> Decision:
        own = ledger_in(tmp_path)
        start.wait()
        return sign(of, own, "r1", name)

    with ThreadPoolExecutor(4) as pool:
        assert {d.by for d in pool.map(signs, people)} == set(people)
    context = ledger.context("r1")
    assert context is not None
    assert (review_of(of, ledger, context).state, context.properties["state"]) == ("approved", "complete")


def test_exit_codes_and_states_of_runs() -> None:
    assert [exit_code(c, "approved") for c in (0, 1, 3)] == [0, 1, 3], "approval turns nothing into 0"
    assert [exit_code(c, "awaiting") for c in (0, 1, 3)] == [3, 1, 3]
    assert [exit_code(c, "stale") for c in (0, 1, 3)] == [3, 1, 3]
    assert [exit_code(c, "rejected") for c in (0, 1, 3)] == [1, 1, 1]
    assert [run_state(s) for s in ("not_required", "approved", "rejected", "awaiting", "stale")] == [
        "complete", "complete", "rejected", "awaiting_review", "awaiting_review",
    ]  # fmt: skip


@given(st.text(max_size=20))
def test_names_compare_by_what_they_say(name: str) -> None:
    assert person(person(name)) == person(name)
    assert person(f"  {name} ") == person(name)


PEOPLE = ("Ada", "Grace", "Kim")
decisions = st.lists(
    st.builds(
        lambda i, by, kind: Decision(id=str(i), run="r", kind=kind, by=by, reason="x", about="b", at=NOW),
        st.integers(), st.sampled_from(PEOPLE), st.sampled_from(["approve", "reject", "override"]),
    ),
    max_size=12,
)  # fmt: skip
rules_ = st.builds(
    ReviewRules, required=st.integers(0, 3), separate=st.booleans(), reviewers=st.sampled_from([(), ("Ada", "Kim")])
)


@given(decisions, rules_, st.sampled_from([None, "kim"]))
def test_what_decisions_amount_to(made: list[Decision], rules: ReviewRules, author: str | None) -> None:
    """Against the plainest statement of the rule: only the last word of each person counts."""
    last = {d.by: d.kind for d in made}
    yes = sum(k == "override" or (k == "approve" and may_sign(p, rules, author)) for p, k in last.items())
    if "reject" in last.values():
        expected = "rejected"
    elif yes and yes >= rules.required:
        expected = "approved"
    else:
        expected = "awaiting" if rules.required else "not_required"
    assert state_of(made, rules, author) == expected


@dataclass
class Told:
    """What a careful clerk would know: the bundle of the newest run, and each person's last word on each bundle."""

    bundle: str = ""
    runs: list[tuple[str, str]] = field(default_factory=list)
    words: dict[str, dict[str, str]] = field(default_factory=dict)


class Reviewing(RuleBasedStateMachine):
    """Any order of runs, approvals, overrides and rejections: the review is what the clerk would say."""

    @initialize(required=st.integers(1, 2), separate=st.booleans())
    def begin(self, required: int, separate: bool) -> None:
        self.folder = tempfile.TemporaryDirectory()
        folder = Path(self.folder.name)
        self.project = reviewed(folder, required=required, separate=separate, reviewers=("Ada", "Kim"))
        self.ledger, self.told = ledger_in(folder), Told()
        self.context: Context | None = None

    @rule(evidence=st.sampled_from(["e1", "e2"]))
    def run(self, evidence: str) -> None:
        name = f"run{len(self.told.runs):04d}"
        self.context = begun(self.ledger, self.project, name, evidence=evidence)
        self.told.bundle = str(self.context.properties["bundle"])
        self.told.runs.append((name, self.told.bundle))

    @precondition(lambda self: self.context is not None)
    @rule(by=st.sampled_from(PEOPLE), kind=st.sampled_from(["approve", "reject"]), override=st.booleans())
    def answer(self, by: str, kind: str, override: bool) -> None:
        name, signed = self.told.runs[-1]
        words = self.told.words.setdefault(signed, {})
        before = words.get(by)
        allowed = by != "Grace" and not (by == "Kim" and kind == "approve" and self.project.review.separate)
        refused = (
            (before == kind)
            or (kind == "reject" and (override or not allowed))
            or (kind == "approve" and not allowed and not override)
        )
        try:
            decide(self.project, self.ledger, name, kind=kind, by=by, reason="x", override=override, now=NOW)  # type: ignore[arg-type]
        except SterlingError:
            assert refused
            return
        assert not refused
        words[by] = kind

    @invariant()
    def stands(self) -> None:
        if getattr(self, "context", None) is None:
            return
        assert self.context is not None
        words = self.told.words.get(self.told.bundle, {})
        review = review_of(self.project, self.ledger, self.context)
        if "reject" in words.values():
            expected = "rejected"
        elif len(words) >= self.project.review.required:
            expected = "approved"
        else:
            signed = any(d.kind != "reject" for d in review.earlier)
            expected = "stale" if signed and not words else "awaiting"
        assert review.state == expected
        assert bool(review.stale) == (
            expected in ("stale", "awaiting") and any(d.kind != "reject" for d in review.earlier)
        )
        newest = self.ledger.context(self.told.runs[-1][0])
        assert newest is not None
        if words:
            assert newest.properties["state"] in (run_state(review.state), "awaiting_review")

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.ledger.close()  # type: ignore[attr-defined]
            self.folder.cleanup()


TestReviewing = Reviewing.TestCase
TestReviewing.settings = settings(
    max_examples=15, stateful_step_count=12, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
