"""The grade of a finding, worked out from what it compares: nobody declares a figure to be better evidence than it is.

Source: domain 5.3 (descriptive: no comparator; comparative; randomised).
"""

from dataclasses import dataclass
from enum import StrEnum

from reporting.measures.counting import NOBODY, Count


class Grade(StrEnum):
    """What kind of evidence a finding is. RANDOMISED is named for readers and given by nothing here: that needs an
    allocation on the record of a scheme, and none holds one (docs/measures.md, section 16)."""

    DESCRIPTIVE = "descriptive"
    COMPARATIVE = "comparative"
    RANDOMISED = "randomised"


@dataclass(frozen=True)
class Finding:
    """What became of a group, and of those it is compared with: nobody, unless ``comparator`` says."""

    group: Count
    comparator: Count = NOBODY

    @property
    def grade(self) -> Grade:
        """Comparative where people of both sides have been followed, else descriptive."""
        both = self.group.people and self.comparator.people
        return Grade.COMPARATIVE if both else Grade.DESCRIPTIVE
