"""What does a seat hear? Exactly one rule says."""
