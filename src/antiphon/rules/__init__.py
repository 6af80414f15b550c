"""The rules of a room, one folder a question. Each file is one rule: a frozen Struct of its settings."""
