"""DA011: does the table keep what its schema promises?"""

from __future__ import annotations

from sterling.core.data.about import AboutData
from sterling.core.data.anomalies import Anomalies, Severity
from sterling.core.evidence import Answer, Finding, Side
from sterling.core.metrics import DATA_METRICS
from sterling.core.registry import check
from sterling.core.slices import EVERYONE
from sterling.data.schema.checking import hold, schema_at
from sterling.engine.table import TableAccess

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@check(
    code="DA011",
    name="anomalies",
    title="Anomalies",
    question="Does the table keep what its schema promises?",
    needs=("table",),
    when=("profile",),
    pitfalls=(
        "A schema tells what was usual, not what is right: a table may keep every promise and still be wrong.",
        "Promises inferred from one table carry over what was wrong with it.",
    ),
    hints=("See the rows behind an anomaly: sterling schema check FILE --embed rows.",),
)
def anomalies(
    access: TableAccess, *, schema: str | None = None, environment: str | None = None, ignore: tuple[str, ...] = ()
) -> Answer:
    """Every promise of the schema at the path `schema` that the table breaks, in one pass over the rows.

    Columns in `ignore` are left out: a project drops them.

    Not applicable without a schema. Raises ConfigError for one that cannot be read, and for an environment that it does
    not name.
    """
    if schema is None:
        return Answer(outcome="not_applicable", reason="no schema was given")
    return answer_of(hold(schema_at(access.located(schema), environment, ignore=ignore), access, environment), access)


def answer_of(found: Anomalies, access: TableAccess) -> Answer:
    """What was found when a schema was held against a table, as the answer to the question."""
    return Answer(
        about=AboutData(anomalies=found), findings=tuple(_finding(found, s, access) for s in SEVERITIES),
        notes=_notes(found), method="every row counted; nothing is estimated",
    )  # fmt: skip


def _finding(found: Anomalies, severity: Severity, access: TableAccess) -> Finding:
    """How many anomalies of a severity there are: counted, so both ends of its interval are the count."""
    value = float(len(found.of(severity)))
    side = Side(slice=EVERYONE, value=value, n=access.rows, n_eligible=access.rows, n_effective=float(access.rows))
    return Finding(
        metric=DATA_METRICS[f"anomaly_{severity}s"].info, kind="highest", family=(), threshold=None, first=side,
        second=None, value=value, low=value, high=value, level=access.level, groups_compared=1, method="counted",
    )  # fmt: skip


def _notes(found: Anomalies) -> tuple[str, ...]:
    told = f"{found.checked:,} promises were held against the table"
    return (told, *found.unchecked)
