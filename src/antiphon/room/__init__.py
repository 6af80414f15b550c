"""The room, pure: events in, events out; time and chance come in as values."""
