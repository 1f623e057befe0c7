"""How the columns and words of a file are read: the forms of the TOML files in ``reporting/mappings``."""
