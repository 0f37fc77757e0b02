"""Numbers of personal data and secrets that a limit can bound."""

from __future__ import annotations

from sterling.core.data.metrics import register_data_metric

register_data_metric(
    "personal_data_share", "DA019", label="Share of values with personal data",
    plain="of the values of a column, those in which a detector finds personal data", eligible="values that are there",
    formula="values with a hit / values", source="the precision and recall of each detector are beside the record",
    fooled_by="what no detector knows: a nickname, a rare disease, a small village",
)  # fmt: skip
register_data_metric(
    "personal_data_columns", "DA019", label="Columns with personal data", scale="value", high=None,
    plain="how many columns hold personal data by at least one detector", eligible="columns",
    formula="count of columns", source="as personal_data_share",
    fooled_by="columns that only together say who somebody is: look at DA020",
)  # fmt: skip
register_data_metric(
    "secrets", "DA019", label="Values with a secret", scale="value", high=None,
    plain="how many values hold a key, a token, a password or an address with one", eligible="values that are there",
    formula="count of values", source="as personal_data_share",
    fooled_by="secrets without a known form, such as a plain word that is a password",
)  # fmt: skip
