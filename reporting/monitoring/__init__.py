"""The monitoring report: who was considered and who was diverted, by age, ethnicity, gender, month and scheme."""

from reporting.facts.selection import choose_source
from reporting.monitoring.files import as_csv, as_json, as_xlsx
from reporting.monitoring.report import MARKING, NoReport, compute

__all__ = ["MARKING", "NoReport", "as_csv", "as_json", "as_xlsx", "choose_source", "compute"]
