"""What stands in the summary of an occurrence, pasted from a record system: labelled lines, read into facts."""
