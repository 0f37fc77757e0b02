"""Rows that repeat others, exactly or nearly: counting by hashes, texts by MinHash."""
