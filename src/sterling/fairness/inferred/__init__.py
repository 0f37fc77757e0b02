"""Groups that were not recorded: known by probabilities only, or by their shares."""
