"""Runs rooms: conducts turns, carries out requests and effects, pauses, resumes, forks, verifies."""
