"""Painters: what answers `!image`, one a file."""
