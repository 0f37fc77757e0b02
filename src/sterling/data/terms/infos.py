"""Numbers of the terms of use that a limit can bound."""

from __future__ import annotations

from sterling.core.data.metrics import register_data_metric

register_data_metric(
    "terms_missing", "DA021", label="Terms that nobody gave", scale="value", high=None,
    plain="how many questions about source, licence, consent, purpose, place and time of the data have no answer",
    eligible="questions", formula="count of questions", source="Gebru et al. 2021, CACM 64:86",
    fooled_by="an answer that nobody checked counts as much as a true one",
)  # fmt: skip
register_data_metric(
    "terms_unmet", "DA021", label="Terms that are not met", scale="value", high=None,
    plain="how many of the named requirements on licence, consent, purpose and place the datasheet does not meet",
    eligible="requirements", formula="count of requirements", source="Gebru et al. 2021, CACM 64:86",
    fooled_by="words are compared, not what they mean in law",
)  # fmt: skip
register_data_metric(
    "without_consent_share", "DA021", label="Share of rows without consent",
    plain="of all rows, those whose consent is not recorded as given", eligible="everyone",
    formula="rows without consent / n", source="GDPR (EU) 2016/679, Art. 7(1)",
    fooled_by="consent to something else: the column says that somebody agreed, not to what",
)  # fmt: skip
register_data_metric(
    "retention_days_left", "DA021", dated=True, label="Days until the data must be erased", scale="value",
    direction="higher", low=None, high=None,
    plain="whole days from the day of judging to the last day on which the data may be kept; "
    "below 0 when it has passed", eligible="everyone", formula="retain_until - today",
    source="GDPR (EU) 2016/679, Art. 5(1)(e)", fooled_by="copies: one day counts for this table alone",
)  # fmt: skip
