"""Models that predict a number: what is counted of them, and the errors that come of it."""
