"""Numbers that say who is in a table. `data.infos` imports this file; nothing heavy may be loaded here."""

from __future__ import annotations

from sterling.core.data.metrics import register_data_metric

register_data_metric(
    "representation_gap", "DA003", label="Gap to the reference", formula="max |n_g / N - reference_g|",
    plain="how far a group's share of the data is from its share of the reference population",
    source="Goodman 1965, Technometrics 7:247", eligible="rows whose group is recorded and in the reference",
    fooled_by="a reference of other people than those the model will meet; who leaves the question open",
)  # fmt: skip
register_data_metric(
    "representation_ratio", "DA003", label="Share of the reference", direction="higher", scale="value", high=None,
    plain="a group's share of the data as a part of its share of the reference population",
    formula="min (n_g / N) / reference_g", source="Koopman 1984, Biometrics 40:513",
    eligible="rows whose group is recorded and in the reference",
    fooled_by="a group that is hardly in the reference: a few people more or less change its ratio a lot",
)  # fmt: skip
register_data_metric(
    "label_rate_gap", "DA004", label="Gap in labels", eligible="labelled", formula="max P(Y | g) - min P(Y | g)",
    plain="how far apart groups are in the share of rows whose label is positive, before any model",
    source="Aka, Burke, Bauerle, Greer, Mitchell 2021, AIES",
    fooled_by="a true difference, and a past in which some were judged otherwise, look the same here",
)  # fmt: skip
register_data_metric(
    "group_imbalance", "DA004", eligible="everyone", label="Imbalance of groups", formula="sum |n_g / N - 1 / k| / 2",
    plain="the share of rows that would have to belong to other groups for all groups to be equally large",
    source="Levin, Peres, Wilmer 2009, Markov Chains and Mixing Times, chapter 4",
    fooled_by="groups that are small everywhere are small here too: equal size is seldom what is wanted",
)  # fmt: skip
register_data_metric(
    "missing_gap", "DA005", label="Gap in missing values", formula="max P(missing | g) - min P(missing | g)",
    eligible="everyone",
    plain="how far apart groups are in the share of rows in which a column is empty",
    source="Jeanselme, De-Arteaga, Zhang, Barrett, Tom 2022, ML4H; Martinez-Plumed et al. 2019",
    fooled_by="a value that stands for missing (0, 999, an empty text) is not seen",
)  # fmt: skip
register_data_metric(
    "outlier_gap", "DA006", label="Gap in outliers", formula="max P(outlier | g) - min P(outlier | g)",
    plain="how far apart groups are in the share of rows beyond the fences of a column, drawn for everyone together",
    source="Tukey 1977, Exploratory Data Analysis, 2C", eligible="rows with a number in the column",
    fooled_by="groups with another centre or spread lie beyond common fences without being odd among their own",
)  # fmt: skip
register_data_metric(
    "outlier_gap_within", "DA006", label="Gap in outliers among their own", formula="max P(outlier | g) - min",
    plain="how far apart groups are in the share of rows beyond the fences of a column, drawn for each group by itself",
    source="Tukey 1977, Exploratory Data Analysis, 2C", eligible="rows with a number in the column",
    fooled_by="groups whose values are skewed otherwise differ though nobody is odd",
)  # fmt: skip
register_data_metric(
    "doubtful_label_share", "DA007", label="Labels unlike expected", formula="rows off the diagonal of the joint / n",
    plain="of all labelled rows, those whose label is unlike what a model of the other columns expects",
    source="Northcutt, Jiang, Chuang 2021, JAIR 70:1373", eligible="labelled",
    fooled_by="a weak model, or one that leaves out what people knew, doubts labels that are right",
)  # fmt: skip
register_data_metric(
    "doubtful_label_gap", "DA007", label="Gap in labels unlike expected", eligible="labelled",
    plain="how far apart groups are in the share of labels that are unlike what a model expects",
    formula="max share_g - min share_g", source="Northcutt, Jiang, Chuang 2021, JAIR 70:1373",
    fooled_by="a model that fits one group worse doubts more of its labels, right or wrong",
)  # fmt: skip
register_data_metric(
    "proxy_auc", "DA008", label="AUC of a proxy", scale="value", formula="P(score in > score out) + P(tie)/2",
    plain="how well one other column tells a group on rows held out; 0.5 is not at all",
    source="DeLong, DeLong, Clarke-Pearson 1988, Biometrics 44:837", eligible="rows held out",
    fooled_by="columns that tell the group only together are weak alone: see proxy_auc_together",
)  # fmt: skip
register_data_metric(
    "proxy_auc_together", "DA008", label="AUC of all proxies together", scale="value", eligible="rows held out",
    formula="P(score in > score out) + P(tie)/2", source="DeLong, DeLong, Clarke-Pearson 1988, Biometrics 44:837",
    plain="how well all other columns together tell a group on rows held out; 0.5 is not at all",
    fooled_by="a stronger recipe may find more: this is a lower bound of what can be told",
)  # fmt: skip
register_data_metric(
    "coverage_holes", "DA009", eligible="everyone", label="Uncovered combinations", scale="value", high=None,
    plain="how many combinations of groups, each as wide as can be, have fewer rows than wanted",
    formula="number of maximal uncovered patterns", source="Asudeh, Jin, Jagadish 2019, ICDE",
    fooled_by="combinations that cannot occur are holes as well; more columns make more holes",
)  # fmt: skip
