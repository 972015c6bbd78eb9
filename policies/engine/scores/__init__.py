"""Score tables and ratings: points by bands, groups with lines of their own, and classes taken from the top."""
