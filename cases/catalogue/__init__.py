"""The offence catalogue as a file: what an entry is, how a file of entries is read, and what becomes of each row.

Pure: no Django, no database. The catalogue that is shipped stands beside this page in ``offences.csv``.
"""
