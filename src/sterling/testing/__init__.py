"""For those who extend Sterling: does my model, or my check, keep its promises?

    from sterling.testing import check_model, check_check, worlds, strategies

`check_model` holds a model adapter to what every consumer of scores relies on. `check_check` runs a check in worlds
with a planted effect, where it must fire, and in worlds without one, where it must stay as quiet as promised. `worlds`
makes tables whose true rates are known; `strategies` makes hostile ones for hypothesis.
"""

from sterling.testing.checks import CheckReport, PromiseError, check_check
from sterling.testing.models import ModelReport, NonconformingError, check_model

__all__ = ["CheckReport", "ModelReport", "NonconformingError", "PromiseError", "check_check", "check_model"]
