"""The closed set of tests a criterion may be: figures, growth, titles, incidents, attributes, questions, groups."""
