"""Models that give each row a set of items out of any number of them: how much of it is right."""
