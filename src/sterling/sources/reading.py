"""What reading libraries complain about, in words a person can act on. No message repeats a data value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sterling.core.errors import InputError, MissingExtra, SterlingError, shown

LATIN_HINT = "save it as UTF-8, for example: iconv -f WINDOWS-1252 -t UTF-8 old.csv > new.csv"
_COLUMN = re.compile(r"(?:at|in|for) column '(?P<name>[^'\n]*)'")
_FIELD = re.compile(r"as dtype `(?P<kind>[a-z0-9]+)`")
_FAR = re.compile(r"object-store error|error sending request for url")
_REFUSED = re.compile(
    r"\b40[13]\b|lacked the necessary privileges|169\.254\.169\.254|token request|[Cc]redential|must be specified"
)  # fmt: skip
_KEYS = {
    "s3": "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION", "gs": "GOOGLE_APPLICATION_CREDENTIALS",
    "az": "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
}  # fmt: skip
_KIND_WORDS = {"i": "whole numbers", "u": "whole numbers", "f": "numbers", "b": "true or false", "s": "text"}


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Run code that reads the table called `name`; what the reading libraries raise becomes InputError.

    Lazy tables fail when they are collected, so every collect belongs inside.
    """
    import polars as pl

    try:
        yield
    except SterlingError:
        raise
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, MemoryError) as error:
        raise translate(error, name) from error


def translate(error: BaseException, name: str) -> SterlingError:
    """The InputError that says what `error` means for the table called `name`.

    A SterlingError is returned as it is. Foreign text is never passed on: it may hold values of people.
    """
    import polars as pl

    if isinstance(error, SterlingError):
        return error
    if _FAR.search(str(error)):
        return _far(error, str(error), name)
    if isinstance(error, OSError) and not isinstance(error, pl.exceptions.PolarsError):
        return _system(error, name)
    if isinstance(error, MemoryError):
        return InputError("there is not enough memory to read the table", where=name, hint="give a Parquet file")
    if isinstance(error, ImportError):
        return MissingExtra(
            "reading this table needs the library pyarrow", where=name, hint="pip install 'sterling[arrow]'"
        )
    if isinstance(error, pl.exceptions.NoDataError):
        return InputError("the file is empty", where=name, hint="export the table again")
    if isinstance(error, pl.exceptions.PanicException):
        return _corrupt(name)
    return _by_message(error, str(error), name)


def no_rows(name: str) -> InputError:
    """The error for a table with columns and no rows."""
    return InputError(
        "the table has no rows",
        where=name,
        expected="at least one row",
        hint="check the export or the filter before it",
    )


def no_patterns(columns: Iterable[str], name: str) -> None:
    """Refuse columns whose names stand for other columns in Polars: `*`, and `^…$`, which is read as a pattern.

    A question to such a column would be answered with the values of others.
    """
    for column in columns:
        if column == "*" or (column.startswith("^") and column.endswith("$")):
            raise InputError(
                f"a column is named {shown(column)!r}, which reads as a pattern of column names", where=name,
                expected="a name other than * and not between ^ and $", hint="rename the column",
            )  # fmt: skip


def _system(error: OSError, name: str) -> InputError:
    if isinstance(error, FileNotFoundError):
        return InputError("there is no such file or folder", where=name, hint="check the path")
    if isinstance(error, PermissionError):
        return InputError("the file may not be read", where=name, hint="check its permissions")
    if error.errno is None:
        return _corrupt(name)
    return InputError(f"the file cannot be read: {error.strerror}", where=name, hint="copy it elsewhere, and try again")


def _far(error: BaseException, text: str, name: str) -> InputError:
    """What a store says, in our words: its own may hold addresses with signatures."""
    if isinstance(error, FileNotFoundError):
        return InputError("there is nothing at this address", where=name, hint="check bucket and path")
    if _REFUSED.search(text):
        keys = next((words for scheme, words in _KEYS.items() if name.startswith(scheme)), "")
        return InputError(
            "the store does not let this be read", where=name, expected="credentials that may read it",
            hint=f"set {keys} in the environment" if keys else "use an address that may be read without signing in",
        )  # fmt: skip
    return InputError("the address cannot be read", where=name, hint="check the address and the network")


def _corrupt(name: str) -> InputError:
    from sterling.sources.columnar import damaged_of

    return InputError(
        "the file is damaged or cut short", where=damaged_of(name) or name,
        hint="copy or export it again and compare the sizes",
    )  # fmt: skip


def _by_message(error: BaseException, text: str, name: str) -> InputError:
    low = text.lower()
    column = _COLUMN.search(text)
    place = f"column {shown(column['name'])!r}" if column else "a column"
    if "utf-8" in low or "utf8" in low:
        return InputError("the text is not UTF-8", where=name, hint=LATIN_HINT)
    if "could not parse" in low:
        field = _FIELD.search(text)
        kind = _KIND_WORDS.get(field["kind"][0], "one kind of value") if field else "one kind of value"
        return InputError(
            f"{place} holds a value that does not fit the others", where=name, expected=kind,
            hint="make the column all numbers or all text, or give a Parquet file",
        )  # fmt: skip
    if "more fields than" in low or "malformed" in low or "ragged" in low:
        return InputError("a line has more or fewer fields than the header", where=name, hint="export the table again")
    if "conversion from" in low:
        return InputError(f"{place} holds a value of the wrong kind", where=name, expected="numbers",
                          hint="make the column all numbers or all text, or give a Parquet file")  # fmt: skip
    if any(
        word in low
        for word in ("out of specification", "out-of-spec", "outofspec", "parquet", "ipc", "decompress", "zstd")
    ):
        return _corrupt(name)
    return InputError(
        f"the table cannot be read ({type(error).__name__})", where=name, hint="export it again, best as a Parquet file"
    )
