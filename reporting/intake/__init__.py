"""From files to rows: one reader, the mappings of columns and words, days, and the rows that were refused.

Nothing here counts, links or keeps a figure; what a row becomes is told to ``facts`` and ``linking``.
"""
