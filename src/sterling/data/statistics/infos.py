"""Numbers of columns that a limit can speak of."""

from __future__ import annotations

from sterling.core.data.metrics import register_data_metric

_SAMPLE = "rows that were lost before the table was made are not in it"

register_data_metric(
    "missing_share", "DA010", label="Share of missing values", eligible="everyone", formula="(null + NaN) / rows",
    plain="of all rows, those whose value in the column is null or NaN; without a column, in the one that lacks most",
    source="Clopper and Pearson 1934, Biometrika 26:404",
    fooled_by="values such as -1, 999 or 'unknown' stand for missing ones and are not counted",
)  # fmt: skip
register_data_metric(
    "not_finite_share", "DA010", label="Share of NaN and infinities", eligible="rows that are not null",
    formula="(NaN + infinite) / not null", source="Clopper and Pearson 1934, Biometrika 26:404",
    plain="of the rows that are not null, those with NaN or an infinity; NaN counts in missing_share as well",
    fooled_by=_SAMPLE,
)  # fmt: skip
register_data_metric(
    "zero_share", "DA010", label="Share of zeros", eligible="rows with a number", formula="zeros / present",
    source="Clopper and Pearson 1934, Biometrika 26:404",
    plain="of the rows with a number, those in which it is 0",
    fooled_by="a zero may be a true zero, or what somebody wrote for a number that was not known",
)  # fmt: skip
register_data_metric(
    "empty_text_share", "DA010", label="Share of empty texts", eligible="rows with a text",
    formula="(empty + blank) / present", source="Clopper and Pearson 1934, Biometrika 26:404",
    plain="of the rows with a text, those in which it is empty or only white space", fooled_by=_SAMPLE,
)  # fmt: skip
register_data_metric(
    "distinct_values", "DA010", label="Different values", eligible="rows with a value", formula="count of values",
    scale="value", direction="none", high=None, plain="how many different values the column has",
    fooled_by="the same thing written in two ways is two values",
)  # fmt: skip
register_data_metric(
    "constant_columns", "DA010", label="Columns of one value", eligible="everyone", formula="count of columns",
    scale="value", high=None, plain="how many columns have one value only, or none",
    fooled_by="a column that is constant here may vary in the rows a model will meet",
)  # fmt: skip
