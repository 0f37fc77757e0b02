"""Numbers of anonymity that a limit can bound."""

from __future__ import annotations

from sterling.core.data.metrics import register_data_metric

_SWEENEY = "Samarati 2001, IEEE TKDE 13:1010; Sweeney 2002, IJUFKS 10:557"
_MACHANAVAJJHALA = "Machanavajjhala et al. 2007, ACM TKDD 1:3"
_KNOWN = "which columns somebody outside can know; two releases of the same people, put side by side, tell more"

register_data_metric(
    "k_anonymity", "DA020", label="k", scale="value", direction="higher", low=1.0, high=None, source=_SWEENEY,
    plain="the number of rows in the smallest class of rows that are equal in all quasi-identifiers",
    eligible="everyone", formula="min over classes of n_class", fooled_by=_KNOWN,
)  # fmt: skip
register_data_metric(
    "unique_share", "DA020", label="Share of unique rows", source=_SWEENEY,
    plain="of all rows, those that no other row equals in all quasi-identifiers", eligible="everyone",
    formula="classes of one row / n", fooled_by="a sample: a row that is unique in it may have doubles outside",
)  # fmt: skip
register_data_metric(
    "below_k_share", "DA020", label="Share of rows below k", source=_SWEENEY,
    plain="of all rows, those whose class has fewer rows than the k that was asked for", eligible="everyone",
    formula="rows of classes with n_class < k / n", fooled_by=_KNOWN,
)  # fmt: skip
register_data_metric(
    "reidentification_risk", "DA020", label="Average risk of re-identification",
    plain="the chance of picking the right row for somebody who is known to be in the table, on average",
    eligible="everyone", formula="classes / n", source="El Emam 2013, Guide to the De-Identification of Health "
    "Information (prosecutor risk)", fooled_by="an average: rows in small classes are at far more risk than it says",
)  # fmt: skip
register_data_metric(
    "l_diversity", "DA020", label="Distinct l-diversity", scale="value", direction="higher", low=1.0, high=None,
    plain="the least number of different sensitive values among rows of one class", eligible="everyone",
    formula="min over classes of distinct values", source=_MACHANAVAJJHALA,
    fooled_by="one value that nearly all rows of a class share counts no less than an even mix",
)  # fmt: skip
register_data_metric(
    "entropy_l_diversity", "DA020", label="Entropy l-diversity", scale="value", direction="higher", low=1.0, high=None,
    plain="as distinct l-diversity, but values count by how evenly the rows of a class share them",
    eligible="everyone", formula="exp(min over classes of entropy)", source=_MACHANAVAJJHALA,
    fooled_by="values that mean the same: three names of one disease look diverse",
)  # fmt: skip
register_data_metric(
    "t_closeness", "DA020", label="t-closeness", scale="value", high=1.0,
    plain="the largest distance of the sensitive values of a class to those of the whole table; 0 gives nothing away",
    eligible="everyone", formula="max over classes of EMD(class, table)",
    source="Li, Li, Venkatasubramanian 2007, ICDE", fooled_by="small classes are far from the whole by chance alone",
)  # fmt: skip
