"""Statistics of a table's columns: exact where the table is held, sketched with stated errors where it streams."""

from sterling.data.statistics.facts import ColumnFacts, TableFacts
from sterling.data.statistics.summarise import Summary, summarise
from sterling.data.statistics.withheld import column_profile, ends_in_words, profile_of

__all__ = ["ColumnFacts", "Summary", "TableFacts", "column_profile", "ends_in_words", "profile_of", "summarise"]
