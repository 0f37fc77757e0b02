"""On which line of a TOML file each table and key is written. Reading the values is the business of `toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

Where = tuple[str | int, ...]
"""A place in a document: `("limit", 0, "metric")` is the key `metric` of the first `[[limit]]`."""

_PART = r"""[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*'"""
_DOTTED = rf"(?:{_PART})(?:\s*\.\s*(?:{_PART}))*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_DOTTED})\s*\]")
_KEY = re.compile(rf"\s*({_DOTTED})\s*=")
_TOKEN = re.compile(r'"""|\'\'\'|"(?:[^"\\]|\\.)*"|\'[^\']*\'|[][{}#]')


def places(text: str) -> Iterator[tuple[Where, int]]:
    """The line of every table header and of every key that begins a line, each where it is first written."""
    seen: set[Where] = set()
    counts: dict[Where, int] = {}
    table: Where = ()
    for number, line in _statements(text):
        header = _HEADER.match(line)
        if header:
            table = _header(_parts(header[2]), counts, is_list=header[1] == "[[")
            places = [table[:length] for length in range(1, len(table) + 1)]
        else:
            key = _KEY.match(line)
            parts = _parts(key[1]) if key else ()
            places = [(*table, *parts[:length]) for length in range(1, len(parts) + 1)]
        for place in places:
            if place not in seen:
                seen.add(place)
                yield place, number


def _header(parts: tuple[str, ...], counts: dict[Where, int], *, is_list: bool) -> Where:
    """The place of a header. Names of lists of tables stand for their latest table."""
    place: Where = ()
    for i, part in enumerate(parts):
        place = (*place, part)
        if is_list and i == len(parts) - 1:
            counts[place] = counts.get(place, -1) + 1
        if place in counts:
            place = (*place, counts[place])
    return place


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(_plain(part) for part in re.findall(_PART, dotted))


def _plain(part: str) -> str:
    """A key as it is, whether it was written bare or quoted."""
    if part.startswith("'"):
        return part[1:-1]
    return str(tomllib.loads(f"key = {part}")["key"]) if part.startswith('"') else part


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Lines that begin a header or a key, with their numbers: not those inside long texts and lists."""
    closing, depth = "", 0
    for number, line in enumerate(text.split("\n"), start=1):
        if not closing and depth == 0:
            yield number, line
        start = 0
        header = _HEADER.match(line) if not closing and depth == 0 else None
        if header:
            continue
        while True:
            if closing:
                end = line.find(closing, start)
                if end < 0:
                    break
                start, closing = end + len(closing), ""
            token = _TOKEN.search(line, start)
            if token is None or token[0] == "#":
                break
            start = token.end()
            if token[0] in ('"""', "'''"):
                closing = token[0]
            elif token[0] in "[{":
                depth += 1
            elif token[0] in "]}":
                depth = max(0, depth - 1)
