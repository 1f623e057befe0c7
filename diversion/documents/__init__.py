"""Papers for people: the same words on the page and in a file that anybody can open, print and have read out.

A presenter says what a paper holds as blocks, and `typeset` makes a PDF of them. A page may show them too
(`{% blocks %}`): tables have a tag of their own there.
"""

from diversion.documents.blocks import Block, Chart, Grid, Heading, Items, Signatures, Text
from diversion.documents.typesetting import Document, as_attachment, typeset

__all__ = ["Block", "Chart", "Document", "Grid", "Heading", "Items", "Signatures", "Text", "as_attachment", "typeset"]
