"""Whether a table may be used: what its datasheet says and leaves open."""
