"""How easily rows could be told to be somebody's: classes of equal rows, and what they give away."""
