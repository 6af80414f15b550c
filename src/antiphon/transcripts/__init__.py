"""Reads and writes conversations in foreign forms: one reader or writer a file, one safe way to each sink."""
