"""Numbers that say whether a table may be used: personal data, anonymity, terms. `infos` imports this file."""

from __future__ import annotations

from sterling.core.data.metrics import register_data_metric
from sterling.core.rates import MetricInfo


def _register(name: str, by: str, *, dated: bool = False, **facts: object) -> None:
    register_data_metric(MetricInfo(name=name, **facts), by=by, dated=dated)  # type: ignore[arg-type]


_SWEENEY = "Samarati 2001, IEEE TKDE 13:1010; Sweeney 2002, IJUFKS 10:557"
_MACHANAVAJJHALA = "Machanavajjhala et al. 2007, ACM TKDD 1:3"
_KNOWN = "which columns somebody outside can know; two releases of the same people, put side by side, tell more"

_register(
    "k_anonymity", "DA020", label="k", scale="value", direction="higher", low=1.0, high=None, source=_SWEENEY,
    plain="the number of rows in the smallest class of rows that are equal in all quasi-identifiers",
    eligible="everyone", formula="min over classes of n_class", fooled_by=_KNOWN,
)  # fmt: skip
_register(
    "unique_share", "DA020", label="Share of unique rows", direction="lower", source=_SWEENEY,
    plain="of all rows, those that no other row equals in all quasi-identifiers", eligible="everyone",
    formula="classes of one row / n", fooled_by="a sample: a row that is unique in it may have doubles outside",
)  # fmt: skip
_register(
    "below_k_share", "DA020", label="Share of rows below k", direction="lower", source=_SWEENEY,
    plain="of all rows, those whose class has fewer rows than the k that was asked for", eligible="everyone",
    formula="rows of classes with n_class < k / n", fooled_by=_KNOWN,
)  # fmt: skip
_register(
    "reidentification_risk", "DA020", label="Average risk of re-identification", direction="lower",
    plain="the chance of picking the right row for somebody who is known to be in the table, on average",
    eligible="everyone", formula="classes / n", source="El Emam 2013, Guide to the De-Identification of Health "
    "Information (prosecutor risk)", fooled_by="an average: rows in small classes are at far more risk than it says",
)  # fmt: skip
_register(
    "l_diversity", "DA020", label="Distinct l-diversity", scale="value", direction="higher", low=1.0, high=None,
    plain="the least number of different sensitive values among rows of one class", eligible="everyone",
    formula="min over classes of distinct values", source=_MACHANAVAJJHALA,
    fooled_by="one value that nearly all rows of a class share counts no less than an even mix",
)  # fmt: skip
_register(
    "entropy_l_diversity", "DA020", label="Entropy l-diversity", scale="value", direction="higher", low=1.0, high=None,
    plain="as distinct l-diversity, but values count by how evenly the rows of a class share them",
    eligible="everyone", formula="exp(min over classes of entropy)", source=_MACHANAVAJJHALA,
    fooled_by="values that mean the same: three names of one disease look diverse",
)  # fmt: skip
_register(
    "t_closeness", "DA020", label="t-closeness", scale="value", direction="lower", high=1.0,
    plain="the largest distance of the sensitive values of a class to those of the whole table; 0 gives nothing away",
    eligible="everyone", formula="max over classes of EMD(class, table)",
    source="Li, Li, Venkatasubramanian 2007, ICDE", fooled_by="small classes are far from the whole by chance alone",
)  # fmt: skip

_register(
    "personal_data_share", "DA019", label="Share of values with personal data", direction="lower",
    plain="of the values of a column, those in which a detector finds personal data", eligible="values that are there",
    formula="values with a hit / values", source="the precision and recall of each detector are beside the record",
    fooled_by="what no detector knows: a nickname, a rare disease, a small village",
)  # fmt: skip
_register(
    "personal_data_columns", "DA019", label="Columns with personal data", scale="value", direction="lower", high=None,
    plain="how many columns hold personal data by at least one detector", eligible="columns",
    formula="count of columns", source="as personal_data_share",
    fooled_by="columns that only together say who somebody is: look at DA020",
)  # fmt: skip
_register(
    "secrets", "DA019", label="Values with a secret", scale="value", direction="lower", high=None,
    plain="how many values hold a key, a token, a password or an address with one", eligible="values that are there",
    formula="count of values", source="as personal_data_share",
    fooled_by="secrets without a known form, such as a plain word that is a password",
)  # fmt: skip

_register(
    "terms_missing", "DA021", label="Terms that nobody gave", scale="value", direction="lower", high=None,
    plain="how many questions about source, licence, consent, purpose, place and time of the data have no answer",
    eligible="questions", formula="count of questions", source="Gebru et al. 2021, CACM 64:86",
    fooled_by="an answer that nobody checked counts as much as a true one",
)  # fmt: skip
_register(
    "terms_unmet", "DA021", label="Terms that are not met", scale="value", direction="lower", high=None,
    plain="how many of the named requirements on licence, consent, purpose and place the datasheet does not meet",
    eligible="requirements", formula="count of requirements", source="Gebru et al. 2021, CACM 64:86",
    fooled_by="words are compared, not what they mean in law",
)  # fmt: skip
_register(
    "without_consent_share", "DA021", label="Share of rows without consent", direction="lower",
    plain="of all rows, those whose consent is not recorded as given", eligible="everyone",
    formula="rows without consent / n", source="GDPR (EU) 2016/679, Art. 7(1)",
    fooled_by="consent to something else: the column says that somebody agreed, not to what",
)  # fmt: skip
_register(
    "retention_days_left", "DA021", dated=True, label="Days until the data must be erased", scale="value",
    direction="higher", low=None, high=None,
    plain="whole days from the day of judging to the last day on which the data may be kept; "
    "below 0 when it has passed", eligible="everyone", formula="retain_until - today",
    source="GDPR (EU) 2016/679, Art. 5(1)(e)", fooled_by="copies: one day counts for this table alone",
)  # fmt: skip
