"""Words of the cases about hiding small counts."""

from reporting.recomputation.keys import Book

SUPPRESSION: Book = {}
