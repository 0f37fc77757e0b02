"""Check digits of numbers that name people and accounts, for whole columns of candidates at once.

Every function takes a Series of texts that a pattern matched and returns which of them keep their rule, shape (n,).
Separators are ignored. Nothing here keeps, logs or shows a value.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

_ZERO, _A = ord("0"), ord("A")
_VERHOEFF_D = np.array(
    [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 4, 0, 6, 7, 8, 9, 5], [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
     [3, 4, 0, 1, 2, 8, 9, 5, 6, 7], [4, 0, 1, 2, 3, 9, 5, 6, 7, 8], [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
     [6, 5, 9, 8, 7, 1, 0, 4, 3, 2], [7, 6, 5, 9, 8, 2, 1, 0, 4, 3], [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
     [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]]
)  # fmt: skip
_VERHOEFF_P = np.array(
    [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 5, 7, 6, 2, 8, 3, 0, 9, 4], [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
     [8, 9, 1, 6, 0, 4, 3, 5, 2, 7], [9, 4, 5, 3, 1, 2, 6, 8, 7, 0], [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
     [2, 7, 9, 3, 8, 0, 6, 4, 1, 5], [7, 0, 4, 6, 9, 1, 3, 2, 5, 8]]
)  # fmt: skip
DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_ODD = dict(zip(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10,
     22, 25, 24, 23), strict=True,
))  # fmt: skip
_VIN = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9),
                strict=True))  # fmt: skip
_VIN_WEIGHTS = np.array([8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2])
IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28,
    "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
    "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22,
    "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20,
    "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15,
    "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24, "SI": 19,
    "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}  # fmt: skip
"""Lengths by country: ISO 13616, as registered."""


def packed(found: pl.Series) -> pl.Series:
    """Letters and digits alone, in capitals."""
    return found.str.replace_all(r"[^A-Za-z0-9]", "").str.to_uppercase()


def bytes_of(found: pl.Series, width: int) -> NDArray[np.uint8]:
    """ASCII codes, shape (n, width), 0 beyond a text's end; longer ones are cut."""
    padded = found.str.slice(0, width).str.pad_end(width, "\0").str.join("").item() if len(found) else ""
    return np.frombuffer(padded.encode("ascii", "replace"), dtype=np.uint8).reshape(-1, width)


def digits(found: pl.Series, width: int) -> Ints:
    """Digits of texts that have `width` of them, shape (n, width)."""
    return np.asarray(bytes_of(found, width).astype(np.int64) - _ZERO)


def _lengths(found: pl.Series) -> Ints:
    return found.str.len_bytes().to_numpy().astype(np.int64)


def card(found: pl.Series) -> Bools:
    """ISO/IEC 7812: a known issuer, its length, and the Luhn check (modulus 10, every second digit doubled)."""
    plain = packed(found)
    return luhn(plain) & issued(plain)


def issued(plain: pl.Series) -> Bools:
    """Whether the first digits and the length are those of a network that issues cards."""
    n = _lengths(plain)
    head = digits(plain.str.slice(0, 6).str.pad_end(6, "0"), 6) @ (10 ** np.arange(5, -1, -1))
    two, three, four = head // 10**4, head // 10**3, head // 10**2
    mastercard = ((two >= 51) & (two <= 55)) | ((four >= 2221) & (four <= 2720))
    discover = (four == 6011) | (two == 65) | ((three >= 644) & (three <= 649)) | (two == 62)
    sixteen = mastercard | discover | ((four >= 3528) & (four <= 3589))
    amex = (two == 34) | (two == 37)
    diners = ((three >= 300) & (three <= 305)) | (two == 36) | (two == 38)
    visa = (head // 10**5 == 4) & np.isin(n, (13, 16, 19))
    return np.asarray(visa | (sixteen & (n == 16)) | (amex & (n == 15)) | (diners & (n == 14)))


def luhn(plain: pl.Series) -> Bools:
    """ISO/IEC 7812-1, annex B. Not all digits the same."""
    width = 20
    values = bytes_of(plain.str.pad_start(width, "0"), width).astype(np.int64) - _ZERO
    doubled = values[:, -2::-2] * 2
    total = values[:, -1::-2].sum(axis=1) + np.where(doubled > 9, doubled - 9, doubled).sum(axis=1)
    return np.asarray((total % 10 == 0) & ~_one_digit(plain))


def _one_digit(plain: pl.Series) -> Bools:
    return np.asarray(plain.str.contains(r"^(?:0+|1+|2+|3+|4+|5+|6+|7+|8+|9+)$").to_numpy(), dtype=np.bool_)


def iban(found: pl.Series) -> Bools:
    """ISO 13616: the country's length and modulus 97. What follows in capitals is cut off."""
    plain = packed(found)
    lengths = plain.str.slice(0, 2).replace_strict(IBAN_LENGTHS, default=0, return_dtype=pl.Int64).to_numpy()
    there = (lengths > 0) & (_lengths(plain) >= lengths)
    codes = bytes_of(plain, 34).astype(np.int64)
    turned = np.concatenate([codes[:, 4:], codes[:, :4]], axis=1)
    place = np.concatenate([np.arange(4, 34), np.arange(4)])
    rest = np.zeros(len(codes), dtype=np.int64)
    for column in range(34):
        code = turned[:, column]
        value = np.where(code >= _A, code - _A + 10, code - _ZERO)
        used = place[column] < lengths
        rest = np.where(used, (rest * np.where(value > 9, 100, 10) + value) % 97, rest)
    return np.asarray(there & (rest == 1))


def us_ssn(found: pl.Series) -> Bools:
    """Numbers that are given out: no area 000, 666 or 900 up, no group 00, no serial 0000 (SSA, POMS RM 10201.035)."""
    d = digits(packed(found), 9)
    area, group, serial = d[:, :3] @ (100, 10, 1), d[:, 3:5] @ (10, 1), d[:, 5:] @ (1000, 100, 10, 1)
    shown = (area == 78) & (group == 5) & (serial == 1120) | (area == 123) & (group == 45) & (serial == 6789)
    return np.asarray((area > 0) & (area != 666) & (area < 900) & (group > 0) & (serial > 0) & ~shown)


def uk_nino(found: pl.Series) -> Bools:
    """Prefixes that are not given out are none (HMRC, NIM39110)."""
    return np.asarray(~packed(found).str.contains(r"^(?:BG|GB|NK|KN|TN|NT|ZZ)").to_numpy())


def de_tax_id(found: pl.Series) -> Bools:
    """ISO 7064 MOD 11,10; among the first ten digits exactly one occurs two or three times (§ 139b AO)."""
    d = digits(packed(found), 11)
    product = np.full(len(d), 10)
    for i in range(10):
        total = (d[:, i] + product) % 10
        product = np.where(total == 0, 10, total) * 2 % 11
    counts = (d[:, :10, None] == np.arange(10)).sum(axis=1)
    repeated = ((counts > 1).sum(axis=1) == 1) & (counts.max(axis=1) <= 3)
    return np.asarray((d[:, 0] > 0) & repeated & ((11 - product) % 10 == d[:, 10]))


def fr_nir(found: pl.Series) -> Bools:
    """Key 97 - n mod 97; Corsica's 2A and 2B count as 19 and 18 (INSEE)."""
    plain = packed(found).str.replace(r"^(.{5})2A", "${1}19").str.replace(r"^(.{5})2B", "${1}18")
    d = digits(plain, 15)
    number = d[:, :13] @ (10 ** np.arange(12, -1, -1))
    month = d[:, 3:5] @ (10, 1)
    known = ((month >= 1) & (month <= 12)) | ((month >= 20) & (month <= 42)) | (month >= 50)
    return np.asarray(known & np.isin(d[:, 0], (1, 2)) & (97 - number % 97 == d[:, 13:] @ (10, 1)))


def es_dni(found: pl.Series) -> Bools:
    """DNI and NIE: the letter of n mod 23, X, Y, Z counting as 0, 1, 2 (RD 1553/2005)."""
    plain = packed(found).str.replace("^X", "0").str.replace("^Y", "1").str.replace("^Z", "2")
    number = digits(plain, 8) @ (10 ** np.arange(7, -1, -1))
    letters = np.frombuffer(DNI_LETTERS.encode(), dtype=np.uint8)
    return np.asarray(letters[number % 23] == bytes_of(plain, 9)[:, 8])


def it_fiscal_code(found: pl.Series) -> Bools:
    """The check letter of fifteen characters, odd and even places weighed by tables (DM 23/12/1976)."""
    codes = bytes_of(packed(found), 16)
    odd, even = np.zeros(128, dtype=np.int64), np.zeros(128, dtype=np.int64)
    for c, v in _ODD.items():
        odd[ord(c)] = v
        even[ord(c)] = int(c, 36) if c.isdigit() else ord(c) - _A
    total = odd[codes[:, 0:15:2]].sum(axis=1) + even[codes[:, 1:15:2]].sum(axis=1)
    return np.asarray(total % 26 + _A == codes[:, 15])


def nl_bsn(found: pl.Series) -> Bools:
    """The eleven test: 9a + 8b + … + 2h - i is a multiple of 11 (RvIG)."""
    d = digits(packed(found), 9)
    return np.asarray(((d @ (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0) & (d.sum(axis=1) > 0))


def in_aadhaar(found: pl.Series) -> Bools:
    """Verhoeff 1969; the first digit is 2 or more (UIDAI)."""
    d = digits(packed(found), 12)
    check = np.zeros(len(d), dtype=np.int64)
    for i in range(12):
        check = _VERHOEFF_D[check, _VERHOEFF_P[i % 8, d[:, 11 - i]]]
    return np.asarray((check == 0) & (d[:, 0] >= 2))


def br_cpf(found: pl.Series) -> Bools:
    """Two digits of modulus 11 (Receita Federal)."""
    plain = packed(found)
    d = digits(plain, 11)
    first = (d[:, :9] @ np.arange(10, 1, -1)) * 10 % 11 % 10
    second = (d[:, :10] @ np.arange(11, 1, -1)) * 10 % 11 % 10
    return np.asarray((first == d[:, 9]) & (second == d[:, 10]) & ~_one_digit(plain))


def pl_pesel(found: pl.Series) -> Bools:
    """Weights 1, 3, 7, 9, and a day that exists; the century stands in the month."""
    d = digits(packed(found), 11)
    total = d[:, :10] @ (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
    month, day = (d[:, 2:4] @ (10, 1)) % 20, d[:, 4:6] @ (10, 1)
    dated = (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    return np.asarray(dated & ((10 - total % 10) % 10 == d[:, 10]))


def se_personnummer(found: pl.Series) -> Bools:
    """Luhn over the last ten digits, and a day that exists (Skatteverket, SKV 704)."""
    plain = packed(found).str.slice(-10)
    d = digits(plain, 10)
    month, day = d[:, 2:4] @ (10, 1), d[:, 4:6] @ (10, 1)
    return np.asarray(luhn(plain) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31))


def vin(found: pl.Series) -> Bools:
    """ISO 3779 with the check digit of 49 CFR 565.15."""
    codes = bytes_of(packed(found), 17)
    values = np.zeros(128, dtype=np.int64)
    for c, v in _VIN.items():
        values[ord(c)] = v
    values[_ZERO : _ZERO + 10] = np.arange(10)
    rest = (values[codes] @ _VIN_WEIGHTS) % 11
    return np.asarray(np.where(rest == 10, ord("X"), rest + _ZERO) == codes[:, 8])


def ipv4(found: pl.Series) -> Bools:
    """Four numbers up to 255, the first of them not 0, and not all of them small: 1.2.3.4 is a version more often."""
    parts = found.str.extract_all(r"\d+").list.to_array(4).to_numpy().astype(np.int64)
    return np.asarray((parts <= 255).all(axis=1) & (parts[:, 0] > 0) & (parts.max(axis=1) >= 32))


def random_looking(found: pl.Series) -> Bools:
    """At least 4.2 bits a character, capitals, small letters and digits: no word, no path, no hexadecimal digest."""
    codes = bytes_of(found, 64)
    there = codes > 0
    same = ((codes[:, :, None] == codes[:, None, :]) & there[:, :, None] & there[:, None, :]).sum(axis=2)
    length = there.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        bits = np.where(there, -np.log2(same / length[:, None]), 0.0).sum(axis=1) / length
    mixed = found.str.contains("[A-Z]") & found.str.contains("[a-z]") & found.str.contains("[0-9]")
    return np.asarray((bits >= 4.2) & mixed.to_numpy())
