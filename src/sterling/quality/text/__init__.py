"""Models that write text: what an answer shares with its reference, and the metrics that come of it."""
