"""Every kind of personal data and secret that is looked for without a model.

A pattern brackets what it means as group 1; what stands around it keeps floats, versions and longer numbers out. The
engine of the patterns is linear in the text, whatever the text is.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sterling.data.personal import checksums as sums
from sterling.data.personal.kind import Kind, lacking
from sterling.data.personal.secrets import SECRETS

L = r"(?:^\s*|[^\w.,\-/+=#\s]|[^\d\s]\s+)"
"""Before a number: no letter, digit or sign that would make it part of something longer, be it after a space."""
R = r"(?:$|[^\w\-/.,=\s]|\s+(?:$|\D)|[.,](?:$|\D))"
TLD_NOT = r"(?i)\.(?:png|jpe?g|gif|svg|webp|css|js|ts|py|html?|json|md|txt|pdf|local|invalid)$"


def _phone(found: pl.Series) -> NDArray[np.bool_]:
    """8 to 15 digits (ITU-T E.164), and no date, sum or range."""
    n = found.str.count_matches(r"\d").to_numpy()
    dated = found.str.contains(r"^\(?(?:19|20)\d\d[-/. ]\d{1,2}[-/. ]\d{1,2}").to_numpy()
    return np.asarray((n >= 8) & (n <= 15) & ~dated)


_STREET = (
    r"(?:street|st\.?|road|rd\.?|avenue|ave\.?|lane|ln\.?|drive|dr\.?|boulevard|blvd\.?|court|ct\.?|square|terrace|"
    r"close|place|pl\.?|crescent|way|parkway|pkwy\.?|highway|hwy\.?)"
)
_ADDRESS = (
    rf"(?:^|[^\w.])(\d{{1,5}}[A-Za-z]?\s+(?:[A-Z][\w'.]*\s+){{1,3}}(?i:{_STREET})(?:\W|$))"
    r"|((?:\p{Lu}[\p{L}.\-]*(?:straße|strasse|str\.|weg|platz|allee|gasse|laan|straat|plein|vägen|gatan))\s+\d{1,4}\s?[a-z]?\b)"
    r"|(\b\d{1,4}(?:\s?(?:bis|ter))?,?\s+(?:rue|avenue|boulevard|place|chemin|impasse|quai|allée)\s+(?:de\s|du\s|des\s|la\s|d['’]|l['’])*\p{Lu}[\p{L}\-]+)"
    r"|(\b(?i:calle|c/|avenida|avda\.|plaza|paseo|via|viale|piazza|corso|rua|largo)\s+(?:de\s|del\s|di\s|della\s|la\s|da\s|do\s)*\p{Lu}[\p{L}\-]+(?:\s\p{Lu}[\p{L}\-]+)?,?\s+(?:n[.º°]?\s?)?\d{1,4}\b)"
    r"|((?i:\bp\.?\s?o\.?\s?box\s+\d{1,6}\b))"
)
_DATE = (
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d|\d{1,2}\.?\s+(?:de\s+)?\p{L}{3,10}\.?,?\s+(?:de\s+)?"
    r"(?:19|20)\d\d|\p{L}{3,9}\.?\s+\d{1,2},?\s+(?:19|20)\d\d)"
)
_BORN = (
    r"(?:born(?:\s+on)?|d\.?o\.?b\.?|date\s+of\s+birth|birth\s?date|birthday|geboren(?:\s+am)?|geb\.|geburtsdatum|née?(?:\s+le)?|"
    r"date\s+de\s+naissance|nacid[oa](?:\s+el)?|fecha\s+de\s+nacimiento|nat[oa]\s+il|data\s+di\s+nascita|geboortedatum)"
)
_TITLE = r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Herr|Herrn|Frau|Monsieur|Madame|Mme|Mlle|Señor|Señora|Sr|Sra|Signor|Signora|Sig|Dhr|Mevr|Mevrouw)"  # noqa: E501
_GIVEN = r"\p{Lu}\p{Ll}+(?:-\p{Lu}\p{Ll}+)?"

KINDS: tuple[Kind, ...] = (
    Kind(
        name="email",
        sensitivity="contact",
        gate="at",
        check=lacking(TLD_NOT),
        pattern=r"(?:^|[^\w.%+\-@/:])([\p{L}0-9_][\p{L}0-9._%+\-]*@(?:[\p{L}0-9\-]+\.)+\p{L}+)",
    ),
    Kind(
        name="phone",
        sensitivity="contact",
        gate="digits",
        check=_phone,
        pattern=r"(?:^\s*|[^\w.,+\-/=#\s]|[^\d\s]\s+)((?:\+|00)[1-9]\d{0,2}[\s.\-/]?(?:\(?\d{1,5}\)?[\s.\-/]?){1,5}\d{2,5}"
        r"|\([2-9]\d{2}\)\s?\d{3}[-.\s]\d{4}|[2-9]\d{2}[-.][2-9]\d{2}[-.]\d{4}|0[1-9](?:[\s.\-]\d{2}){4}"
        r"|\(?0\d{2,5}\)?[\s/]\d{3,4}[\s\-]\d{3,4})" + R,
    ),
    Kind(
        name="phone",
        sensitivity="contact",
        gate="digits",
        needs_context=True,
        check=_phone,
        context=r"(?i)(?:\b|_)(?:tel|phone|call|mobile|cell|fax|whatsapp|handy|telefon|mobil|portable|téléphone|tél|móvil|"
        r"teléfono|cellulare|telefono|bel|reach me)\b",
        hint=r"(?i)phone|(?:^|_)tel(?:$|_|efon)|mobile|handy|móvil|fax",
        pattern=L + r"(\(?\d[\d\s.\-/()]{6,18}\d)" + r"(?:$|[^\w])",
    ),
    Kind(
        name="iban",
        sensitivity="financial",
        gate="digits",
        check=sums.iban,
        chance=0.0104,
        strong=r"^[A-Z]{2}\d\d\s",
        context=r"(?i)\biban\b|konto|account|compte|cuenta",
        hint=r"(?i)iban",
        by="pattern and check digits",
        pattern=r"\b([A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,4})?)\b",
    ),
    Kind(
        name="credit_card",
        sensitivity="financial",
        gate="digits",
        check=sums.card,
        chance=0.1,
        strong=r"^\d{4}[ -]",
        context=r"(?i)\b(?:card|visa|mastercard|amex|karte|carte|tarjeta|carta|cc|paid with)\b",
        hint=r"(?i)card|(?:^|_)(?:cc|pan)(?:$|_)",
        by="pattern and check digits",
        pattern=L
        + r"((?:[3-6]\d|2[2-7])\d{11,17}|(?:[3-6]\d|2[2-7])\d\d[ -]\d{4}[ -]\d{4}[ -]\d{4}|3\d{3}[ -]\d{6}[ -]\d{5})"
        + R,
    ),
    Kind(
        name="us_ssn",
        sensitivity="identifier",
        gate="digits",
        check=sums.us_ssn,
        pattern=L + r"(\d{3}-\d{2}-\d{4})" + R,
    ),
    Kind(
        name="us_ssn",
        sensitivity="identifier",
        gate="digits",
        check=sums.us_ssn,
        needs_context=True,
        context=r"(?i)\bssn\b|social\s+security",
        hint=r"(?i)ssn|social.?sec",
        pattern=L + r"(\d{3}\s?\d{2}\s?\d{4})" + R,
    ),
    Kind(
        name="uk_nino",
        sensitivity="identifier",
        gate="digits",
        check=sums.uk_nino,
        pattern=r"\b([A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D])\b",
    ),
    Kind(
        name="de_tax_id",
        sensitivity="identifier",
        gate="digits",
        check=sums.de_tax_id,
        chance=0.11,
        context=r"(?i)steuer|idnr|tax",
        hint=r"(?i)steuer|tax",
        needs_context=True,
        by="pattern and check digits",
        pattern=L + r"([1-9]\d{10}|[1-9]\d \d{3} \d{3} \d{3})" + R,
    ),
    Kind(
        name="fr_nir",
        sensitivity="identifier",
        gate="digits",
        check=sums.fr_nir,
        chance=0.0104,
        context=r"(?i)sécu|nir\b|insee|social",
        hint=r"(?i)nir|secu",
        by="pattern and check digits",
        pattern=L + r"([12]\s?\d{2}\s?\d{2}\s?(?:\d{2}|2[AB])\s?\d{3}\s?\d{3}\s?\d{2})" + R,
    ),
    Kind(
        name="es_dni",
        sensitivity="identifier",
        gate="digits",
        check=sums.es_dni,
        chance=0.0435,
        context=r"(?i)\b(?:dni|nie|nif)\b",
        hint=r"(?i)dni|nie|nif",
        by="pattern and check digits",
        pattern=r"(?:^|[^\w.\-])((?:\d{8}|[XYZ]\d{7})[ -]?[TRWAGMYFPDXBNJZSQVHLCKE])\b",
    ),
    Kind(
        name="it_fiscal_code",
        sensitivity="identifier",
        gate="digits",
        check=sums.it_fiscal_code,
        chance=0.0385,
        context=r"(?i)fiscale|\bcf\b",
        hint=r"(?i)fiscal",
        strong=r".",
        by="pattern and check digits",
        pattern=r"\b([A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z])\b",
    ),
    Kind(
        name="nl_bsn",
        sensitivity="identifier",
        gate="digits",
        check=sums.nl_bsn,
        chance=0.0909,
        needs_context=True,
        context=r"(?i)\bbsn\b|burgerservice|sofi",
        hint=r"(?i)bsn",
        by="pattern and check digits",
        pattern=L + r"(\d{9}|\d{4}\.\d{2}\.\d{3})" + R,
    ),
    Kind(
        name="in_aadhaar",
        sensitivity="identifier",
        gate="digits",
        check=sums.in_aadhaar,
        chance=0.1,
        strong=r"^\d{4}\s",
        context=r"(?i)aadha+r|\buid\b",
        hint=r"(?i)aadh?aa?r",
        by="pattern and check digits",
        pattern=L + r"([2-9]\d{3}\s?\d{4}\s?\d{4})" + R,
    ),
    Kind(
        name="br_cpf",
        sensitivity="identifier",
        gate="digits",
        check=sums.br_cpf,
        chance=0.01,
        strong=r"\.",
        context=r"(?i)\bcpf\b",
        hint=r"(?i)cpf",
        by="pattern and check digits",
        pattern=L + r"(\d{3}\.\d{3}\.\d{3}-\d{2})" + R,
    ),
    Kind(
        name="pl_pesel",
        sensitivity="identifier",
        gate="digits",
        check=sums.pl_pesel,
        chance=0.1,
        needs_context=True,
        context=r"(?i)pesel",
        hint=r"(?i)pesel",
        by="pattern and check digits",
        pattern=L + r"(\d{11})" + R,
    ),
    Kind(
        name="se_personnummer",
        sensitivity="identifier",
        gate="digits",
        check=sums.se_personnummer,
        chance=0.1,
        strong=r"[-+]",
        context=r"(?i)personn",
        hint=r"(?i)personn",
        by="pattern and check digits",
        pattern=L + r"((?:19|20)?\d{6}[-+]\d{4})" + R,
    ),
    Kind(
        name="vin",
        sensitivity="quasi",
        gate="digits",
        check=sums.vin,
        chance=0.0909,
        context=r"(?i)\bvin\b|chassis|vehicle|fahrgestell",
        hint=r"(?i)vin(?:$|_)|chassis",
        by="pattern and check digits",
        pattern=r"\b([A-HJ-NPR-Z0-9]{8}[0-9X][A-HJ-NPR-Z0-9]{4}\d{4})\b",
    ),
    Kind(
        name="passport",
        sensitivity="identifier",
        gate="digits",
        needs_context=True,
        context=r"(?i)passport|reisepass|passeport|pasaporte|passaporto",
        hint=r"(?i)passport",
        pattern=r"\b([A-Z]{0,2}\d{6,9}[A-Z]?)\b",
    ),
    Kind(
        name="ip_address",
        sensitivity="identifier",
        gate="digits",
        check=sums.ipv4,
        pattern=r"(?:^|[^\w.\-])(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})(?:$|[^\w.\-]|\.(?:$|\s)|/\d)",
    ),
    Kind(
        name="ip_address",
        sensitivity="identifier",
        gate="colon",
        pattern=r"(?i)(?:^|[^\w:.])((?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){2,6}(?::[0-9a-f]{1,4}){1,4}|(?:[0-9a-f]{1,4}:){1}(?::[0-9a-f]{1,4}){2,6})(?:$|[^\w:.])",
    ),
    Kind(
        name="mac_address",
        sensitivity="identifier",
        gate="any",
        check=lacking(r"^(?:00[:-]){5}00$|(?i)^(?:ff[:-]){5}ff$"),
        pattern=r"(?i)(?:^|[^\w:\-])([0-9a-f]{2}(?::[0-9a-f]{2}){5}|[0-9a-f]{2}(?:-[0-9a-f]{2}){5}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})(?:$|[^\w:\-])",
    ),
    Kind(
        name="date_of_birth",
        sensitivity="quasi",
        gate="digits",
        hint=r"(?i)birth|(?:^|_)dob(?:$|_)|geburt|naissance|nacimiento",
        pattern=rf"(?i)(?:^|\W){_BORN}\W{{0,4}}({_DATE})",
    ),
    Kind(name="postal_address", sensitivity="contact", gate="any", pattern=_ADDRESS, brackets=5),
    Kind(
        name="postal_address",
        sensitivity="contact",
        gate="digits",
        needs_context=True,
        by="column name and form",
        hint=r"(?i)address|(?:^|_)street|strasse|straße|adresse|direccion|indirizzo",
        pattern=r"^\s*([^\n]*(?:\p{L}{3}[^\n]*\d|\d[^\n]*\p{L}{3})[^\n]*)$",
    ),
    Kind(
        name="postcode",
        sensitivity="quasi",
        gate="digit",
        needs_context=True,
        by="column name and form",
        hint=r"(?i)(?:^|_)zip|post_?(?:al_?)?code|(?:^|_)plz(?:$|_)|codigo_postal|code_postal",
        pattern=r"(?i)^\s*([a-z]{0,2}\d[\da-z\- ]{2,8})\s*$",
    ),
    Kind(
        name="person_name",
        sensitivity="identifier",
        gate="any",
        needs_context=True,
        by="column name and form",
        hint=r"(?i)^(?:first|last|full|given|family|sur|middle|maiden|customer|patient|client|person|employee|applicant)?_?name$|"
        r"vorname|nachname|nombre|apellido|(?:^|_)(?:pre)?nom$|cognome",
        pattern=r"^\s*(\p{Lu}[\p{L}'’.\-]*(?:,?\s+\p{L}[\p{L}'’.\-]*){0,4})\s*$",
    ),
    Kind(
        name="person_name",
        sensitivity="identifier",
        gate="any",
        pattern=rf"(?:^|[^\w])({_TITLE}\.?\s+(?:{_GIVEN}\s+|\p{{Lu}}\.\s+){{0,2}}(?:(?:von|van|de|der|den|la|di|O['’])\s*)*{_GIVEN})",
    ),
)

ALL = (*KINDS, *SECRETS)
