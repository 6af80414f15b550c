"""Keeps events: in memory, or in SQLite. Every journal passes `antiphon.testing.journals`."""
