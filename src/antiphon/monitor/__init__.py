"""Knows when a conversation is over: what each message adds, what that says, and what is done about it. Pure."""
