"""Models that put the candidates of a query in order: how good the order is, and who is seen."""
