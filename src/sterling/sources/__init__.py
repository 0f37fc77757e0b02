"""Where tables come from: files, folders, globs, data frames. `open.open_table` is the way in."""
