"""Numbers of repeats and leaks that a limit can bound."""

from __future__ import annotations

from sterling.core.data.metrics import register_data_metric

register_data_metric(
    "duplicate_share", "DA014", label="Share of repeated rows", eligible="everyone", formula="(n - different) / n",
    plain="of all rows, those that repeat another one", source="Korn and Graubard 1998, Survey Methodology 24:193",
    fooled_by="an id that nobody named makes every row different; few coarse columns make different people equal",
)  # fmt: skip
register_data_metric(
    "near_duplicate_share", "DA014", label="Share of nearly repeated texts", eligible="different rows with a text",
    formula="rows with a partner / rows", source="Broder 1997",
    plain="of different rows with a text, those whose text is nearly that of another row",
    fooled_by="forms and templates: texts that share a frame are near one another though they say different things",
)  # fmt: skip
register_data_metric(
    "leaked_share", "DA015", label="Share of rows that leaked", eligible="rows of the later part",
    formula="rows whose like is in the other part / rows", source="Kapoor and Narayanan 2023, Patterns 4:100804",
    plain="of the rows of one part, those whose like a model has seen in another",
    fooled_by="coarse rows: two people may be equal in all that is recorded",
)  # fmt: skip
register_data_metric(
    "label_leak_auc", "DA016", label="AUC of one feature alone", eligible="labelled", scale="value",
    formula="P(score+ > score-) + P(tie)/2", source="Kaufman et al. 2012, ACM TKDD 6:15",
    plain="how well the strongest single feature tells the label on rows held out",
    fooled_by="a feature may truly be strong; a leak that needs two features together is not seen",
)  # fmt: skip
register_data_metric(
    "distinguishable_auc", "DA017", label="AUC of telling tables apart", eligible="rows of both", scale="value",
    formula="P(score+ > score-) + P(tie)/2", source="Lopez-Paz and Oquab 2017, ICLR",
    plain="how well a classifier tells rows of one table from rows of another; 0.5 is not at all",
    fooled_by="a column that counts rows or days tells any two tables apart, and means nothing",
)  # fmt: skip
register_data_metric(
    "outside_share", "DA018", label="Share outside the support", eligible="rows of the later table",
    formula="rows beyond the threshold / rows", source="Vovk, Gammerman, Shafer 2005; Bates et al. 2023",
    plain="of the rows of one table, those unlike nearly all rows of another",
    fooled_by="rows may be strange in a column that does not matter, and usual in all while the label has changed",
)  # fmt: skip
