"""Numbers with right check digits, made one at a time from a seed. Written apart from the detectors, on purpose."""

from __future__ import annotations

import random

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CONSONANTS = "BCDFGLMNPRSTVZ"


def digits(rng: random.Random, n: int, first: str = "0123456789") -> str:
    return rng.choice(first) + "".join(rng.choice("0123456789") for _ in range(n - 1))


def luhn_digit(body: str) -> str:
    total = 0
    for place, char in enumerate(reversed(body)):
        value = int(char) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def card(rng: random.Random) -> str:
    head, n = rng.choice(
        [("4", 16), ("4", 16), ("51", 16), ("55", 16), ("2345", 16), ("37", 15), ("6011", 16), ("36", 14)]
    )
    body = head + digits(rng, n - 1 - len(head))
    return body + luhn_digit(body)


def iban(rng: random.Random) -> str:
    country, bban = rng.choice(
        [("DE", digits(rng, 18)), ("GB", "NWBK" + digits(rng, 14)), ("NL", "ABNA" + digits(rng, 10)),
         ("FR", digits(rng, 10) + "".join(rng.choice("0123456789ABCDEF") for _ in range(11)) + digits(rng, 2)),
         ("ES", digits(rng, 20)), ("IT", rng.choice(LETTERS) + digits(rng, 22)), ("BE", digits(rng, 12)),
         ("NO", digits(rng, 11))]
    )  # fmt: skip
    number = int("".join(str(int(c, 36)) for c in bban + country + "00"))
    return f"{country}{98 - number % 97:02d}{bban}"


def ssn(rng: random.Random) -> str:
    area = rng.choice([a for a in range(1, 900) if a != 666])
    return f"{area:03d}-{rng.randint(1, 99):02d}-{rng.randint(1, 9999):04d}"


def nino(rng: random.Random) -> str:
    while True:
        head = rng.choice("ABCEGHJKLMNOPRSTWXYZ") + rng.choice("ABCEGHJKLMNPRSTWXYZ")
        if head not in ("BG", "GB", "NK", "KN", "TN", "NT", "ZZ"):
            return head + digits(rng, 6) + rng.choice("ABCD")


def tax_id(rng: random.Random) -> str:
    """Ten digits of which one occurs twice, the others once at most, and the check of ISO 7064 MOD 11,10."""
    while True:
        chosen = rng.sample("0123456789", 9)
        body = [*chosen, rng.choice(chosen)]
        rng.shuffle(body)
        if body[0] != "0":
            break
    product = 10
    for char in body:
        total = (int(char) + product) % 10 or 10
        product = total * 2 % 11
    return "".join(body) + str((11 - product) % 10)


def nir(rng: random.Random) -> str:
    body = f"{rng.choice('12')}{rng.randint(30, 99):02d}{rng.randint(1, 12):02d}{rng.randint(1, 95):02d}"
    body += f"{rng.randint(1, 999):03d}{rng.randint(1, 999):03d}"
    return f"{body}{97 - int(body) % 97:02d}"


def dni(rng: random.Random) -> str:
    number = rng.randint(10_000_000, 99_999_999)
    return f"{number}{'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}"


def nie(rng: random.Random) -> str:
    head, rest = rng.choice("XYZ"), digits(rng, 7)
    return f"{head}{rest}{'TRWAGMYFPDXBNJZSQVHLCKE'[int(f'{chr(ord(head) - 40)}{rest}') % 23]}"


ODD = dict(zip(
    "0123456789" + LETTERS,
    [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10,
     22, 25, 24, 23], strict=True,
))  # fmt: skip


def fiscal_code(rng: random.Random) -> str:
    body = "".join(rng.choice(CONSONANTS) for _ in range(6)) + f"{rng.randint(30, 99):02d}"
    body += rng.choice("ABCDEHLMPRST") + f"{rng.randint(1, 28):02d}" + rng.choice("ABCDEFGHL") + digits(rng, 3)
    even = {c: int(c) if c.isdigit() else LETTERS.index(c) for c in "0123456789" + LETTERS}
    total = sum(ODD[c] if i % 2 == 0 else even[c] for i, c in enumerate(body))
    return body + LETTERS[total % 26]


def bsn(rng: random.Random) -> str:
    while True:
        body = digits(rng, 8, "123456789")
        last = sum(int(c) * w for c, w in zip(body, range(9, 1, -1), strict=True)) % 11
        if last < 10:
            return body + str(last)


def _dihedral(a: int, b: int) -> int:
    """The group of the symmetries of a pentagon, worked out rather than looked up."""
    if a < 5:
        return (a + b) % 5 if b < 5 else 5 + (a + b - 5) % 5
    return 5 + (a - 5 - b) % 5 if b < 5 else (a - b) % 5


def aadhaar(rng: random.Random) -> str:
    body = digits(rng, 11, "23456789")
    step, rows = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4), [list(range(10))]
    for _ in range(7):
        rows.append([rows[-1][s] for s in step])
    for last in "0123456789":
        check = 0
        for place, char in enumerate(reversed(body + last)):
            check = _dihedral(check, rows[place % 8][int(char)])
        if check == 0:
            return body + last
    raise AssertionError("every body has a check digit")


def cpf(rng: random.Random) -> str:
    body = digits(rng, 9)
    for n in (10, 11):
        rest = sum(int(c) * w for c, w in zip(body, range(n, 1, -1), strict=True)) * 10 % 11 % 10
        body += str(rest)
    return f"{body[:3]}.{body[3:6]}.{body[6:9]}-{body[9:]}"


def pesel(rng: random.Random) -> str:
    body = f"{rng.randint(40, 99):02d}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}{digits(rng, 4)}"
    total = sum(int(c) * w for c, w in zip(body, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3), strict=True))
    return body + str(-total % 10)


def personnummer(rng: random.Random) -> str:
    body = f"{rng.randint(40, 99):02d}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}{digits(rng, 3)}"
    return f"{body[:6]}-{body[6:]}{luhn_digit(body)}"


def vin(rng: random.Random) -> str:
    values = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9],
                      strict=True)) | {str(i): i for i in range(10)}  # fmt: skip
    body = [rng.choice("ABCDEFGHJKLMNPRSTUVWXYZ0123456789") for _ in range(13)] + list(digits(rng, 4))
    weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
    rest = sum(values[c] * w for c, w in zip(body, weights, strict=True)) % 11
    body[8] = "X" if rest == 10 else str(rest)
    return "".join(body)


def mixed(rng: random.Random, n: int, alphabet: str) -> str:
    return "".join(rng.choice(alphabet) for _ in range(n))
