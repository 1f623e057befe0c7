import secrets
import unicodedata
from typing import ClassVar

import pghistory
from django.db import connection, models
from django.db.models.functions import Collate, Upper

from cases.codes import VictimKind, VictimStance
from cases.models.offence import Offence
from diversion.accounts.models import Organisation
from diversion.data_use import operational, personal, structural
from diversion.names.tokens import following

#: Characters of a crime number as it is kept; capitals may be more than what was typed.
MOST_OF_NUMBER = 40


def crime_number(typed: str) -> str:
    """A crime number as it is kept: in capitals, with single spaces. "av/7/26" and "AV/7/26" are one crime.

    What nobody sees of it, such as a mark of direction or of width from a copied page, is not part of it.
    """
    plain = unicodedata.normalize("NFKC", typed)
    seen = "".join(one for one in plain if unicodedata.category(one) not in ("Cf", "Cc") or one.isspace())
    return " ".join(seen.split()).upper()


#: How the stand-in of a crime begins that the force's record system has not numbered yet.
NO_NUMBER = "NO NUMBER YET "


def stand_in() -> str:
    """What a crime is called until it has its number: nobody types it, and no two crimes share it."""
    return f"{NO_NUMBER}{secrets.token_hex(4).upper()}"


class CrimeQuerySet(models.QuerySet["Crime"]):
    def numbered_from(self, beginning: str, *, force: Organisation) -> "CrimeQuerySet":
        """Crimes of ``force`` whose number, as it is kept, begins so (with one letter at least)."""
        return self.numbered_between(beginning, following(beginning), force=force.pk) if beginning else self.none()

    def numbered_between(self, first: str, beyond: str, *, force: int) -> "CrimeQuerySet":
        """Crimes of a force (its id) whose number stands from ``first`` on and before ``beyond``, letter by letter."""
        rows = self.filter(force=force).annotate(in_order=Collate("number", "C"))
        return rows.filter(in_order__gte=first, in_order__lt=beyond)

    def of_number(self, number: str, *, force: Organisation) -> "tuple[Crime, bool]":
        """The crime of that number, as it is kept, and whether it is new. Two officers may enter it at one moment: the
        second then gets the first one's, which its own statement did not see yet."""
        with connection.cursor() as cursor:
            cursor.execute(OF_NUMBER, {"force": force.pk, "number": number})
            key, is_new = cursor.fetchone() or (None, False)
        if key is None:
            return self.get(force=force, number=number), False
        found = Crime.from_db(self.db, ["id", "force_id", "number"], [key, force.pk, number])
        found.force = force
        return found, is_new


#: Makes the crime where it is not on record: one statement. The number is compared as its index has it.
OF_NUMBER = """
    WITH made AS (
        INSERT INTO cases_crime (force_id, number) VALUES (%(force)s, %(number)s) ON CONFLICT DO NOTHING RETURNING id
    )
    SELECT id, true FROM made
    UNION ALL SELECT id, false FROM cases_crime WHERE force_id = %(force)s AND number COLLATE "C" = %(number)s
"""


@pghistory.track()
class Crime(models.Model):
    """A crime or occurrence in the force's record system. Several people may each have a case over it.

    What is known of it stands in each case (Allegation): nobody learns from their own entry that another case has it.
    """

    force = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="crimes")
    number = models.CharField(max_length=MOST_OF_NUMBER)

    objects = CrimeQuerySet.as_manager()

    data_use: ClassVar = structural("id", "force") | operational("Link to the force's record system", "number")

    class Meta:
        constraints = [models.UniqueConstraint("force", Upper("number"), name="crime_number_once_in_any_case")]
        indexes = [models.Index("force", Collate("number", "C"), name="crime_number_begins")]

    def __str__(self) -> str:
        return self.number

    @property
    def awaits_number(self) -> bool:
        """Whether the force's record system has not numbered it yet, as far as anybody has said here."""
        return self.number.startswith(NO_NUMBER)


@pghistory.track()
class Victim(models.Model):
    """A victim of a crime. Only police see this record: no provider's page or query reaches it."""

    crime = models.ForeignKey(Crime, on_delete=models.CASCADE, related_name="victims")
    kind = models.CharField(max_length=10, choices=VictimKind)
    name = models.CharField(max_length=150, blank=True)

    data_use: ClassVar = structural("id", "crime") | personal(
        "Seek the victim's views and tell them the outcome (Victims' Code)", "kind", "name"
    )

    def __str__(self) -> str:
        return self.name or self.get_kind_display()


@pghistory.track()
class Allegation(models.Model):
    """One crime in one case: its offence, its victim's view and its Home Office outcome.

    Six shop thefts are one case with six allegations and six outcomes.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="allegations", db_index=False)
    crime = models.ForeignKey(Crime, on_delete=models.PROTECT, related_name="allegations")
    offence = models.ForeignKey(Offence, on_delete=models.PROTECT, related_name="+")
    committed_on = models.DateField()
    area = models.CharField(max_length=100, blank=True)
    victim = models.ForeignKey(Victim, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    is_domestic_abuse = models.BooleanField(default=False)
    is_hate_crime = models.BooleanField(default=False)
    first_statement_on = models.DateField(null=True, blank=True)
    victim_stance = models.CharField(max_length=15, choices=VictimStance, blank=True)
    limit_on = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=3, blank=True)
    outcome_on = models.DateField(null=True, blank=True)

    data_use: ClassVar = (
        structural("id", "case", "crime")
        | personal("Say what the person is alleged to have done", "offence", "is_domestic_abuse", "is_hate_crime")
        | personal("Act on the victim's views (Victims' Code)", "victim", "victim_stance")
        | operational(
            "Keep within the statutory time limit (MCA 1980 s.127, CJA 1988 s.39A)",
            *("committed_on", "limit_on", "first_statement_on"),
        )
        | operational("Say where the crime happened", "area")
        | personal("Report the crime's outcome (Home Office Counting Rules)", "outcome", "outcome_on")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "crime"], name="crime_once_in_case"),
            models.CheckConstraint(
                condition=models.Q(outcome="", outcome_on__isnull=True)
                | (~models.Q(outcome="") & models.Q(outcome_on__isnull=False)),
                name="allegation_outcome_has_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.crime}: {self.offence}"

    @property
    def counts_as_hate(self) -> bool:
        """Whether the officer marked it as hate crime, or the offence itself is an aggravated one."""
        return self.is_hate_crime or self.offence.hate_variant
