"""Prose and words in both languages, and the terms that explain themselves in it."""
