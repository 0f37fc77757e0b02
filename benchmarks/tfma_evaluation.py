"""What TensorFlow Model Analysis does for the same question; run by the Python of its own environment.

python tfma_evaluation.py people.parquet: prints the CPU seconds and the peak of memory of the analysis, imports apart.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import types

import pandas as pd
from google.protobuf import text_format

# The published wheel imports a package of its own that it does not hold; an empty one lets it start.
sys.modules["tensorflow_model_analysis.addons"] = types.ModuleType("addons")
import tensorflow_model_analysis as tfma  # noqa: E402

CONFIG = """
model_specs { prediction_key: "score" label_key: "label" }
slicing_specs {}
slicing_specs { feature_keys: ["sex"] }
slicing_specs { feature_keys: ["race"] }
slicing_specs { feature_keys: ["sex", "race"] }
metrics_specs {
  metrics { class_name: "ExampleCount" }
  metrics { class_name: "AUC" }
  metrics { class_name: "TPR" }
  metrics { class_name: "FPR" }
  metrics { class_name: "TNR" }
  metrics { class_name: "FNR" }
  metrics { class_name: "Precision" }
  metrics { class_name: "BinaryAccuracy" }
}
"""

if __name__ == "__main__":
    people = pd.read_parquet(sys.argv[1]).astype({"label": "float64"})
    config = text_format.Parse(CONFIG, tfma.EvalConfig())
    before = time.process_time()
    result = tfma.analyze_raw_data(people[["label", "score", "sex", "race"]], eval_config=config)
    spent = time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"cpu": spent, "peak_mb": peak, "slices": len(result.slicing_metrics)}))
