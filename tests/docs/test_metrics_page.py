"""docs/metrics.md says what the registry says."""

from __future__ import annotations

import re
from types import ModuleType

import pytest

from docs.write_metrics import HEAD, PAGE, page
from sterling.core.metrics import resolve_metric
from sterling.quality.multiclass import metrics as multiclass
from sterling.quality.multilabel import measured as multilabel
from sterling.report.sentences import term


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python docs/write_metrics.py"


@pytest.mark.parametrize("task", [multiclass, multilabel], ids=["multiclass", "multilabel"])
def test_the_page_names_what_every_table_holds_of_single_classes(task: ModuleType) -> None:
    said = re.search(r"at most (\d+), (.*), and `--metrics all` holds no others", " ".join(HEAD.split()))
    assert said is not None
    names = [*task.OF_EACH, *task.OF_EACH_SCORE]
    assert int(said[1]) == task.MOST_LISTED
    assert set(re.split(", | and ", said[2])) == {term(resolve_metric(name).info) for name in names}
