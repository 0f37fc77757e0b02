"""Steps that carry a question from data to evidence; each calls its shelf."""
