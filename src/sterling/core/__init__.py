"""The nouns every other room shares. Imports nothing from above."""
