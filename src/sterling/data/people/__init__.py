"""Who is in a table: shares against a reference, balance, what is missing or odd for whom, and holes."""
