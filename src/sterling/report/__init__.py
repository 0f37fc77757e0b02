"""What people and programs read of a run: sentences, the page and its data, the JSON contract. Computes nothing."""
