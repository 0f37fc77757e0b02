"""Printing lists on stdout: the verbs that only tell what there is."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from sterling.cli.terminal import Terminal


def print_lines(lines: Sequence[str]) -> None:
    """Lines as they are, in characters that the terminal can show. Raises BrokenPipeError when nobody reads on."""
    Terminal.of(sys.stdout).write(list(lines))


def print_json(records: Sequence[dict[str, object]] | dict[str, object]) -> None:
    """Records as a JSON list, or one as a JSON object."""
    import json

    sys.stdout.buffer.write(json.dumps(records, ensure_ascii=False, indent=2).encode() + b"\n")
    sys.stdout.buffer.flush()
