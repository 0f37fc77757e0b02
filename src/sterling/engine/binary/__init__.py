"""Yes/no models: the count cube and what becomes of it."""
