"""Measures declared once as data, and what is made of them: rates by group, disparities, coverage."""

from reporting.measures.declared import COMPUTED, MEASURES, Measure, NoMeasure
from reporting.measures.figures import compute

__all__ = ["COMPUTED", "MEASURES", "Measure", "NoMeasure", "compute"]
