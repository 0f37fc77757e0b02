"""The counts of anomalies that a limit can speak of."""

from __future__ import annotations

from sterling.core.data.metrics import register_data_metric

_PLAIN = {
    "anomaly_errors": "how many promises of the schema are broken that must not be",
    "anomaly_warnings": "how many promises of the schema are broken that somebody should look at",
    "anomaly_notes": "how much else the schema has to say of the table",
}
for _name, _plain in _PLAIN.items():
    _word = _name.removeprefix("anomaly_")
    register_data_metric(
        _name, "DA011", label=f"Number of {_word} against the schema", plain=_plain, eligible="everyone",
        formula="count", scale="value", high=None, fooled_by="a schema that promises little is seldom broken",
    )  # fmt: skip
