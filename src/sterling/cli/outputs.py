"""Everything a run writes: drawn up in memory first, then each file put in place at once."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sterling.cli.interrupt import writing
from sterling.cli.wanted import Wanted
from sterling.core.files import write_atomic

if TYPE_CHECKING:
    from sterling.core.judge import Judgement
    from sterling.core.run import Run


def write_outputs(wanted: Wanted, run: Run, judgement: Judgement) -> tuple[tuple[str, Path], ...]:
    """Write what was asked for; returns each option with its path.

    Raises InputError when a file cannot be written. Nothing is written unless all of it could be drawn up.
    """
    contents = [(option, path, _content(option, wanted, run, judgement)) for option, path in wanted.files]
    with writing():
        for _, path, content in contents:
            write_atomic(path, content)
    return wanted.files


def write_stopped(
    wanted: Wanted, brief: Mapping[str, object], problems: Sequence[str], *, title: str, exit_code: int
) -> None:
    """As `write_outputs`, for a run that broken promises about the data stopped: nothing was measured.

    `brief` is what the JSON file holds. `wanted.policy` is the project file. Raises InputError as `write_outputs`.
    """
    contents = [(path, _stopped(option, wanted, brief, problems, title, exit_code)) for option, path in wanted.files]
    with writing():
        for path, content in contents:
            write_atomic(path, content)


def _stopped(
    option: str, wanted: Wanted, brief: Mapping[str, object], problems: Sequence[str], title: str, exit_code: int
) -> bytes:
    from sterling import __version__
    from sterling.report.exports.place import project_root
    from sterling.report.exports.stopped import stopped_junit, stopped_sarif

    assert wanted.policy is not None
    file, root = wanted.policy, project_root()
    if option == "--junit":
        return stopped_junit(problems, title=title, file=file, root=root)
    if option == "--sarif":
        brief = stopped_sarif(problems, version=__version__, exit_code=exit_code, file=file, root=root)
    return encoded(json.dumps(brief, ensure_ascii=False, allow_nan=False, indent=2) + "\n")


def json_text(run: Run, judgement: Judgement) -> str:
    """The JSON contract: one line for each record of its lists, so that it can be searched and compared by line."""
    return _by_line(run.wiring.wire(run, judgement))


def _content(option: str, wanted: Wanted, run: Run, judgement: Judgement) -> bytes:
    from sterling.report.exports.place import project_root

    match option:
        case "--report":
            return run.wiring.page(run, judgement).encode()
        case "--json":
            return encoded(json_text(run, judgement))
        case "--junit":
            from sterling.report.exports.junit import junit

            return junit(run, judgement, policy=wanted.policy, root=project_root())
        case "--sarif":
            from sterling.report.exports.sarif import sarif

            # GitHub shows every result as an alert, whatever its kind: limits that are met are only counted there.
            met = os.environ.get("GITHUB_ACTIONS") != "true"
            document = sarif(run, judgement, policy=wanted.policy, root=project_root(), met=met)
            return encoded(json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2) + "\n")
        case _:
            raise ValueError(option)


def encoded(text: str) -> bytes:
    """UTF-8; half characters, which only a command line can hold, become JSON escapes."""
    return text.encode("utf-8", "backslashreplace")


def _by_line(value: Mapping[str, object]) -> str:
    out = ["{\n"]
    for i, (key, item) in enumerate(value.items()):
        comma = "," if i < len(value) - 1 else ""
        if isinstance(item, list) and item and all(isinstance(part, dict) for part in item):
            rows = ",\n".join(f"    {_compact(part)}" for part in item)
            out.append(f"  {_compact(key)}: [\n{rows}\n  ]{comma}\n")
        else:
            out.append(f"  {_compact(key)}: {_compact(item)}{comma}\n")
    return "".join([*out, "}\n"])


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(", ", ": "))
