"""Trainable, readable starting points, meant to be copied and changed."""
