"""One made-up person at each stage of each scheme, where the tales have left nobody: whoever tries a scheme out finds
somebody to accept, to meet, to close, or to decide on."""

import random
import uuid
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction

from cases.codes import VictimKind, VictimStance
from cases.details import CaseDetails, CrimeDetails, DecisionDetails, PersonDetails
from cases.eligibility.schemes import load_scheme_library
from cases.law.dates import add_months
from cases.models import Authorisation, Case
from diversion import clock
from diversion.accounts.models import User
from diversion.demonstration.answers import answers_of
from diversion.demonstration.people import ETHNICITIES, FAMILY, GIVEN, MadeUp, pick
from diversion.demonstration.stories import DRUGS, REASONS, SEED, Storyteller
from diversion.unit_of_work import unit_of_work
from referrals.actions import deciding, helping, partner, support
from referrals.actions.deciding import Support
from referrals.actions.helping import HelpDetails
from referrals.models import HelpRequest, Referral, SchemeVersion
from referrals.schemes.sessions import sessions_of

FORCE = "avonford"
#: Of people with an agreement: the state and the result of the referral, and how long ago it was recorded.
STAGES = {
    "sent": ("sent", "", timedelta(hours=5)),
    "accepted": ("accepted", "", timedelta(days=3)),
    "started": ("started", "", timedelta(days=20)),
    "not_kept": ("closed", "not_completed", timedelta(days=45)),
    "kept": ("closed", "completed", timedelta(0)),  # as long ago as the agreement lasts
}
HELP = ("sent", "taken_up", "closed")
#: For whom a scheme is, where that is not an adult of 34 who took something from a shop.
OFFENCES = {
    "drug-diversion": "possession-of-cannabis",
    "drug-diversion-youth": "possession-of-cannabis",
    "youth-knife-plan": "possession-of-a-bladed-article",
    "cara": "common-assault",
}
AGES = {"drug-diversion-youth": 15, "youth-knife-plan": 15}
MINIMUM_STANDARDS = {
    "domestic_abuse_risk": "standard",
    "controlling_behaviour": False,
    "first_domestic_abuse": True,
    "harmed_seen_apart": True,
    "approved_programme": True,
    "specified_offence": False,
}


def submission_of(slug: str, stage: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"diversion:stage:{slug}:{stage}")


SUBMISSIONS = tuple(submission_of(one.slug, stage) for one in load_scheme_library() for stage in STAGES)


def tell(people: dict[str, User]) -> int:
    """Everybody who is missing, each told whole or not at all; how many were added. Who was told once is not again."""
    teller = StageTeller(people, FORCE, [people["amara"], people["callum"]])
    return sum(1 for _one in teller.missing()) + sum(1 for _one in _missing_help(people))


class StageTeller(Storyteller):
    """Tells one person as far as a stage."""

    def missing(self) -> Iterator[Case]:
        for slug, versions in sorted(self.versions.items()):
            if not versions[-1].rules.disposals:
                continue
            for stage, (state, result, back) in STAGES.items():
                there = Referral.objects.filter(scheme_version__scheme__slug=slug, state=state, result=result)
                told = Case.objects.filter(submission=submission_of(slug, stage))
                if not (there.filter(case__force__slug=self.force).exists() or told.exists()):
                    with transaction.atomic():
                        yield self._tell_one(slug, stage, back or self._lasts(versions[-1]))

    def _lasts(self, version: SchemeVersion) -> timedelta:
        """From the agreement until everything in it can have been kept."""
        days = [one.due_days or 56 for one in version.condition_templates.all() if one.is_mandatory]
        return timedelta(days=max([*days, 56]) + 4)

    def _tell_one(self, slug: str, stage: str, back: timedelta) -> Case:
        self.chance = random.Random(f"{SEED} {slug} {stage}")  # noqa: S311 - a tale, not a secret
        self.chance_of_needs = random.Random(f"{SEED} needs {slug} {stage}")  # noqa: S311
        begin = self.now - back
        with self._at(begin):
            version = next(one for one in self.versions[slug] if one.is_open(clock.today()))
            case = self._recorded(version, stage)
        waiting = Authorisation.objects.filter(case=case, state="waiting").first()
        if waiting:
            with self._at(begin + timedelta(hours=2)):
                self._authorise(case, self.cast["david" if waiting.rank == "inspector" else "carol"])
        referral = case.referrals.get()
        if stage != "sent":
            manager, navigator = self._partner(referral)
            with self._at(begin + timedelta(days=1)):
                referral.refresh_from_db()
                partner.accept(referral=referral, navigator=navigator, version=referral.version, by=manager)
            self._as_far_as(stage, referral, begin + timedelta(days=7), navigator)
        return case

    def _recorded(self, version: SchemeVersion, stage: str) -> Case:
        today, slug = clock.today(), version.scheme.slug
        offence = self.offences[OFFENCES.get(slug, "theft-from-a-shop")]
        is_abuse = slug == "cara"
        who = self._somebody(slug, is_abuse=is_abuse)
        has_victim = offence.code not in DRUGS and not offence.is_knife
        crime = CrimeDetails(
            number=f"{self.force[:2].upper()}{slug[:3].upper()}{stage[:4].upper()}/{today:%y}",
            committed_on=today - timedelta(days=1),
            offence=offence,
            area=self.force.title(),
            victim_kind=VictimKind.PERSON if has_victim else VictimKind.NONE,
            victim_stance=VictimStance.AGREES if has_victim else "",
            is_domestic_abuse=is_abuse,
            first_statement_on=today if is_abuse else None,
        )
        decision = DecisionDetails("offered_accepted", "admitted", version.rules.disposals[0], rationale=REASONS)
        facts = self._facts(version, offence, "2") | (MINIMUM_STANDARDS if is_abuse else {})
        said = answers_of(who, [crime], decision, "street", "charge_standard", facts)
        abuse = {"flags": ["domestic_abuse"], "first_statement_on": today.isoformat()}
        said["crimes"][0] |= abuse if is_abuse else {}
        details = CaseDetails(who.details, [crime], "street", "none", decision, said)
        agreed = Support(version, None, self._conditions(version, today))
        submission = submission_of(slug, stage)
        by = self.chance.choice(self.officers)
        return deciding.record_decision(submission=submission, details=details, support=agreed, by=by)

    def _somebody(self, slug: str, *, is_abuse: bool) -> MadeUp:
        sex, years = "male" if is_abuse else "female", AGES.get(slug, 34)
        details = PersonDetails(
            given_names=self.chance.choice(GIVEN[sex]),
            family_name=self.chance.choice(FAMILY),
            date_of_birth=add_months(clock.today(), -12 * years - 4),
            sex=sex,
            ethnicity_self_defined=pick(self.chance, ETHNICITIES),  # or groups would differ by these people
            telephone=f"07700 900{self.chance.randrange(1000):03}",
        )
        return MadeUp(details, "none", years)

    def _as_far_as(self, stage: str, referral: Referral, first: datetime, navigator: User) -> None:
        """Met once a week, or missed, until the stage; who is on the way has a meeting to come."""
        sessions = sessions_of(referral).asked or 2
        place, meets = f"{referral.provider}, main office", {"accepted": 0, "started": 1, "not_kept": 2}
        for week in range(meets.get(stage, sessions)):
            day = datetime.combine(clock.local_date(first + timedelta(weeks=week)), time(10, 30), clock.LONDON)
            with self._at(day + timedelta(hours=1)):
                met = support.plan_appointment(referral=referral, starts_at=day, place=place, by=navigator)
                arrives = stage != "not_kept"
                self._meet(referral, met, navigator, arrives=arrives, never_misses=arrives)
        if stage in ("accepted", "started"):
            to_come = datetime.combine(clock.local_date(self.now) + timedelta(days=3), time(10, 30), clock.LONDON)
            with self._at(self.now):
                support.plan_appointment(referral=referral, starts_at=to_come, place=place, by=navigator)
        else:
            with self._at(self.now - timedelta(hours=3)):
                self._end(referral, navigator, keeps=stage == "kept")


def _missing_help(people: dict[str, User]) -> Iterator[HelpRequest]:
    """Somebody with no offence alleged at each stage of each service that helps such people."""
    versions = SchemeVersion.objects.open_on(clock.today()).filter(scheme__force__slug=FORCE)
    for version in versions.select_related("scheme", "provider"):
        for stage in HELP if version.rules.without_offence else ():
            if not HelpRequest.objects.filter(scheme_version__scheme=version.scheme, state=stage).exists():
                with transaction.atomic():
                    yield _ask(version, stage, people)


def _ask(version: SchemeVersion, stage: str, people: dict[str, User]) -> HelpRequest:
    worker = people["george" if version.provider.slug == "harbour" else "fatima"]
    days = HELP.index(stage) * 8
    given: dict[str, Any] = {"submission": submission_of(version.scheme.slug, f"help-{stage}"), "service": version}
    details = HelpDetails("", "Comes to the day centre on Tuesdays", ("find",), "any", (), ("stay",), ())
    with clock.set_to(clock.now() - timedelta(days=days, hours=1)), unit_of_work("demonstration"):
        asked = helping.ask_for_help(**given, details=details, agreed=True, by=people["amara"])
        if stage != "sent":
            asked = helping.take_up_help(asked=asked, worker=worker, version=asked.version, by=worker)
        if stage == "closed":
            asked = helping.close_help(asked=asked, reason="helped", version=asked.version, by=worker)
    return asked
