"""差一点: firms one or two criteria from a title, and what most of them lack."""
