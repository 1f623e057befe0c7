"""Who could have been considered: the force's outcome extract, matched to the decisions recorded here."""
