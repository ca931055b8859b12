"""Answers every GET from the compiled site."""
