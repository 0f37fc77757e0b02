"""Side by side with peers, in one run, on one machine: only the ratios travel."""
