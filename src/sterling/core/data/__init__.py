"""What can be said of a table, as plain frozen records: aggregates only, never one row's own value."""
