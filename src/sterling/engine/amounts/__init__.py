"""Columns of numbers added up by slice, in the same pass as the models: features, or what an explainer wrote."""
