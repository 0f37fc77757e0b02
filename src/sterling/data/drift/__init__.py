"""How a table changed: drift between tables, and skew between the same rows in two places."""
