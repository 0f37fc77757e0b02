"""Finding the slices where a model does worst: searched for on one half of the rows, measured on the other."""
