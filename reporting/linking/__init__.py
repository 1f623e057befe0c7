"""Which record is about whom: suspects and follow-up extracts matched to the decisions recorded here."""
