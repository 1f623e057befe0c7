"""Names as people write them: folded, found by the beginning of any word, and compared.

`folding` makes words of a name, `tokens` says under what a name is kept and how one is looked for, `typed` reads what
was typed into a search, and `likeness` says whether two names, or two birthdays, may be one. None of them knows Django.
"""
