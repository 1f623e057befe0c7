"""Papers for people: the same words on the page and in a file that anybody can open, print and have read out.

A presenter says what a paper holds as blocks. The page shows them (`{% blocks %}`) and `typeset` makes a PDF of them.
"""

from diversion.documents.blocks import Block, Heading, Items, Signatures, Text
from diversion.documents.typesetting import Document, typeset

__all__ = ["Block", "Document", "Heading", "Items", "Signatures", "Text", "typeset"]
