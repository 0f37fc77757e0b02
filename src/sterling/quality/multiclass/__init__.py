"""Models that name one of several classes: what is counted of them and what it says."""
