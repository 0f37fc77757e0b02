"""Numbers of a table that a limit can speak of. Importing this file registers them, and loads nothing heavy."""

from __future__ import annotations

from sterling.data.anonymity import infos as _anonymity
from sterling.data.drift import infos as _drift
from sterling.data.leaks import infos as _leaks
from sterling.data.people import infos as _people
from sterling.data.personal import infos as _personal
from sterling.data.schema import infos as _schema
from sterling.data.statistics import infos as _statistics
from sterling.data.terms import infos as _terms

REGISTERED = (_anonymity, _drift, _leaks, _people, _personal, _schema, _statistics, _terms)
