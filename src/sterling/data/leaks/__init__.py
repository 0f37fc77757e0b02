"""What one part of the data gives away about another, and features that give the label away."""
