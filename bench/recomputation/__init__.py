"""Named cases recomputed by the service's own functions: how anyone checks its arithmetic against published figures.

``by_case`` turns one case into one line; ``ratios``, ``lists`` and ``suppression`` know the words that cases use;
``tables`` makes cases of a table (docs/measures.md, section 21).
"""
