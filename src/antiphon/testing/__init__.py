"""Fakes with the contracts of the real adapters, shipped for everybody who tests against Antiphon."""
