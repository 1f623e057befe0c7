"""The database: which role a process connects as, what that role may do, and a backend that keeps the two apart."""
