"""What a run was made of and with: everything that differs between equal runs."""

from __future__ import annotations

import datetime as dt
import platform
import re
from collections.abc import Sequence

from sterling.core.errors import shown
from sterling.core.roles import Roles
from sterling.core.run import DataFile, Provenance

NAMED = 2
"""So many models are named in a title; more are counted."""


def provenance(files: Sequence[DataFile], *, command: str | None) -> Provenance:
    """Now, these files, this version of Sterling and of the libraries that count."""
    import numpy as np
    import polars as pl

    from sterling import __version__

    return Provenance(
        created=dt.datetime.now(dt.UTC).replace(microsecond=0),
        files=tuple(files),
        version=__version__,
        command=command,
        environment={
            "python": platform.python_version(),
            "system": platform.system(),
            "machine": platform.machine(),
            "polars": pl.__version__,
            "numpy": np.__version__,
        },
    )


def title_of(roles: Roles, name: str) -> str:
    """What a report is called when nobody named it: `Evaluation of p on loans.csv against approved`, or of a table.

    Of the file its name alone: a report is sent to people who need not know where the file lay.
    """
    file = shown(_file(name))
    if not roles.models:
        return f"Profile of {file}"
    models = [shown(m.name) for m in roles.models]
    of = " and ".join(models) if len(models) <= NAMED else f"{len(models)} models"
    against = f" against {shown(roles.label)}" if roles.label is not None else ""
    return f"Evaluation of {of} on {file}{against}"


def _file(name: str) -> str:
    parts = [part for part in re.split(r"[/\\]", name) if part and not re.search(r"[*?\[]", part)]
    return parts[-1] if parts else name
