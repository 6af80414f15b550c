"""Worlds in which everything goes wrong at seeded times: rooms, journal, leases and people under a virtual clock."""
