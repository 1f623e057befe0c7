from reporting.models.fact import Fact
from reporting.models.importing import ImportBatch, UnrecognisedValue
from reporting.models.report import ReportArtefact, ReportRun

__all__ = ["Fact", "ImportBatch", "ReportArtefact", "ReportRun", "UnrecognisedValue"]
