"""What counts as a message? All rules must pass."""
