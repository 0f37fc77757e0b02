"""Tables of outcomes in the form that a rule asks for. The rules are data in `rules/`, each with the date it is of."""
