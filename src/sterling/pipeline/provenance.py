"""What a run was made of and with: everything that differs between equal runs."""

from __future__ import annotations

import datetime as dt
import platform
import re
from collections.abc import Sequence

from sterling.core.run import DataFile, Provenance


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


def title_of(name: str) -> str:
    """A file's name without folders and ending: a report is sent to people who need not know where the file lay."""
    parts = [part for part in re.split(r"[/\\]", name) if part and not re.search(r"[*?\[]", part)]
    return (parts and re.sub(r"\.\w{2,8}$", "", parts[-1])) or name
