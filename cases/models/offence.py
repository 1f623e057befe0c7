from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Aggregate, F, Func, Q, Value
from django.db.models.functions import Coalesce

from cases.catalogue.entry import COLUMNS, GROUPS, Entry
from cases.eligibility.codes import OFFENCE_GROUPS
from cases.eligibility.facts import DRUG
from diversion.accounts.models import Organisation, User
from diversion.data_use import operational, structural


class OffenceQuerySet(models.QuerySet["Offence"]):
    def standing(self) -> "OffenceQuerySet":
        """Entries that have not been corrected since: those that a new decision may rest on."""
        return self.filter(replaced_at__isnull=True)

    def of(self, force: Organisation) -> "OffenceQuerySet":
        """The shared entries and the force's own."""
        return self.standing().filter(Q(owner__isnull=True) | Q(owner=force))

    def visible_to(self, user: User) -> "OffenceQuerySet":
        """What a force keeps for itself is seen there alone."""
        return self.of(user.organisation)

    def catalogue(self, force: Organisation) -> "Catalogue":
        """The catalogue of the force, by code and day; read anew once a row of it has changed."""
        rows, known = self.of(force), _READ.get(force.pk)
        edition = rows.aggregate(edition=Edition())["edition"]
        if known is None or known[0] != edition:
            known = _READ[force.pk] = (edition, Catalogue(rows))
        return known[1]


class Edition(Aggregate):
    """What tells one state of the rows from another: where each stands, and which transaction has written it there.

    PostgreSQL writes a changed row anew, in another place (System Columns: ctid, xmin).
    """

    template = "md5(string_agg(ctid || ' ' || xmin, ',' ORDER BY ctid))"
    output_field = models.TextField()


def _one(expression: Func) -> Func:
    return Func(expression, expression, Value("[]"), function="int8range")


class Offence(models.Model):
    """One entry of the offence catalogue, from a day to a day (cases.catalogue.entry says what its fields mean).

    Facts never change on an entry that stands: a correction is a row of its own, which takes the place of the old one
    (``replaced_at``), and recorded cases keep theirs. ``owner`` is the force whose own entry it is; None is shared.
    Empty is not known. Crime Harm days are never invented.
    """

    class Mode(models.TextChoices):
        SUMMARY = "summary", "Summary only"
        EITHER_WAY = "either_way", "Either way"
        INDICTABLE = "indictable", "Indictable only"

    owner = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Ours. The national codes stand beside it where somebody has loaded them from an official list.
    code = models.SlugField(max_length=80)
    home_office_code = models.CharField(max_length=100, blank=True)
    cjs_code = models.CharField(max_length=100, blank=True)
    title = models.CharField(max_length=150)
    # What officers call it: found by the picker, never shown on a record.
    search = models.CharField(max_length=400, blank=True)
    group = models.CharField(max_length=40, choices=[(group, group) for group in GROUPS])
    mode = models.CharField(max_length=12, choices=Mode)
    # The group in whose terms the policy and the special time limits are written (cases.eligibility.codes).
    policy_group = models.CharField(max_length=40, choices=sorted(OFFENCE_GROUPS.items()))
    act = models.CharField(max_length=120, blank=True)
    section = models.CharField(max_length=100, blank=True)
    specified = models.BooleanField(null=True, blank=True)
    hate_variant = models.BooleanField(default=False)
    drug = models.CharField(max_length=10, choices=sorted(DRUG.items()), blank=True)
    is_knife = models.BooleanField(default=False)
    without_victim = models.BooleanField(default=False)
    gravity_adult = models.PositiveSmallIntegerField(null=True, blank=True)
    gravity_child = models.PositiveSmallIntegerField(null=True, blank=True)
    gravity_source = models.CharField(max_length=200, blank=True)
    recordable = models.BooleanField(null=True, blank=True)
    harm_days = models.PositiveIntegerField(null=True, blank=True)
    harm_source = models.CharField(max_length=100, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=300)
    unsure = models.CharField(max_length=100, blank=True)
    note = models.CharField(max_length=400, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects = OffenceQuerySet.as_manager()

    data_use: ClassVar = structural("id", "owner", "replaced_at") | operational(
        "Say what the person is alleged to have done, in standard terms", *COLUMNS
    )

    class Meta:
        ordering = ["group", "title", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="offence_ends_after_start",
            ),
            # Equality of a number or a text as the overlap of two ranges: PostgreSQL needs no extension for it.
            ExclusionConstraint(
                name="one_offence_a_code_and_day",
                expressions=[
                    (_one(Coalesce("owner_id", 0)), RangeOperators.OVERLAPS),
                    (_one(Func(F("code"), Value(0), function="hashtextextended")), RangeOperators.OVERLAPS),
                    (Func(F("valid_from"), F("valid_to"), Value("[]"), function="daterange"), RangeOperators.OVERLAPS),
                ],
                condition=Q(replaced_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def starts(self) -> date:
        return self.valid_from or date.min

    @property
    def ends(self) -> date:
        return self.valid_to or date.max

    @property
    def is_own(self) -> bool:
        """Whether it is a force's own entry."""
        return self.owner_id is not None

    @property
    def is_specified(self) -> bool | None:
        """Whether it is an either-way offence of SI 2015/790; None where that is not known."""
        return self.specified if self.mode == self.Mode.EITHER_WAY else False

    def rule_facts(self) -> dict[str, Any]:
        """What the offence alone says in the terms of ``cases.eligibility.facts``. What it does not say is left out."""
        said = {"specified_offence": self.is_specified, "drug": self.drug or None}
        return {
            "offence_alleged": True,
            "offence_group": self.policy_group,
            "offence_code": self.code,
            "mode_of_trial": self.mode,
            **{name: value for name, value in said.items() if value is not None},
        }

    def entry(self) -> Entry:
        """As an entry of a file."""
        return Entry(**{name: getattr(self, name) for name in COLUMNS})


#: The catalogue of each force as it was read last. Every page of a decision asks for its three hundred rows.
_READ: dict[int, tuple[str, "Catalogue"]] = {}


class Catalogue:
    """Entries by code and day. Of two under one code a force's own comes first."""

    def __init__(self, offences: Iterable[Offence]) -> None:
        self._entries: dict[str, list[Offence]] = {}
        for offence in offences:
            self._entries.setdefault(offence.code, []).append(offence)
        for entries in self._entries.values():
            entries.sort(key=lambda entry: (not entry.is_own, -entry.starts.toordinal()))

    def __contains__(self, code: object) -> bool:
        return code in self._entries

    def __iter__(self) -> Iterator[Offence]:
        """The latest entry of each code, in the order in which the entries were given."""
        return (entries[0] for entries in self._entries.values())

    def on(self, code: str, day: date) -> Offence | None:
        """The entry that stood on the day; None for a code that is not known, or stood for nothing then."""
        found = (entry for entry in self._entries.get(code, ()) if entry.starts <= day <= entry.ends)
        return next(found, None)

    def latest(self, code: str) -> Offence | None:
        """The last entry of the code, whatever the day."""
        return next(iter(self._entries.get(code, ())), None)
