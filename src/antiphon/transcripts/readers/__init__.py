"""Readers of foreign forms: one a file, each ending in `PLUGIN`."""
