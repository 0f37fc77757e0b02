"""What is found in single texts: check digits against a second way of making them, hostile texts, sums of parts."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import reduce

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as hs

from sterling.data.personal import checksums
from sterling.data.personal.counting import Column, believed, count, merge
from sterling.data.personal.detect import hinted, look
from tests.data.personal import numbers

CHECKED: dict[str, tuple[Callable[[random.Random], str], Callable[[pl.Series], np.ndarray], float]] = {
    "card": (numbers.card, checksums.card, 0.1),
    "iban": (numbers.iban, checksums.iban, 0.02),
    "de_tax_id": (numbers.tax_id, checksums.de_tax_id, 0.11),
    "fr_nir": (numbers.nir, checksums.fr_nir, 0.02),
    "es_dni": (numbers.dni, checksums.es_dni, 0.08),
    "es_nie": (numbers.nie, checksums.es_dni, 0.08),
    "it_fiscal_code": (numbers.fiscal_code, checksums.it_fiscal_code, 0.1),
    "nl_bsn": (numbers.bsn, checksums.nl_bsn, 0.12),
    "in_aadhaar": (numbers.aadhaar, checksums.in_aadhaar, 0.12),
    "br_cpf": (numbers.cpf, checksums.br_cpf, 0.03),
    "pl_pesel": (numbers.pesel, checksums.pl_pesel, 0.12),
    "se_personnummer": (numbers.personnummer, checksums.se_personnummer, 0.12),
    "vin": (numbers.vin, checksums.vin, 0.12),
}


@pytest.mark.parametrize("kind", CHECKED)
def test_right_numbers_pass_and_one_wrong_digit_does_not(kind: str) -> None:
    """Each check finds every error of one digit (VIN, BSN: all but few); so does a second way of making the number."""
    maker, check, _ = CHECKED[kind]
    rng = random.Random(5)
    right = [maker(rng) for _ in range(300)]
    assert check(pl.Series(right)).all()
    wrong = [_one_digit_off(rng, n) for n in right]
    assert check(pl.Series(wrong)).mean() < 0.08


def _one_digit_off(rng: random.Random, text: str) -> str:
    place = rng.choice([i for i, c in enumerate(text) if c.isdigit() and i >= len(text) // 2])
    return text[:place] + str((int(text[place]) + rng.randint(1, 9)) % 10) + text[place + 1 :]


@pytest.mark.parametrize("kind", CHECKED)
def test_random_digits_pass_about_as_often_as_chance(kind: str) -> None:
    maker, check, most = CHECKED[kind]
    rng = random.Random(7)
    shuffled = ["".join(rng.choice("0123456789") if c.isdigit() else c for c in maker(rng)) for _ in range(3000)]
    assert check(pl.Series(shuffled)).mean() <= most


@pytest.mark.parametrize(
    ("number", "check"),
    [
        ("4111 1111 1111 1111", checksums.card),
        ("378282246310005", checksums.card),
        ("GB82 WEST 1234 5698 7654 32", checksums.iban),
        ("DE89370400440532013000", checksums.iban),
        ("86095742719", checksums.de_tax_id),
        ("1 85 05 78 006 084 91", checksums.fr_nir),
        ("12345678Z", checksums.es_dni),
        ("X1234567L", checksums.es_dni),
        ("RSSMRA85T10A562S", checksums.it_fiscal_code),
        ("111222333", checksums.nl_bsn),
        ("2341 2341 2346", checksums.in_aadhaar),
        ("111.444.777-35", checksums.br_cpf),
        ("44051401359", checksums.pl_pesel),
        ("811228-9874", checksums.se_personnummer),
        ("1M8GDM9AXKP042788", checksums.vin),
    ],
)
def test_published_examples(number: str, check: Callable[[pl.Series], np.ndarray]) -> None:
    """Numbers that the issuing offices, ISO and their manuals print as examples."""
    assert check(pl.Series([number])).tolist() == [True]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to Anna.Müller+x@firma.example, please", "email"),
        ("tel: 0171 2345678", "phone"),
        ("(030) 1234 5678", "phone"),
        ("born on 12 March 1980", "date_of_birth"),
        ("Hauptstraße 5", "postal_address"),
        ("Dr. Anna von Müller was here", "person_name"),
        ("from 84.22.9.71 today", "ip_address"),
        ("2001:db8::ff00:42:8329", "ip_address"),
        ("00:1b:44:11:3a:b7", "mac_address"),
        ("AB 12 34 56 C", "uk_nino"),
        ("postgres://joe:pa55w0rd@db.internal/x", "url_credentials"),
        ("password = hunter2hunter", "password"),
        ("passport no. C01X00T47", "nothing"),
        ("passport no. AB1234567", "passport"),
    ],
)
def test_planted_texts(text: str, kind: str) -> None:
    found = {k for k, f in look(pl.Series([text])).items() if f.hit.any()}
    assert (kind in found) if kind != "nothing" else not found


@pytest.mark.parametrize(
    "text",
    [
        "0.4111111111111111",
        "v1.2.3.4 is out",
        "1.2.3.4",
        "icon@2x.png",
        "@dataclass def f",
        "2024-01-02 12:30:11",
        "https://example.org:8080/a",
        "password: ${DB_PASSWORD}",
        "sum 123-456-7890123",
        "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "4111111111111112",
        "12,345,678.90",
        "order 123456789",
        "10:20:30",
        "a" * 50,
    ],
)
def test_null_texts_hold_nothing(text: str) -> None:
    assert not {k for k, f in look(pl.Series([text])).items() if f.hit.any()}


HOSTILE = hs.one_of(
    hs.text(max_size=60),
    hs.sampled_from(
        [
            "\0" * 50,
            "‮4111 1111 1111 1111",
            "<script>a@b.co</script>",
            "é" * 10_000,
            "@" * 10_000,
            "1 " * 5_000,
            "٤١١١",
            "A" * 12 + "1" * 5,
            "+" + "1" * 5000,
            "://:@",
            "a:b@" * 2000,
            "-----BEGIN",
            "१२३४ ५६७८ ९०१२",
        ]
    ),
)


@given(hs.lists(HOSTILE, max_size=8))
@settings(max_examples=60, deadline=None)
def test_hostile_texts_are_read(texts: list[str]) -> None:
    for found in look(pl.Series(texts, dtype=pl.String)).values():
        assert not (found.hit & ~found.candidate).any()
        assert not (found.sure & ~(found.hit & found.named)).any()


@given(hs.lists(HOSTILE, max_size=12), hs.integers(0, 12))
@settings(max_examples=12, deadline=None)
def test_parts_add_up_to_the_whole(texts: list[str], cut: int) -> None:
    texts = [*texts, "mail a.b@example.org", "card 4111111111111111"]
    frame = pl.DataFrame({"t": pl.Series(texts, dtype=pl.String)})
    parts = [count(p) for p in (frame[cut:], frame[:cut], frame.head(0))]
    assert reduce(merge, parts) == count(frame.reverse())


def test_numbers_that_pandas_made_floats_are_read() -> None:
    frame = pl.DataFrame({"n": [4111111111111111.0, None, float("nan"), float("inf"), 0.5]})
    assert count(frame)["n"].kinds["credit_card"][1] == 1


def test_small_types_and_huge_numbers_are_read() -> None:
    frame = pl.DataFrame({"a": pl.Series([1, None], dtype=pl.Int8), "b": pl.Series([2**64 - 1, 0], dtype=pl.UInt64)})
    assert isinstance(count(frame)["b"], Column)


def test_what_chance_explains_is_not_believed() -> None:
    """100 of 1,000 numbers pass the check of a card by chance, and some more where they are no random digits; 400 do
    not. One alone needs words beside it."""
    assert believed("credit_card", (1000, 100, 0, 0, 100), column="order_no") == 0
    assert believed("credit_card", (1_000_000, 130_000, 0, 0, 130_000), column="order_no") == 0
    assert believed("credit_card", (1000, 400, 0, 0, 400), column="order_no") == 400
    assert believed("credit_card", (1, 1, 0, 0, 0), column="note") == 0
    assert believed("credit_card", (1, 1, 1, 1, 0), column="note") == 1
    assert believed("credit_card", (1000, 100, 1, 1, 0), column="note") == 1
    assert believed("credit_card", (10, 9, 0, 0, 9), column="card_number") == 9
    assert believed("email", (3, 3, 3, 3, 0), column="note") == 3


def test_many_numbers_of_orders_hold_no_card() -> None:
    """Among so many even a small error of the chance would be beyond it."""
    numbers = np.random.default_rng(1).integers(10**15, 10**16, 200_000)
    counts = count(pl.DataFrame({"order": numbers}))["order"].kinds["credit_card"]
    assert counts[1] > 3000
    assert believed("credit_card", counts, column="order") == 0


def test_names_of_columns_are_hints() -> None:
    assert "phone" in hinted("customer_phone") and "person_name" in hinted("last_name")
    assert not hinted("amount") and "person_name" not in hinted("product_name")
