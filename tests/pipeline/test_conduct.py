"""Runs as a whole: what is done again after which change, and how a run that goes wrong is recorded."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import polars as pl
import pytest

from sterling.core.errors import ConfigError, InputError
from sterling.core.project_file import read_project
from sterling.ledger.verify import verify
from sterling.pipeline.conduct import run_project
from sterling.pipeline.decisions import decide
from sterling.pipeline.execution import Ended
from sterling.pipeline.step import Step
from tests.pipeline.small import (
    GIVEN,
    TRAINED,
    artifacts,
    carried_out,
    copied,
    digests,
    edited,
    ledger_of,
    people,
    steps_done,
    write,
)

TEXT = TRAINED + "\n[split]\nseed = 0\n\n[alternatives]\nbudget = 1\n\n[plan]\nthresholds = 0.5\n"
READS_TABLE = {"validate", "split", "train", "keys", "score", "predictions", "evaluate", "judge", "alternatives"}
ALL = {"ingest"} | READS_TABLE


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that trains and searches, run once. Not to be changed."""
    folder = write(tmp_path_factory.mktemp("conduct") / "made", TEXT, people(700))
    (folder / "scope.toml").write_text('purpose = "To see."\n', encoding="utf-8")
    assert steps_done(folder, carried_out(folder).run) == ALL
    return folder


def in_file(old: str, new: str) -> Callable[[Path], None]:
    return lambda folder: edited(folder, (old, new))


def other_bytes(folder: Path) -> None:
    pl.read_parquet(folder / "people.parquet").reverse().write_parquet(folder / "people.parquet")


def other_rows(folder: Path) -> None:
    people(710).write_parquet(folder / "people.parquet")


def other_scope(folder: Path) -> None:
    (folder / "scope.toml").write_text('purpose = "To understand."\n', encoding="utf-8")


WAIVER = '\n[[waiver]]\nlimit = "alike"\nowner = "Olu"\nreason = "known"\nexpires = 2999-01-01\n'
CHANGES: dict[str, tuple[Callable[[Path], None], set[str]]] = {
    "nothing": (lambda folder: None, set()),
    "a comment": (lambda folder: edited(folder, more="\n# a comment\n"), set()),
    "the scope": (other_scope, set()),
    "the same rows in other bytes": (other_bytes, {"ingest"}),
    "other rows": (other_rows, ALL),
    "a column less": (in_file('id = "id"', 'id = "id"\ndrop = ["p"]'), ALL - {"judge"}),
    "what is positive": (in_file("positive = 1", "positive = 0"), ALL - {"ingest", "split", "keys"}),
    "the seed of the split": (in_file("seed = 0", "seed = 1"), {"split", "train", "keys", "score", "alternatives"}),
    "a parameter of the recipe": (
        in_file("folds = 2", "folds = 2\nparameters = { C = 0.5 }"),
        {"train", "score", "predictions", "evaluate", "judge", "alternatives"},
    ),
    "a limit": (in_file("max_gap = 0.1", "max_gap = 0.2"), {"judge"}),
    "a limit's name": (in_file('"alike"', '"treated alike"'), {"judge"}),
    "a threshold": (in_file("thresholds = 0.5", "thresholds = 0.4"), {"evaluate", "judge", "alternatives"}),
    "a waiver": (lambda folder: edited(folder, more=WAIVER), {"judge"}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_only_what_depends_on_a_change_is_done_again(made: Path, tmp_path: Path, change: str) -> None:
    folder = copied(made, tmp_path)
    act, expected = CHANGES[change]
    act(folder)
    assert steps_done(folder, carried_out(folder).run) == expected


def test_fresh_does_everything_and_comes_to_the_same(made: Path, tmp_path: Path) -> None:
    folder = copied(made, tmp_path)
    with ledger_of(folder) as ledger:
        first = ledger.contexts("run")[0].id
    run = carried_out(folder, fresh=True).run
    assert steps_done(folder, run) == ALL
    assert digests(folder, run) == digests(folder, first)


@pytest.mark.parametrize("role", ["table", "model", "evidence"])
def test_edited_bytes_are_noticed_and_made_again(made: Path, tmp_path: Path, role: str) -> None:
    folder = copied(made, tmp_path)
    with ledger_of(folder) as ledger:
        first = ledger.contexts("run")[0].id
        artifact = artifacts(folder, first)[role]
        path = ledger.path(artifact.digest)
        path.chmod(0o600)
        path.write_bytes(path.read_bytes() + b"x")
        found = verify(ledger)
        assert not found.ok
        assert artifact.digest.removeprefix("sha256:")[:12] in str(found)
        maker = next(
            e.step
            for e in ledger.executions(run=first)
            if any(v.role == role and v.direction == "output" for v in ledger.events(execution=e.id))
        )
    run = carried_out(folder).run
    assert steps_done(folder, run) == {maker}
    assert digests(folder, run) == digests(folder, first)
    with ledger_of(folder) as ledger:
        assert verify(ledger).ok


class Breaking:
    """A watcher that breaks off when a step has ended."""

    def __init__(self, step: str, error: BaseException) -> None:
        self.step, self.error = step, error

    def began(self, step: Step) -> None:
        """Steps may begin."""

    def progressed(self, step: Step, done: int, total: int | None) -> None:
        """Progress is of no account."""

    def ended(self, ended: Ended) -> None:
        if ended.step.name == self.step:
            raise self.error


@pytest.mark.parametrize(
    ("error", "state"), [(KeyboardInterrupt(), "interrupted"), (ValueError("secret 17"), "failed")]
)
def test_how_a_run_that_breaks_off_is_recorded(tmp_path: Path, error: BaseException, state: str) -> None:
    folder = write(tmp_path / "p", TRAINED)
    with ledger_of(folder) as ledger:
        with pytest.raises(type(error)):
            run_project(read_project(folder), ledger, watcher=Breaking("split", error))
        (context,) = ledger.contexts("run")
        assert context.properties["state"] == state
        assert "17" not in str(context.properties)
        assert not ledger.executions(state="running")
        assert verify(ledger).ok
    assert steps_done(folder, carried_out(folder).run) == ALL - {"ingest", "validate", "split", "alternatives"}


def test_a_failing_step_is_recorded_and_the_next_run_carries_on(tmp_path: Path) -> None:
    folder = write(tmp_path / "p", TRAINED.replace("positive = 1", "positive = 5"))
    with pytest.raises(InputError):
        carried_out(folder)
    with ledger_of(folder) as ledger:
        (context,) = ledger.contexts("run")
        assert context.properties["state"] == "failed"
        assert context.properties["reason"]
        assert [e.step for e in ledger.executions(state="failed")] == ["train"]
    edited(folder, ("positive = 5", "positive = 1"))
    assert "ingest" not in steps_done(folder, carried_out(folder).run)


def test_an_interrupt_does_not_wait_for_a_step_at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The step goes on in a thread of its own that keeps nothing from ending; what it makes is late and harmless."""
    import importlib

    begun, leave = threading.Event(), threading.Event()
    step = importlib.import_module("sterling.pipeline.steps.train")
    fit = step.fit

    def slow(*words: object, **more: object) -> object:
        begun.set()
        leave.wait(30)
        return fit(*words, **more)

    monkeypatch.setattr(step, "fit", slow)
    wait = importlib.import_module("sterling.pipeline.conduct").wait

    def interrupted(running: object, **how: object) -> object:
        if begun.wait(0.3):
            raise KeyboardInterrupt
        return wait(running, **how)

    monkeypatch.setattr("sterling.pipeline.conduct.wait", interrupted)
    folder = write(tmp_path / "p", TRAINED)
    with ledger_of(folder) as ledger:
        with pytest.raises(KeyboardInterrupt):
            run_project(read_project(folder), ledger)
        (context,) = ledger.contexts("run")
        assert context.properties["state"] == "interrupted"
        (canceled,) = ledger.executions(step="train")
        assert (canceled.state, canceled.properties["reason"]) == ("canceled", "interrupted")
        leave.set()
        for thread in threading.enumerate():
            if thread.name == "sterling-train":
                thread.join(30)
        assert verify(ledger).ok
    monkeypatch.undo()
    outcome = carried_out(folder)
    assert outcome.dossier is not None


def test_a_clock_that_goes_backwards(tmp_path: Path) -> None:
    moments = iter(dt.datetime(2026, 1, 2, tzinfo=dt.UTC) - dt.timedelta(minutes=i) for i in range(10_000))
    folder = write(tmp_path / "p", GIVEN)
    ended: list[Ended] = []

    class Counting(Breaking):
        def ended(self, e: Ended) -> None:  # type: ignore[override]
            ended.append(e)

    with ledger_of(folder) as ledger:
        watcher = Counting("", ValueError())
        for _ in range(2):
            outcome = run_project(read_project(folder), ledger, watcher=watcher, clock=lambda: next(moments))
            assert outcome.dossier is not None
        assert verify(ledger).ok
        assert [c.id for c in ledger.contexts("run")][-1] == outcome.run
    assert min(e.seconds for e in ended) == 0
    assert [e.cached for e in ended][-5:] == [True] * 5


def test_steps_at_midnight_are_judged_by_the_day_the_run_began(tmp_path: Path) -> None:
    """A waiver that ends today holds through the run."""
    moments = [dt.datetime(2026, 1, 1, 23, 59, 59, tzinfo=dt.UTC)]

    def clock() -> dt.datetime:
        moments.append(moments[-1] + dt.timedelta(seconds=1))
        return moments[-2]

    text = GIVEN.replace("max_gap = 0.1", "max_gap = 0.001") + WAIVER.replace("2999-01-01", "2026-01-01")
    folder = write(tmp_path / "p", text)
    with ledger_of(folder) as ledger:
        ledger_clock = run_project(read_project(folder), ledger, clock=clock)
        facts = artifacts(folder, ledger_clock.run)["verdicts"].properties
    assert ledger_clock.dossier is not None
    assert facts["exit_code"] == ledger_clock.dossier.judgement.exit_code == 0


def test_two_runs_at_once(made: Path, tmp_path: Path) -> None:
    from sterling.pipeline.lock import only_run

    folder = copied(made, tmp_path)
    with only_run(folder / ".sterling"), pytest.raises(ConfigError, match="another run of this project is at work"):
        carried_out(folder)


def test_a_decision_taken_while_reviewers_are_told_stands(tmp_path: Path) -> None:
    folder = tmp_path / "made"

    class Reviewer(BaseHTTPRequestHandler):
        """Approves before it has answered."""

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            project = read_project(folder)
            with ledger_of(folder) as ledger:
                run = ledger.contexts("run")[-1].id
                decide(
                    project, ledger, run, kind="approve", by="Ada", reason="read it", override=True,
                    now=dt.datetime.now(dt.UTC),
                )  # fmt: skip
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed."""

    with HTTPServer(("127.0.0.1", 0), Reviewer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        review = f'\n[review]\nrequired = 1\nnotify = ["json://127.0.0.1:{server.server_port}/"]\n'
        outcome = carried_out(write(folder, GIVEN + review))
        server.shutdown()
    assert outcome.notices == ()
    assert outcome.dossier is not None
    assert (outcome.state, outcome.dossier.review.state) == ("complete", "approved")
    assert outcome.exit_code == outcome.dossier.judgement.exit_code
    assert len(outcome.written) > 1, "the cards are drawn, for nobody is waited for"
    with ledger_of(folder) as ledger:
        context = ledger.context(outcome.run)
        assert context is not None
        assert context.ended is not None
        assert [d.by for d in ledger.decisions(run=outcome.run)] == ["Ada"]
        told = context.properties
        assert (told["state"], told["reviewers_told"]) == ("complete", True)
        assert told["exit_code"] == told["verdict_code"], "nobody is waited for any more"
