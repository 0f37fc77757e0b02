"""What the terminal says of the threshold below which no class is named."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Cli, write_policy
from tests.quality.multiclass.tables import made

COLUMNS = ("--task", "multiclass", "--label", "y", "--score", "p_{class}", "--groups", "g", "--no-report")


def test_a_limit_alone_leaves_nobody_without_a_class_elsewhere(cli: Cli, folder: Path) -> None:
    made(600, ("a", "b", "c"), seed=3).write_csv(folder / "kinds.csv")
    policy = write_policy(folder, 'metric = "accuracy"\nmin = 0.1\nthreshold = 0.6')
    plain, limited, cut = (
        cli("evaluate", "kinds.csv", *COLUMNS, *more).out
        for more in ((), ("--policy", str(policy)), ("--thresholds", "0.6"))
    )
    assert "at a threshold of 0.6" in " ".join(limited.split())
    assert "or more" not in limited
    assert "Abstention" not in limited
    asked = [next(line for line in out.splitlines() if "with no limit set" in line) for out in (plain, limited)]
    counts = [int(line.split(" measured with no limit set")[0].split()[-1]) for line in asked]
    assert counts[0] == counts[1]
    assert "if that is 0.6 or more" in " ".join(cut.split())
    assert "Abstention" in cut
