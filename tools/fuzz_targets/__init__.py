"""A file for each reader of what visitors bring: what has to hold of any input."""
