"""Some hundreds of made-up cases at every stage, told through the service's own actions with the clock set back."""

import random
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from cases import legal
from cases.actions import victims
from cases.actions.admitting import Admitted
from cases.codes import VictimKind, VictimStance
from cases.details import CaseDetails, CrimeDetails, DecisionDetails
from cases.models import Authorisation, Case, Offence, VictimDuty
from diversion import clock
from diversion.accounts.models import User
from diversion.demonstration import needs
from diversion.demonstration.answers import answers_of
from diversion.demonstration.people import ACCEPTED, COMPLETED, MadeUp, make_up, pick
from diversion.refusals import Refused
from diversion.unit_of_work import unit_of_work
from referrals.actions import breaching, closing, deciding, partner, support
from referrals.actions.deciding import Support
from referrals.actions.explaining import explain_and_sign
from referrals.models import Appointment, Breach, Condition, ConditionTemplate, Referral, SchemeVersion
from referrals.schemes.condition_words import ConditionDetails, with_quantity
from referrals.schemes.document import places_in
from referrals.schemes.sessions import sessions_of

SEED = 20260610
DAYS_BACK = 330
#: Cases from this number on are so old that it is known who was proven to have offended again.
LONG_AGO, LONG_BACK = 10_000, (560, 1_080)
MEETINGS = 4
REASONS = "Proportionate to what happened, and agreed with the person on the day."
Attendance = Appointment.Attendance

OFFENCES = {
    "theft-from-a-shop": 26,
    "possession-of-cannabis": 24,
    "possession-of-a-class-a-drug": 8,
    "common-assault": 12,
    "criminal-damage": 12,
    "causing-harassment-alarm-or-distress": 8,
    "drunk-and-disorderly": 6,
    "assault-occasioning-actual-bodily-harm": 4,
}
DRUGS = ("possession-of-cannabis", "possession-of-a-class-a-drug")
NOT_OFFERED = {
    "not_admitted": 30,
    "evidence": 10,
    "history": 25,
    "too_serious": 12,
    "victim": 8,
    "no_service": 10,
    "public_interest": 15,
}
GRAVITY = {"1": 20, "2": 55, "3": 20, "4": 5}
# What an officer answers of most people once a rule asks.
USUAL: dict[str, Any] = {
    **dict.fromkeys(("on_bail", "under_order", "suspended_sentence", "conditional_discharge", "detained"), False),
    "co_accused": False,
    "yjs_consulted": True,
    "child_information_form": True,
    "low_level_supply": True,
}
WITHOUT_SCHEME = {"no_action": 14, "community_resolution": 40, "caution": 18, "charge": 22, "not_known": 6}
TOLD_LATE = 7  # of twelve victims one is told three weeks late, or waits for it still
WITH_VICTIM = ("theft-from-a-shop", "common-assault", "criminal-damage", "assault-occasioning-actual-bodily-harm")


def is_recent(number: int) -> bool:
    """One case in six is of this week, so that inboxes and queues have something in them."""
    return number % 6 == 0 and number < LONG_AGO


@dataclass
class Storyteller:
    """Tells cases of one force, the same each time. ``cast`` holds its people and those of the providers."""

    cast: dict[str, User]
    force: str
    officers: list[User]

    def __post_init__(self) -> None:
        self.now = clock.now()
        self.offences = {offence.code: offence for offence in Offence.objects.standing().filter(owner=None)}
        versions = SchemeVersion.objects.filter(scheme__force__slug=self.force).select_related("scheme", "provider")
        self.versions: dict[str, list[SchemeVersion]] = {}
        for version in versions.prefetch_related("condition_templates"):
            self.versions.setdefault(version.scheme.slug, []).append(version)

    def tell(self, numbers: Iterable[int]) -> int:
        """Tell the cases ``numbers``, each as far as the time since allows; those told before stay. How many were told.

        Each has a chance of its own and is told whole or not at all: so they can be told in any order, and whoever
        is interrupted goes on from there.
        """
        untold = [number for number in numbers if not Case.objects.filter(submission=self._submission(number)).exists()]
        for number in untold:
            with transaction.atomic():
                self._tell(number)
        return len(untold)

    def _tell(self, number: int) -> None:
        self.chance = random.Random(f"{SEED} {self.force} {number}")  # noqa: S311 - a tale, not a secret
        self.chance_of_needs = random.Random(f"{SEED} needs {self.force} {number}")  # noqa: S311
        days = (0.1, 4) if is_recent(number) else LONG_BACK if number >= LONG_AGO else (0.1, DAYS_BACK)
        recorded = self.now - timedelta(days=self.chance.uniform(*days))
        with self._at(recorded):
            case = self._record(number)
        referrals = Referral.objects.filter(case=case)
        if not referrals and Authorisation.objects.filter(case=case, state="waiting").exists():
            self._authorised(case, recorded)
        for referral in referrals:
            self._follow(referral, recorded)
        self._tell_victims(case, after=timedelta(days=22 if number % 12 == TOLD_LATE else 1))

    def _tell_victims(self, case: Case, after: timedelta) -> None:
        """So long after each thing that a victim is owed, its officer rings them."""
        for duty in VictimDuty.objects.open().filter(allegation__case=case):
            with self._at(duty.made_at + after) as happened:
                if happened:
                    victims.tell(duty=duty, channel="telephone", by=case.officer)

    def _submission(self, number: int) -> uuid.UUID:
        return uuid.uuid5(uuid.NAMESPACE_URL, f"demonstration {SEED} {self.force} {number}")

    def _record(self, number: int) -> Case:
        today = clock.today()
        who = make_up(self.chance, today)
        offence = self.offences[pick(self.chance, OFFENCES)]
        decision, backing = self._decide(who, offence, today)
        crimes = self._crimes(number, offence, today)
        origin = pick(self.chance, {"street": 55, "custody": 30, "voluntary": 15})
        telling: dict[str, Any] = {"submission": self._submission(number), "by": self.chance.choice(self.officers)}
        gravity = pick(self.chance, GRAVITY)
        evidence = self._evidence(decision)
        for attempt, support_ in ((decision, backing), (self._plainer(decision), self._plain_support(decision, today))):
            facts = self._facts(support_.scheme_version, offence, gravity)
            said = answers_of(who, crimes, attempt, origin, evidence, facts)
            details = CaseDetails(who.details, crimes, origin, who.earlier_outcomes, attempt, said)
            with suppress(Refused), transaction.atomic():
                return deciding.record_decision(**telling, details=details, support=support_)
        return deciding.record_decision(
            **telling, details=self._not_offered(details, who, gravity, offence), support=Support()
        )

    def _plainer(self, decision: DecisionDetails) -> DecisionDetails:
        """What an officer falls back on where the rules stand in the way of the scheme."""
        return replace(decision, disposal="community_resolution", without_scheme="") if decision.disposal else decision

    def _plain_support(self, decision: DecisionDetails, today: date) -> Support:
        accepted = decision.result == "offered_accepted"
        return Support(None, None, self._conditions(None, today)) if accepted else Support()

    def _not_offered(self, details: CaseDetails, who: MadeUp, gravity: str, offence: Offence) -> CaseDetails:
        decision = DecisionDetails("not_offered", "admitted", not_offered_reason="excluded")
        facts = self._facts(None, offence, gravity)
        said = answers_of(who, details.crimes, decision, details.origin, "charge_standard", facts)
        return replace(details, decision=decision, answers=said)

    def _facts(self, version: SchemeVersion | None, offence: Offence, gravity: str) -> dict[str, Any]:
        """The further answers: those of most people, and an area of the scheme's where it asks for one."""
        found: dict[str, Any] = {**USUAL, "gravity_score": int(gravity)}
        found |= {"small_quantity": True} if offence.code in DRUGS else {}
        places = places_in(version) if version else []
        return found | ({"home_area": places[0], "offence_area": places[0]} if places else {})

    def _crimes(self, number: int, offence: Offence, today: date) -> list[CrimeDetails]:
        thefts = self.chance.choice([2, 3, 6]) if offence.code == "theft-from-a-shop" and number % 12 == 0 else 1
        has_victim = offence.code in WITH_VICTIM
        kind = VictimKind.BUSINESS if offence.code == "theft-from-a-shop" else VictimKind.PERSON
        return [
            CrimeDetails(
                number=f"{self.force[:2].upper()}{number:04}{chr(65 + each)}/{today:%y}",
                committed_on=today - timedelta(days=self.chance.randrange(12) + each),
                offence=offence,
                area=self.force.title(),
                victim_kind=kind if has_victim else VictimKind.NONE,
                victim_stance=self.chance.choice([VictimStance.AGREES, VictimStance.NO_VIEW]) if has_victim else "",
            )
            for each in range(thefts)
        ]

    def _decide(self, who: MadeUp, offence: Offence, today: date) -> tuple[DecisionDetails, Support]:
        if self.chance.random() > who.chance_of_offer:
            reason = pick(self.chance, NOT_OFFERED)
            admission = "denied" if reason == "not_admitted" else "admitted"
            return DecisionDetails("not_offered", admission, not_offered_reason=reason), Support()
        version, disposal = self._choose(who, offence, today)
        admission = "admitted" if self.chance.random() < 0.8 else "accepts_responsibility"
        if disposal == "deferred_charge":
            admission = "admitted"
        if self.chance.random() > ACCEPTED:
            reason = pick(
                self.chance, {"solicitor": 30, "denies": 20, "commitments": 20, "distrust": 20, "not_said": 10}
            )
            declined = DecisionDetails("offered_declined", admission, disposal, declined_reason=reason)
            return replace(declined, without_scheme=self._without(version), rationale=REASONS), Support(version)
        accepted = DecisionDetails("offered_accepted", admission, disposal, without_scheme=self._without(version))
        return replace(accepted, rationale=REASONS), Support(version, None, self._conditions(version, today))

    def _evidence(self, decision: DecisionDetails) -> str:
        """What the evidence supports; of those who are offered nothing it need not be said, and sometimes is not."""
        if decision.not_offered_reason == "evidence":
            return "insufficient"
        unsaid = decision.result == "not_offered" and self.chance.random() < 0.12
        return "" if unsaid else "charge_standard"

    def _without(self, version: SchemeVersion | None) -> str:
        """What the officer says would have happened without the scheme; four in ten leave the question closed."""
        return pick(self.chance, WITHOUT_SCHEME) if version and self.chance.random() < 0.6 else ""

    def _choose(self, who: MadeUp, offence: Offence, today: date) -> tuple[SchemeVersion | None, str]:
        slug, disposal = "", "community_resolution"
        if offence.code in DRUGS:
            slug = "drug-diversion" if who.age >= 18 else "drug-diversion-youth"
        elif who.age >= 18 and who.earlier_outcomes != "none":
            slug, disposal = "checkpoint", "deferred_charge"
        elif who.age >= 18 and self.chance.random() < 0.35:
            slug = "pathfinder"
        version = next((each for each in self.versions.get(slug, []) if each.is_open(today)), None)
        return version, disposal if version else "community_resolution"

    def _conditions(self, version: SchemeVersion | None, today: date) -> list[ConditionDetails]:
        if version is None:
            due = today + timedelta(days=21)
            return [ConditionDetails("apology", "reparative", "I will write an apology to the person harmed.", due)]
        templates = list(version.condition_templates.all())
        chosen = [template for template in templates if template.is_mandatory] or templates[:1]
        return [self._condition(each, today + timedelta(days=each.due_days or 56)) for each in chosen]

    def _condition(self, template: ConditionTemplate, due: date) -> ConditionDetails:
        """As the scheme has it, with the fewest hours that it asks, or as many as a caution may."""
        hours = template.minimum_hours or template.maximum_hours
        wording = with_quantity(template.wording, f"{hours} hours") if hours else template.wording
        return ConditionDetails(template.kind, template.object, wording, due, sessions=template.sessions)

    def _follow(self, referral: Referral, recorded: datetime) -> None:
        """Authorise, accept, meet, settle and close, for as long as the past lasts."""
        if referral.state == Referral.State.HELD and not self._authorised(referral.case, recorded):
            return
        manager, navigator = self._partner(referral)
        with self._at(recorded + timedelta(days=self.chance.uniform(0.5, 4))) as happened:
            if not happened:
                return
            referral.refresh_from_db()
            if self.chance.random() < 0.06:
                reason = self.chance.choice(["no_capacity", "outside_area", "unreachable"])
                partner.decline(referral=referral, reason=reason, note="", version=referral.version, by=manager)
                return
            partner.accept(referral=referral, navigator=navigator, version=referral.version, by=manager)
        self._support(referral, recorded + timedelta(days=6), navigator)

    def _authorised(self, case: Case, recorded: datetime) -> bool:
        with self._at(recorded + timedelta(hours=self.chance.uniform(1, 96))) as happened:
            if not happened:
                return False
            if self.force != "avonford":
                return False  # the neighbour has no sergeant here: what needs one goes on waiting
            waiting = Authorisation.objects.get(case=case)
            by = self.cast["david"] if waiting.rank == "inspector" else self.cast["carol"]
            if waiting.rank in ("superintendent", "prosecutor"):
                return False
            if self.chance.random() < 0.05:
                deciding.refuse(
                    case=case, rationale="Charge is in the public interest.", seen=case.corrections.count(), by=by
                )
                return False
            self._authorise(case, by)
        return True

    def _authorise(self, case: Case, by: User) -> None:
        """Authorised, then explained to the person, who admits it and signs."""
        deciding.authorise(
            evidence_met=True,
            case=case,
            rationale="Meets the scheme's rules; proportionate.",
            exceptional="A crisis at home that has passed, and whoever was harmed asks for this.",
            seen=case.corrections.count(),
            by=by,
        )
        adult = "Jo Marsh" if legal.is_child(case) else ""
        said = Admitted("Yes, I did it. I am sorry.", "video", f"BWV/{case.pk}")
        name = str(case.person)
        explain_and_sign(case=case, admits=True, admitted=said, signed_as=name, adult=adult, by=case.officer)

    def _support(self, referral: Referral, start: datetime, navigator: User) -> None:
        keeps = self.chance.random() < self._completion(referral)
        arrives = keeps or self.chance.random() < 0.55
        sessions = sessions_of(referral).asked
        meetings, apart = (sessions, 7) if sessions > MEETINGS else (MEETINGS, 14)
        for place_in_turn in range(meetings):
            day = (start + timedelta(days=apart * place_in_turn)).replace(hour=10, minute=30, second=0, microsecond=0)
            day += timedelta(days=max(0, 8 - day.isoweekday()) if day.isoweekday() > 5 else 0)  # not at a weekend
            with self._at(min(day, self.now) - timedelta(days=2)) as happened:
                if not happened or day > self.now + timedelta(days=21):
                    return
                place = f"{referral.provider}, main office"
                appointment = support.plan_appointment(referral=referral, starts_at=day, place=place, by=navigator)
            with self._at(day + timedelta(hours=1)) as happened:
                if not happened:
                    return
                self._meet(referral, appointment, navigator, arrives=arrives, never_misses=keeps and sessions > 0)
        with self._at(max(start + timedelta(days=63), self._kept_until(referral) if keeps else start)) as happened:
            if happened:
                self._close(referral, navigator, keeps=keeps)

    def _kept_until(self, referral: Referral) -> datetime:
        """The afternoon of the day on which everything that lasts (no further offence) has been kept to its end."""
        conditions = Condition.objects.filter(agreement__referral=referral).select_related("agreement")
        days = [one.last_day for one in conditions if one.lasts]
        return datetime.combine(max(days, default=clock.local_date(referral.made_at)), time(16), clock.LONDON)

    def _completion(self, referral: Referral) -> float:
        return COMPLETED[referral.case.person.ethnicity_self_defined[:1]]

    def _meet(
        self, referral: Referral, appointment: Appointment, navigator: User, *, arrives: bool, never_misses: bool
    ) -> None:
        outcome = Attendance.UNACCEPTABLE_ABSENCE
        if arrives:
            absence = 0 if never_misses else 12
            weights = {Attendance.ATTENDED: 80, Attendance.ATTENDED_LATE: 8, Attendance.ACCEPTABLE_ABSENCE: absence}
            outcome = self.chance.choices(list(weights), list(weights.values()))[0]
        support.record_attendance(
            appointment=appointment, attendance=outcome, version=appointment.version, by=navigator
        )
        first = Condition.objects.filter(agreement__referral=referral, kind="treatment_appt", state="open").first()
        if first and outcome in Appointment.ATTENDED_STATES:
            evidence = "Attended the first appointment."
            support.settle_condition(
                condition=first, state="done", evidence=evidence, version=first.version, by=navigator
            )
        if outcome in Appointment.ATTENDED_STATES:
            needs.tell_at_the_start(self.chance_of_needs, referral, navigator)
        support.record_contact(
            referral=referral,
            submission=uuid.UUID(int=self.chance.getrandbits(128), version=4),
            channel=self.chance.choice(["telephone", "message"]),
            reached=arrives,
            note="",
            by=navigator,
        )

    def _close(self, referral: Referral, navigator: User, *, keeps: bool) -> None:
        self._end(referral, navigator, keeps=keeps)
        if not keeps and not referral.case.closed_at and self.chance.random() < 0.6:
            self._broken(referral, navigator)
            closing.decide_after_failure(case=referral.case, result="failed_prosecuted", by=referral.case.officer)

    def _end(self, referral: Referral, navigator: User, *, keeps: bool) -> None:
        """Each condition settled by whoever settles it, and the referral closed."""
        for condition in Condition.objects.filter(agreement__referral=referral, state=Condition.State.OPEN):
            if condition.is_for_police and (referral.is_voluntary or not keeps):
                continue  # nobody records it; or that somebody stopped coming says nothing of a new offence
            shown = "No offence on record." if condition.is_for_police else "Confirmed by the session record."
            support.settle_condition(
                condition=condition,
                state=Condition.State.DONE if keeps else Condition.State.NOT_DONE,
                evidence=shown if keeps else "",
                version=condition.version,
                by=referral.case.officer if condition.is_for_police else navigator,
            )
        needs.tell_at_the_end(self.chance_of_needs, referral, navigator, keeps=keeps)
        referral.refresh_from_db()
        result = Referral.Result.COMPLETED if keeps else Referral.Result.NOT_COMPLETED
        closing.close_referral(referral=referral, result=result, note="", version=referral.version, by=navigator)

    def _broken(self, referral: Referral, navigator: User) -> None:
        """Both sides are heard, and it is decided that the agreement was broken."""
        breach = Breach.objects.live().filter(case=referral.case).first()
        if breach is None:
            return
        is_child = legal.is_child(referral.case)
        adult = "Morgan Price" if is_child else ""
        breach = breaching.note_account(breach=breach, how="nothing", adult=adult, version=breach.version, by=navigator)
        why = "Tried by telephone and by letter; nothing more can be done in the time that is left."
        breach = breaching.advise(breach=breach, advice="prosecute", why=why, version=breach.version, by=navigator)
        ruling = breaching.Ruling(
            way="prosecute",
            rationale="Not kept, and no reasonable excuse was given.",
            youth_justice="The duty worker of the youth justice service" if is_child else "",
        )
        breaching.decide_breach(breach=breach, ruling=ruling, seen=breach.version, by=self.cast["david"])

    def _partner(self, referral: Referral) -> tuple[User, User]:
        keys = ("hugh", "george") if referral.provider.slug == "harbour" else ("hana", "fatima")
        return self.cast[keys[0]], self.cast[keys[1]]

    @contextmanager
    def _at(self, moment: datetime) -> Iterator[bool]:
        """One unit of work at ``moment``; yields False, and does nothing, where that has not come yet."""
        if moment > self.now:
            yield False
            return
        with clock.set_to(moment), unit_of_work("demonstration"):
            yield True
