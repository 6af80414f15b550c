"""Who speaks next? Exactly one rule says."""
