"""Sterling: measure what a model does to people, with an interval on every number.

import sterling as st
run = st.evaluate("scores.csv", label="approve", score="p", groups=["race", "sex"])
run.save("report.html")
st.run_project("examples/lending")
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sterling.adapters import as_model as as_model
    from sterling.adapters.load import load_model as load_model
    from sterling.core.errors import ConfigError as ConfigError
    from sterling.core.errors import InputError as InputError
    from sterling.core.errors import LimitExceeded as LimitExceeded
    from sterling.core.errors import MissingExtra as MissingExtra
    from sterling.core.errors import SterlingError as SterlingError
    from sterling.core.estimate import Estimate as Estimate
    from sterling.core.evidence import Evidence as Evidence
    from sterling.core.evidence import Finding as Finding
    from sterling.core.judge import Judgement as Judgement
    from sterling.core.judge import Verdict as Verdict
    from sterling.core.model import Model as Model
    from sterling.core.own_metrics import metric as metric
    from sterling.core.plan import Ask as Ask
    from sterling.core.plan import Plan as Plan
    from sterling.core.plan import ask as ask
    from sterling.core.policy import Limit as Limit
    from sterling.core.policy import Policy as Policy
    from sterling.core.project import Project as Project
    from sterling.core.project_file import read_project as read_project
    from sterling.core.rates import Rate as Rate
    from sterling.core.rates import parse_rate as parse_rate
    from sterling.core.rates import register_rate as register_rate
    from sterling.core.registry import check as check
    from sterling.core.roles import Roles as Roles
    from sterling.core.run import Run as Run
    from sterling.core.slices import Slice as Slice
    from sterling.core.subject import Subject as Subject
    from sterling.ledger import open_ledger as open_ledger
    from sterling.pipeline.evaluate import evaluate as evaluate
    from sterling.pipeline.tables import compare as compare
    from sterling.pipeline.tables import profile as profile
    from sterling.projects import run_project as run_project

__version__ = "0.1.0"

_HOMES = {
    "as_model": "adapters", "load_model": "adapters.load", "ConfigError": "core.errors", "InputError": "core.errors",
    "LimitExceeded": "core.errors", "MissingExtra": "core.errors", "SterlingError": "core.errors",
    "Estimate": "core.estimate", "Evidence": "core.evidence", "Finding": "core.evidence", "Judgement": "core.judge",
    "Verdict": "core.judge", "Model": "core.model", "metric": "core.own_metrics", "Ask": "core.plan",
    "Plan": "core.plan", "ask": "core.plan",
    "Limit": "core.policy", "Policy": "core.policy", "Rate": "core.rates", "parse_rate": "core.rates",
    "register_rate": "core.rates", "check": "core.registry", "Roles": "core.roles", "Run": "core.run",
    "Slice": "core.slices", "Subject": "core.subject", "evaluate": "pipeline.evaluate", "profile": "pipeline.tables",
    "compare": "pipeline.tables", "Project": "core.project",
    "read_project": "core.project_file", "open_ledger": "ledger", "run_project": "projects",
}  # fmt: skip

__all__ = [*sorted(_HOMES), "__version__"]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used: importing sterling computes nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sterling' has no attribute {name!r}")
    loaded = importlib.import_module("sterling.core.loading").loaded
    if name in ("ask", "Plan"):
        loaded("pipeline.examine")  # registers the checks that an ask may name
    if name in ("Policy", "read_project", "metric"):
        loaded("pipeline.catalogue")  # registers the metrics that a limit may name, and one's own may not be called
    value = getattr(loaded(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
