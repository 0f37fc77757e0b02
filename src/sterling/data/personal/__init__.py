"""Personal data and secrets: what they look like, where they stand in a table, and how well each detector does."""
