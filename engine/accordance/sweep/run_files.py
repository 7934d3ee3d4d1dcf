"""What the files of a run are called."""

from __future__ import annotations

from typing import Final

OUTCOMES: Final = "outcomes.parquet"
REJECTED: Final = "rejected.parquet"
VALUES: Final = "values.parquet"
PORTFOLIO: Final = "portfolio.json"
MANIFEST: Final = "manifest.json"
SUMMARY: Final = "summary.md"
RUN: Final = "run.json"
KEY: Final = "key.json"
PART: Final = "part-"
PARTIAL: Final = ".partial"
"""What is put behind the name of the folder while the run is being made."""
