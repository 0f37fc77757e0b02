"""Compiled loops laid out in memory by a few lines of our own: loading LLVM for it takes as long as counting rows.

Only what those loops need is known: an object file for Linux on x86-64 whose parts find each other by distance. Other
object files are left to LLVM. Memory is written to first and made executable then, never both at once.
Sources: ELF-64 object file format; System V ABI, AMD64 supplement, relocation types.
"""

from __future__ import annotations

import ctypes
import mmap
import struct
import sys
from collections.abc import Callable

import numpy as np

_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_SECTION = struct.Struct("<IIQQQQIIQQ")
_SYMBOL = struct.Struct("<IBBHQQ")
_RELOCATION = struct.Struct("<QQq")
_ELF_64 = b"\x7fELF\x02\x01"
_X86_64 = 62
_PROGRAM, _SYMBOLS, _RELOCATIONS = 1, 2, 4
_ALLOCATED, _WRITABLE = 2, 1
_BY_DISTANCE = (2, 4)
_READ_AND_RUN = 1 | 4


def laid_out(code: bytes) -> Callable[[str], int] | None:
    """The address of each function of an object file, by name; the memory lives as long as what is returned.

    None for anything that is not known here, or where memory may not be made executable.
    """
    if sys.platform != "linux" or code[:6] != _ELF_64:
        return None
    found = _linked(code)
    if found is None:
        return None
    image, functions = found
    memory = mmap.mmap(-1, len(image))
    memory.write(image)
    start = int(np.frombuffer(memory, dtype=np.uint8).ctypes.data)
    protect = ctypes.CDLL(None).mprotect
    protect.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    if protect(start, len(image), _READ_AND_RUN):
        return None

    def address(name: str) -> int:
        assert not memory.closed  # held by this function, and so by whoever calls into it
        return start + functions[name]

    return address


def _linked(code: bytes) -> tuple[bytes, dict[str, int]] | None:
    """The parts that are loaded, one after the other, with their distances written in; and where each name begins."""
    header = _HEADER.unpack_from(code)
    machine, table, count, names = header[2], header[6], header[12], header[13]
    if machine != _X86_64:
        return None
    sections = [_SECTION.unpack_from(code, table + k * _SECTION.size) for k in range(count)]
    place: dict[int, int] = {}
    image = bytearray()
    for k, (name, kind, flags, _, offset, size, _, _, align, _) in enumerate(sections):
        unwinding = _text(code, sections[names][4] + name) == ".eh_frame"  # nothing in a loop is raised
        if kind == _PROGRAM and flags & _ALLOCATED and not flags & _WRITABLE and not unwinding:
            image += bytes(-len(image) % max(align, 1))
            place[k] = len(image)
            image += code[offset : offset + size]
    (symbols,) = [s for s in sections if s[1] == _SYMBOLS]
    rows = list(_SYMBOL.iter_unpack(code[symbols[4] : symbols[4] + symbols[5]]))
    for _, kind, _, _, offset, size, _, target, _, _ in sections:
        if kind != _RELOCATIONS or target not in place:
            continue
        for at, info, addend in _RELOCATION.iter_unpack(code[offset : offset + size]):
            _, _, _, home, value, _ = rows[info >> 32]
            if info & 0xFFFFFFFF not in _BY_DISTANCE or home not in place:
                return None
            here = place[target] + at
            struct.pack_into("<i", image, here, place[home] + value + addend - here)
    texts = sections[symbols[6]][4]
    return bytes(image), {_text(code, texts + s[0]): place[s[3]] + s[4] for s in rows if s[0] and s[3] in place}


def _text(code: bytes, start: int) -> str:
    return code[start : code.index(b"\0", start)].decode()
