"""Numbers about text that know nothing of rooms."""
