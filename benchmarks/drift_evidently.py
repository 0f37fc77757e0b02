"""Run by the interpreter that has evidently: the data drift preset on two Parquet files, as JSON."""

import json
import os
import sys
import time

import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset

begin = time.process_time() + sum(os.times()[2:4])
first, second = (pd.read_parquet(path) for path in sys.argv[1:3])
done = Report([DataDriftPreset()]).run(second, first).dict()
scores, drifted = {}, []
for metric in done["metrics"]:
    config = metric.get("config", {})
    if "column" in config and isinstance(metric["value"], int | float):
        distance = float(metric["value"])
        scores[config["column"]] = distance
        if distance >= float(config.get("threshold") or 0.1):
            drifted.append(config["column"])
cpu = time.process_time() + sum(os.times()[2:4]) - begin
print(json.dumps({"cpu": cpu, "scores": scores, "drifted": drifted, "threshold": False}))
