"""Is the model any good?"""
