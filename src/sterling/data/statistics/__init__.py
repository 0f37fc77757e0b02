"""Statistics of a table's columns: exact where the table is held, sketched with stated errors where it streams.

`summarise.summarise` gives the facts that other questions reckon with, `withheld.profile_of` what may be told of them.
"""
