from reporting.models.fact import Fact
from reporting.models.importing import ImportBatch, UnrecognisedValue

__all__ = ["Fact", "ImportBatch", "UnrecognisedValue"]
