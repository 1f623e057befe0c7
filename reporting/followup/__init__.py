"""What came after a decision: the first proven reoffence, as a follow-up extract of the courts' record tells it."""
