"""What was found in a table itself, as sentences, blocks and chapters: one home for page, report, card and terminal."""
