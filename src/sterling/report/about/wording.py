"""What measures and kinds of personal data are called in sentences, and the order in which kinds are told."""

from __future__ import annotations

from sterling.report.text import plain

MEASURES = {
    "outlier_share": "share of outliers", "outlier_share_within": "share of outliers within the group",
    "label_rate": "share with a positive label", "missing_share": "share that is missing",
    "label_error_share": "share of doubtful labels",
}  # fmt: skip
"""Measures of groups in words, where their names do not read well."""
SENSITIVITY = {"secret": 0, "identifier": 1, "financial": 2, "contact": 3, "special": 4, "quasi": 5}
"""The order in which personal data is told."""
KIND_WORDS = {
    "email": "email addresses", "phone": "phone numbers", "iban": "bank accounts", "payment_card": "payment cards",
    "cloud_key": "keys of cloud services", "special_category": "a special category of data", "name": "names of persons",
    "person_name": "names of persons", "address": "postal addresses", "ip_address": "IP addresses",
    "date_of_birth": "dates of birth", "national_id": "national identity numbers",
}  # fmt: skip


def measure_name(measure: str) -> str:
    """`missing_share` as words."""
    return MEASURES.get(measure) or plain(measure.replace("_", " "), 60)


def kind_name(kind: str) -> str:
    """What a detector calls `email`, as words: `email addresses`."""
    known = KIND_WORDS.get(kind.replace(" ", "_"))
    return known or plain(kind.replace("_", " "), 60)
