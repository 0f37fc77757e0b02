"""Counting: mergeable summaries and the runners that fill them. Arithmetic on counts belongs to the shelves."""
