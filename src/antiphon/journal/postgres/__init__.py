"""A journal in PostgreSQL, for rooms of many processes on many machines; needs the extra `postgres` (psycopg 3)."""
