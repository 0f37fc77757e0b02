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
    "email": "email addresses", "phone": "phone numbers", "iban": "numbers of bank accounts",
    "credit_card": "numbers of payment cards", "cloud_key": "keys of cloud services", "token": "access tokens",
    "password": "passwords", "private_key": "private keys", "url_credentials": "passwords in addresses of the web",
    "secret": "secrets", "special_category": "a special category of data", "person_name": "names of persons",
    "postal_address": "postal addresses", "postcode": "postcodes", "ip_address": "IP addresses",
    "mac_address": "addresses of devices (MAC)", "date_of_birth": "dates of birth", "passport": "passport numbers",
    "vin": "numbers of vehicles (VIN)", "br_cpf": "Brazilian tax numbers (CPF)", "de_tax_id": "German tax numbers",
    "es_dni": "Spanish identity numbers (DNI, NIE)", "fr_nir": "French social security numbers (NIR)",
    "in_aadhaar": "Indian identity numbers (Aadhaar)", "it_fiscal_code": "Italian fiscal codes",
    "nl_bsn": "Dutch citizen numbers (BSN)", "pl_pesel": "Polish identity numbers (PESEL)",
    "se_personnummer": "Swedish identity numbers", "uk_nino": "British national insurance numbers",
    "us_ssn": "US social security numbers",
}  # fmt: skip


def measure_name(measure: str) -> str:
    """`missing_share` as words."""
    return MEASURES.get(measure) or plain(measure.replace("_", " "), 60)


def kind_name(kind: str) -> str:
    """What a detector calls `email`, as words: `email addresses`."""
    known = KIND_WORDS.get(kind.replace(" ", "_"))
    return known or plain(kind.replace("_", " "), 60)
