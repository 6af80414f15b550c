"""The Python calls behind every verb of the command line: a laboratory, its sessions, and a room as one object."""
