"""Models that give each row any of several labels: what is counted of them and what it says."""
