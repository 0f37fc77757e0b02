"""What was measured of a model that gives any of several labels: each label as a yes/no model, and all of them."""

from __future__ import annotations

from dataclasses import replace

from sterling.core.errors import ConfigError, near_miss, shown
from sterling.core.frozen import dataclass
from sterling.core.metrics import SCORE_METRICS, Metric, resolve_metric
from sterling.core.of_class import write_class
from sterling.core.rates import RATES, MetricInfo, Rate
from sterling.engine.binary.measured import BinaryMeasured
from sterling.engine.binary.quantities import binary_quantity
from sterling.engine.computing import compute
from sterling.engine.measured import Measured
from sterling.engine.quantity import Quantity
from sterling.quality.multiclass.infos import NEEDS_WEIGHTS
from sterling.quality.multilabel.whole import Whole

MOST_LISTED = 20
"""With more labels than this, the table of all metrics has none of single labels; a limit can still name them."""
OF_EACH = ("selection_rate", "prevalence", "true_positive_rate", "false_positive_rate", "precision", "f1")
OF_EACH_SCORE = ("auc", "calibration_in_the_large")


@dataclass(frozen=True, kw_only=True, eq=False)
class MultilabelMeasured(Measured):
    """Counts of one model. `alone`: each of the `classes` (labels) as a yes/no model.

    `pooled`: all labels as one yes/no model, whose rows count once for each label and come in clusters: the rows.
    `class_weights`: of each label, where they were given.
    """

    task = "multilabel"

    alone: dict[str, BinaryMeasured]
    pooled: BinaryMeasured
    whole: Whole
    by_row: bool
    class_weights: tuple[float, ...] = ()

    def quantity(self, metric: Metric) -> Quantity:
        of = metric.info.of
        if of is None:
            self.must_give(metric.info)
            return compute(self, metric)
        if of not in self.alone:
            raise ConfigError(
                f"there is no label {shown(of)!r}", expected="one of the labels", hint=near_miss(of, self.classes)
            )
        if isinstance(metric, Rate):
            return binary_quantity(self.alone[of], metric)
        assert metric.whole is not None
        return replace(self.alone[of].quantity(metric.whole), info=metric.info)

    def lacks(self, info: MetricInfo) -> str:
        if "multilabel" not in info.tasks:
            known = info.name.split(" where ")[0] in {*RATES, *SCORE_METRICS} and "binary" in info.tasks
            written = f"{info.name} of {write_class(self.classes[0])}"
            return f"{info.label} " + (
                f"is of one label: write which, for example {written}"
                if known
                else "is no metric of a multilabel model"
            )
        if info.name.startswith(NEEDS_WEIGHTS) and not self.class_weights:
            return f"{info.label} needs class weights, and none were given"
        if info.needs_score and self.model.kind == "prediction":
            return f"{info.label} needs probabilities, and only predictions were given"
        return ""

    def listed(self) -> tuple[Metric, ...]:
        if len(self.classes) > MOST_LISTED:
            return ()
        names = [*OF_EACH, *(OF_EACH_SCORE if self.model.kind != "prediction" else ())]
        return tuple(resolve_metric(f"{name} of {write_class(c)}") for name in names for c in self.classes)
