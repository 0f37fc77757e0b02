"""Every registered metric, whatever its task: importing this file registers them, and loads nothing heavy."""

from __future__ import annotations

from sterling.core import metrics as _binary
from sterling.data import infos as _data
from sterling.quality.detection import infos as _detection
from sterling.quality.multiclass import infos as _multiclass
from sterling.quality.multilabel import infos as _multilabel
from sterling.quality.ranking import infos as _ranking
from sterling.quality.regression import infos as _regression
from sterling.quality.segmentation import infos as _segmentation
from sterling.quality.sets import infos as _sets
from sterling.quality.text import infos as _text

REGISTERED = (
    _binary, _data, _detection, _multiclass, _multilabel, _ranking, _regression, _segmentation, _sets, _text,
)  # fmt: skip
