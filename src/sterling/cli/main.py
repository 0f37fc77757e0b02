"""`sterling`: turns whatever happens into one message and an exit code.

Nothing heavy is imported at the top: an interrupt is one message from the first moment on.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    0 within limits or no limits given; 1 over a limit; 2 input or configuration that cannot be used; 3 undecided;
    4 a mistake of Sterling's own; 130 interrupted.
    """
    return _flushed(_run(list(sys.argv[1:] if argv is None else argv)))


def _run(words: list[str]) -> int:
    try:
        from sterling.cli.program import carry_out

        return carry_out(words)
    except BrokenPipeError:
        return 0
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001 the one place where every failure becomes a message
        from sterling.cli.complaints import explain

        return explain(error, debug="--debug" in words)


def _flushed(code: int) -> int:
    """Flush now: at interpreter exit a reader that has gone away could only be complained about."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return code


def script() -> int:
    """The command as it is installed. Nearly all that it makes lives till it ends, so garbage is seldom looked for.

    NumPy's threads of linear algebra sleep while they have nothing to do, where they would keep a core busy for a tenth
    of a second after they have been made.
    """
    os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")
    gc.set_threshold(100_000)
    code = main()
    if "_duckdb" not in sys.modules:  # it lists, line by line, what the end of the process did not collect
        gc.freeze()
    return code


if __name__ == "__main__":
    sys.exit(script())
