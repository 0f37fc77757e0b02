"""Coverage-guided fuzzing: `python -m tests.fuzz.harness TARGET [libFuzzer options]`.

TARGET is a reader (csv, tsv, parquet, arrow, arrows, data) or a grammar (rate, predicate, thresholds, policy). Anything
but a table or an InputError, an answer or a ConfigError, is a crash; libFuzzer writes the input that caused it.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["sterling"]):
    from tests.fuzz.feeds import GRAMMARS, feed_reader


def main() -> None:
    target = sys.argv.pop(1)

    def once(data: bytes) -> None:
        if target in GRAMMARS:
            GRAMMARS[target](data.decode("utf-8", "replace"))
        else:
            feed_reader(target, data)

    atheris.Setup(sys.argv, once)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
