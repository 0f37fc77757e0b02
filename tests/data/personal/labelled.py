"""The labelled texts on which detectors are measured: made from templates and a seed, so nobody's data is in them.

Each text says which kinds stand in it. Numbers have right check digits; hard negatives look like them and are orders,
versions, measurements, code. Every kind occurs with and without words that name it, in several languages and forms, some
of which no detector here is written for.
"""  # noqa: E501

from __future__ import annotations

import random
from collections.abc import Callable

import polars as pl

from tests.data.personal import numbers as n

Rng = random.Random
GIVEN = [
    "Anna",
    "Jonas",
    "Léa",
    "Lucas",
    "Marta",
    "Diego",
    "Giulia",
    "Marco",
    "Sanne",
    "Daan",
    "Priya",
    "Arjun",
    "Aisha",
    "Omar",
    "Grace",
    "Oliver",
    "Emma",
    "Noah",
    "Zoë",
    "Björn",
    "Ingrid",
    "Kofi",
    "Mei",
    "Hiroshi",
    "Fatima",
]
FAMILY = [
    "Müller",
    "Schmidt",
    "Dubois",
    "Lefèvre",
    "García",
    "Fernández",
    "Rossi",
    "Bianchi",
    "Jansen",
    "Bakker",
    "Sharma",
    "Patel",
    "Khan",
    "Hassan",
    "Smith",
    "Johnson",
    "O'Neill",
    "Williams",
    "Novak",
    "Andersson",
    "Mensah",
    "Chen",
    "Tanaka",
    "Okafor",
    "Becker",
]
TITLES = [
    "Mr.",
    "Ms.",
    "Mrs.",
    "Dr.",
    "Herr",
    "Frau",
    "Mme",
    "Madame",
    "Señora",
    "Sra.",
    "Signora",
    "Dhr.",
    "Mevrouw",
    "Prof.",
]
DOMAINS = [
    "example.org",
    "mail.example.com",
    "firma-beispiel.de",
    "exemple.fr",
    "correo.es",
    "posta.it",
    "uni.ac.uk",
    "kanzlei.berlin",
]


def name(r: Rng) -> str:
    return f"{r.choice(GIVEN)} {r.choice(FAMILY)}"


def titled(r: Rng) -> str:
    return f"{r.choice(TITLES)} {r.choice([name(r), r.choice(FAMILY)])}"


def email(r: Rng) -> str:
    local = r.choice(["{g}.{f}", "{g}_{f}", "{g}{d}", "{f}+news", "{g}-{f}", "info", "o'{f}"])
    plain = local.format(g=r.choice(GIVEN).lower(), f=r.choice(FAMILY).lower().replace("'", ""), d=r.randint(1, 99))
    return f"{plain}@{r.choice(DOMAINS)}".upper() if r.random() < 0.1 else f"{plain}@{r.choice(DOMAINS)}"


def phone(r: Rng) -> str:
    d = lambda k, f="123456789": n.digits(r, k, f)  # noqa: E731
    return r.choice(
        [
            f"+49 {d(3)} {d(7)}",
            f"+1-{d(3, '23456789')}-{d(3, '23456789')}-{d(4)}",
            f"({d(3, '23456789')}) {d(3, '23456789')}-{d(4)}",
            f"{d(3, '23456789')}.{d(3, '23456789')}.{d(4)}",
            f"+33 6 {d(2)} {d(2)} {d(2)} {d(2)}",
            f"06 {d(2)} {d(2)} {d(2)} {d(2)}",
            f"+44 20 {d(4)} {d(4)}",
            f"020 {d(4)} {d(4)}",
            f"0{d(3)}/{d(4)}{d(3)}",
            f"+34 {d(3, '67')} {d(3)} {d(3)}",
            f"+91{d(10, '789')}",
            f"0049{d(3)}{d(7)}",
            f"+31 (0)6 {d(8)}",
            f"0{d(3)} {d(7)}",
        ]
    )


def address(r: Rng) -> str:
    street = r.choice(["Oak", "High", "Station", "King", "Church", "Mill"])
    saint = r.choice(["Goethe", "Haupt", "Bahnhof", "Linden"])
    return r.choice(
        [
            f"{r.randint(1, 999)} {street} {r.choice(['Street', 'Rd', 'Ave.', 'Lane', 'Drive'])}",
            f"{saint}{r.choice(['straße', 'str.', 'weg', 'allee'])} {r.randint(1, 99)}",
            f"{saint} Straße {r.randint(1, 99)}",
            f"{r.randint(1, 99)} rue de la {r.choice(['Paix', 'Gare', 'République'])}",
            f"{r.randint(1, 99)}, avenue Foch",
            f"Calle {r.choice(['Mayor', 'Real', 'del Sol'])} {r.randint(1, 99)}",
            f"Via {r.choice(['Roma', 'Garibaldi'])} {r.randint(1, 99)}",
            f"{r.choice(['Dorps', 'Kerk'])}straat {r.randint(1, 300)}",
            f"PO Box {r.randint(10, 9999)}",
            f"Flat {r.randint(1, 30)}, Rose Court",
            f"{r.randint(1, 99)}-{r.randint(100, 999)} Shibuya, Tokyo",
        ]
    )


def date(r: Rng) -> str:
    day, month, year = r.randint(1, 28), r.randint(1, 12), r.randint(1930, 2010)
    words = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ]
    return r.choice(
        [
            f"{year}-{month:02d}-{day:02d}",
            f"{day:02d}/{month:02d}/{year}",
            f"{day}.{month}.{year}",
            f"{day} {words[month - 1]} {year}",
            f"{words[month - 1]} {day}, {year}",
        ]
    )


def birth(r: Rng) -> str:
    return r.choice(
        [
            "born on {}",
            "DOB: {}",
            "geboren am {}",
            "née le {}",
            "nacido el {}",
            "nata il {}",
            "date of birth {}",
            "Geburtsdatum: {}",
            "celebrates her birthday since {}",
            "* {}",
        ]
    ).format(date(r))


def ip(r: Rng) -> str:
    if r.random() < 0.3:
        return ":".join(n.mixed(r, 4, "0123456789abcdef") for _ in range(8))
    if r.random() < 0.2:
        return f"2001:db8::{n.mixed(r, 4, '123456789abcdef')}:{n.mixed(r, 3, '123456789abcdef')}"
    return f"{r.choice([10, 192, 172, 84, 203, 8])}.{r.randint(0, 255)}.{r.randint(0, 255)}.{r.randint(1, 254)}"


def mac(r: Rng) -> str:
    pairs = [n.mixed(r, 2, "0123456789abcdef") for _ in range(6)]
    return r.choice(
        [":".join(pairs), "-".join(pairs).upper(), f"{pairs[0]}{pairs[1]}.{pairs[2]}{pairs[3]}.{pairs[4]}{pairs[5]}"]
    )


def grouped(text: str, *sizes: int, by: str = " ") -> str:
    parts, at = [], 0
    for size in sizes:
        parts.append(text[at : at + size])
        at += size
    return by.join([*parts, text[at:]] if at < len(text) else parts)


ALNUM = n.LETTERS + n.LETTERS.lower() + "0123456789"


def token(r: Rng) -> str:
    """In the forms of known services. Made here and now: none of them opens anything."""
    return r.choice(
        [
            "gh" + "p_" + n.mixed(r, 36, ALNUM),
            "xox" + "b-" + n.digits(r, 11) + "-" + n.mixed(r, 24, ALNUM),
            "glp" + "at-" + n.mixed(r, 20, ALNUM),
            "sk_" + "live_" + n.mixed(r, 24, ALNUM),
            "npm" + "_" + n.mixed(r, 36, ALNUM),
            "ey" + "J" + n.mixed(r, 20, ALNUM) + ".ey" + "J" + n.mixed(r, 40, ALNUM) + "." + n.mixed(r, 43, ALNUM),
            "token " + n.mixed(r, 40, ALNUM),
        ]
    )


def cloud(r: Rng) -> str:
    return r.choice(["AK" + "IA" + n.mixed(r, 16, n.LETTERS + "234567"), "AI" + "za" + n.mixed(r, 35, ALNUM)])


def password(r: Rng) -> str:
    word = n.mixed(r, r.randint(8, 16), ALNUM + "!#%&*")
    return r.choice(
        [
            'password = "{}"',
            "pwd: {}",
            "API_KEY={}",
            "secret_key: '{}'",
            "Passwort: {}",
            '"client_secret": "{}"',
            "my password is {}",
            "login with {}",
        ]
    ).format(word)


def key_block(r: Rng) -> str:
    return f"-----BEGIN {r.choice(['RSA ', 'EC ', 'OPENSSH ', ''])}PRIVATE KEY-----\n{n.mixed(r, 64, ALNUM)}"


def url(r: Rng) -> str:
    return f"{r.choice(['postgres', 'https', 'mongodb+srv', 'ftp'])}://{r.choice(GIVEN).lower()}:{n.mixed(r, 9, ALNUM)}@db.example.org/main"  # noqa: E501


MAKERS: dict[str, tuple[Callable[[Rng], str], str]] = {
    "email": (email, "E-mail"),
    "phone": (phone, "Tel."),
    "iban": (
        lambda r: grouped(i, 4, 4, 4, 4, 4, 4, 4).strip() if len(i := n.iban(r)) and r.random() < 0.5 else i,
        "IBAN",
    ),
    "credit_card": (lambda r: grouped(c, 4, 4, 4) if len(c := n.card(r)) == 16 and r.random() < 0.5 else c, "card"),
    "us_ssn": (lambda r: n.ssn(r) if r.random() < 0.7 else n.ssn(r).replace("-", ""), "SSN"),
    "uk_nino": (lambda r: grouped(c, 2, 2, 2, 2) if len(c := n.nino(r)) and r.random() < 0.5 else c, "NI number"),
    "de_tax_id": (lambda r: grouped(c, 2, 3, 3) if len(c := n.tax_id(r)) and r.random() < 0.5 else c, "Steuer-IdNr."),
    "fr_nir": (lambda r: grouped(c, 1, 2, 2, 2, 3, 3) if len(c := n.nir(r)) and r.random() < 0.5 else c, "n° de sécu"),
    "es_dni": (lambda r: n.dni(r) if r.random() < 0.6 else n.nie(r), "DNI"),
    "it_fiscal_code": (n.fiscal_code, "codice fiscale"),
    "nl_bsn": (n.bsn, "BSN"),
    "in_aadhaar": (lambda r: grouped(n.aadhaar(r), 4, 4) if r.random() < 0.6 else n.aadhaar(r), "Aadhaar"),
    "br_cpf": (n.cpf, "CPF"),
    "pl_pesel": (n.pesel, "PESEL"),
    "se_personnummer": (n.personnummer, "personnummer"),
    "vin": (n.vin, "VIN"),
    "passport": (lambda r: n.mixed(r, r.choice([1, 2]), n.LETTERS) + n.digits(r, 7), "passport no."),
    "ip_address": (ip, "IP"),
    "mac_address": (mac, "MAC"),
    "date_of_birth": (birth, "Customer"),
    "postal_address": (address, "Address"),
    "person_name": (lambda r: titled(r) if r.random() < 0.5 else name(r), "Name"),
    "private_key": (key_block, "key"),
    "cloud_key": (cloud, "key"),
    "token": (token, "auth"),
    "password": (password, "login"),
    "url_credentials": (url, "database"),
}

BARE = (
    "{}",
    "please note {} for the file",
    "We were given {} by the client.",
    "erhalten: {}, danke",
    "({})",
    "voici {}, merci",
    "nuestro dato es {} según la ficha",
)
NAMED = (
    "{word}: {}",
    "{word} {}",
    "Her {word} is {}, she says.",
    "{word} = {}",
    "Bitte {word} {} prüfen.",
    "le {word} {} du client",
)

NEGATIVES: tuple[Callable[[Rng], str], ...] = (
    lambda r: f"order {n.digits(r, r.choice([8, 9, 10, 11, 12, 13, 16]), '123456789')} was shipped",
    lambda r: f"version {r.randint(0, 20)}.{r.randint(0, 30)}.{r.randint(0, 30)}.{r.randint(0, 31)} is out",
    lambda r: f"build {r.randint(1, 20)}.{r.randint(0, 9)}.{r.randint(100, 2600)}.{r.randint(1, 255)}",
    lambda r: f"the value was {r.random():.16f}",
    lambda r: f"{r.uniform(-180, 180):.6f}, {r.uniform(-90, 90):.6f}",
    lambda r: f"part no. {n.digits(r, 3)}-{n.digits(r, 2)}-{n.digits(r, 4)} in stock",
    lambda r: f"SKU {n.mixed(r, 2, n.LETTERS)}{n.digits(r, 6)}{r.choice('EFGH')}",
    lambda r: f"id {n.mixed(r, 32, '0123456789abcdef')}",
    lambda r: (
        f"{n.mixed(r, 8, '0123456789abcdef')}-{n.mixed(r, 4, '0123456789abcdef')}-4{n.mixed(r, 3, '0123456789abcdef')}-a{n.mixed(r, 3, '0123456789abcdef')}-{n.mixed(r, 12, '0123456789abcdef')}"  # noqa: E501
    ),
    lambda r: f"meeting on {date(r)} at {r.randint(8, 18)}:{r.randint(10, 59)}",
    lambda r: f"due {date(r)}, see the contract",
    lambda r: f"between {r.randint(1000, 9999)}-{r.randint(10, 99)} and {r.randint(1000, 9999)} units",
    lambda r: f"@dataclass def f(x): return x[{r.randint(0, 9)}:{r.randint(10, 99)}]",
    lambda r: f"icon@{r.randint(2, 3)}x.png loaded",
    lambda r: f"pip install pkg=={r.randint(0, 9)}.{r.randint(0, 9)}.{r.randint(0, 9)} @ git",
    lambda r: f"follow @{r.choice(GIVEN).lower()} on the site",
    lambda r: f"password: {r.choice(['********', '${DB_PASSWORD}', '<your password>', 'changeme', 'os.environ[x]'])}",
    lambda r: f"https://example.org/a/{n.mixed(r, 12, ALNUM)}?q={r.randint(1, 999)}",
    lambda r: f"postgres://db.example.org:{r.randint(1000, 9999)}/main",
    lambda r: f"isbn 978-{n.digits(r, 1)}-{n.digits(r, 3)}-{n.digits(r, 5)}-{n.digits(r, 1)}",
    lambda r: f"{r.randint(1, 99)} street food stalls opened",
    lambda r: f"{r.randint(2, 40)} miles of road were closed in {r.randint(1990, 2026)}",
    lambda r: f"timestamp {n.digits(r, 13, '1')} ms",
    lambda r: f"invoice {r.randint(2000, 2026)}/{n.digits(r, 6)} over {r.uniform(1, 9999):.2f} EUR",
    lambda r: "the doctor saw the patient in May and June",
    lambda r: f"the rose and the mill are {r.choice(['red', 'old', 'closed'])}",
    lambda r: f"Paris, {r.choice(['Berlin', 'Rome', 'Texas'])} and Congress agreed",
    lambda r: f"account {n.digits(r, 8)} sort code {n.digits(r, 2)}-{n.digits(r, 2)}-{n.digits(r, 2)}",
    lambda r: f"time {r.randint(10, 23)}:{r.randint(10, 59)}:{r.randint(10, 59)} left",
    lambda r: f"card {n.digits(r, 16, '4')} was refused: wrong number",
    lambda r: f"tracking {n.mixed(r, 2, n.LETTERS)}{n.digits(r, 9)}{n.mixed(r, 2, n.LETTERS)}",
    lambda r: f"sha1 {n.mixed(r, 40, '0123456789abcdef')} checked out",
    lambda r: f"IBAN DE{n.digits(r, 20)} is mistyped",
    lambda r: f"grid {n.digits(r, 4)} {n.digits(r, 4)} {n.digits(r, 4)} follows",
    lambda r: f"chapter {r.randint(1, 9)}.{r.randint(1, 9)}.{r.randint(1, 9)}, page {r.randint(1, 900)}",
    lambda r: f"the secret of success: {r.choice(['patience', 'working', 'honesty'])} every day",
    lambda r: f"formula {n.mixed(r, 6, n.LETTERS)}{n.digits(r, 2)} mixes well",
)


def texts(seed: int = 20261130, *, each: int = 60, negatives: int = 30) -> pl.DataFrame:
    """`text` and `kinds` (those that stand in it): 60 of each kind, 30 of each negative, 150 with several."""
    r = Rng(seed)
    rows: list[tuple[str, list[str]]] = []
    for kind, (maker, word) in MAKERS.items():
        for i in range(each):
            template = r.choice(NAMED if i % 2 else BARE)
            rows.append((template.format(maker(r), word=word), [kind]))
    for negative in NEGATIVES:
        rows += [(negative(r), []) for _ in range(negatives)]
    for _ in range(150):
        who = titled(r)
        rows.append(
            (
                f"Kind regards\n{who}\n{address(r)}\nTel: {phone(r)}\n{email(r)}",
                ["person_name", "postal_address", "phone", "email"],
            )
        )
    r.shuffle(rows)
    return pl.DataFrame(rows, schema={"text": pl.String, "kinds": pl.List(pl.String)}, orient="row")
