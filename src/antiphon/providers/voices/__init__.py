"""The builtin voices: small programs that speak without any model, one a file, and what they share."""
