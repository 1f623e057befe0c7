"""The world in which the matrix asks: records of each kind, of several forces, providers and states, made once.

Nothing of it is in the general cast, for which every test pays. Each record is made by the service's own actions.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from cases import actions, rulebook
from cases.actions import absences, on_call, policies, victims
from cases.actions.catalogue import add_offence
from cases.actions.youth import link_service
from cases.catalogue.reading import read_entry
from cases.eligibility.schemes import load_scheme_library
from cases.models import Case, Offence, SpokenAuthority, VictimDuty
from diversion import clock
from diversion.accounts.actions import training, users
from diversion.accounts.models import Organisation, Role, Team, User
from diversion.demonstration import schemes as established
from referrals.actions import (
    breaching,
    closing,
    drafts,
    duty,
    evidence,
    facilitating,
    helping,
    missed,
    partner,
    questions,
    scheme_rules,
    schemes,
    slots,
    support,
    varying,
)
from referrals.actions.deciding import Support
from referrals.models import Condition, EvidenceFile, Referral, Scheme, SchemeVersion
from reporting import outbox, tasks
from reporting.actions import alone, notes, panels, sampling, schedules
from reporting.actions.releases import make_release
from reporting.measures.overview import Question
from reporting.models import ReportRun
from tests.factories.cases import condition, crime, decision, left_open, person, record, refer
from tests.factories.factors import with_app
from tests.factories.facts import live
from tests.factories.files import picture
from tests.factories.ground import adopt_scheme, hold, newcomer, present, rank
from tests.factories.helping import ask
from tests.factories.releases import Q1, left
from tests.factories.schemes import open_to_all
from tests.factories.youth import another_worker, child_with_knife, duty_of, serve
from tests.integration.matrix import further, standing

Cast = dict[str, User]
Parts = dict[str, Any]

#: Who else asks, so that no role is without a member: key, name, role, organisation, team.
ALSO = (
    ("tess", "Tess Byrne", "officer", "avonford", "Response B"),
    ("olu", "Olu Ade", "provider-administrator", "harbour", ""),
    ("yara", "Yara Bell", "youth-justice-administrator", "avonford-youth", ""),
    ("oskar", "Oskar Dunn", "oversight-administrator", "avonford-panel", ""),
)


@dataclass(frozen=True)
class Thing:
    """One record whose pages are opened, and ``of`` which organisations it is: all others are strangers to it.

    ``parts`` hold its own name under "", and what hangs on it under the word before it in an address: ``crimes``.
    """

    name: str
    of: frozenset[str]
    parts: Parts


@dataclass
class World:
    cast: Cast
    things: dict[str, list[Thing]] = field(default_factory=dict)
    marks: dict[str, frozenset[str]] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    queued: list[Callable[[], object]] = field(default_factory=list)

    def add(self, kind: str, name: str, of: str, own: Any, /, **parts: Any) -> None:
        """A record of ``kind``, the beginning of its address; ``of``: slugs, with spaces between."""
        self.things.setdefault(kind, []).append(Thing(name, frozenset(of.split()), {"": own} | parts))

    def mark(self, words: str, seen_by: str, *, is_found: bool = False) -> str:
        """Words that stand in this world alone, and the keys of those who read them, perhaps of nobody.

        ``is_found``: a name by which they find somebody.
        """
        self.marks[words] = frozenset(seen_by.split())
        self.names += [words] if is_found else []
        return words


def build() -> World:
    """Everything, in the order in which one thing needs another."""
    world = World(present())
    _join(world.cast)
    made = Making(world)
    for step in (made.schemes, made.cases, made.referrals, made.help, made.accounts, made.rules, made.figures):
        step()
    return world


def _join(cast: Cast) -> None:
    for key, name, role, slug, team in ALSO:
        organisation = Organisation.objects.get(slug=slug)
        user = newcomer(name, f"{key}@{slug}.example", organisation, role, cast["amara"].password)
        if team:
            user.team = Team.objects.create(organisation=organisation, name=team)
            user.save(update_fields=["team"])
            rank(user, "constable")
        cast[key] = user


class Making:
    """Makes the records; those that others need are its attributes."""

    def __init__(self, world: World) -> None:
        self.world, self.cast = world, world.cast
        self.led: dict[int, int] = {}
        self.voluntary_ones: dict[str, Referral] = {}
        self.in_state: dict[str, Referral] = {}

    def schemes(self) -> None:
        """Harbour's and Bridgeway's for Avonford, Bridgeway's for Northmoor."""
        cast, add = self.cast, self.world.add
        self.drugs = adopt_scheme("drug-diversion", cast, provider="hugh")
        self.voluntary = adopt_scheme("lead", cast, provider="hugh")
        self.bridgeway = adopt_scheme("pathfinder", cast, provider="hana")
        self.northmoor = self._northmoor("checkpoint-surrey")
        for name, scheme, coordinator in (("Avonford’s", self.drugs, "elin"), ("Northmoor’s", self.northmoor, "mina")):
            at = clock.now() + timedelta(days=2)
            slot = slots.offer_slots(scheme=scheme, moments=[at], place="The house", places=2, by=cast[coordinator])[0]
            of = scheme.force.slug
            add("scheme/", f"{name} scheme", of, scheme.slug, appointments=slot.pk)
            add("policies/schemes/", f"{name} scheme", of, scheme.slug)
            add("appointments/", f"{name} appointment", scheme.versions.latest("pk").provider.slug, slot.pk)
        add("schemes/library/", "the library’s", "avonford northmoor", "checkpoint")
        add("gallery/fields/", "the gallery’s", "", "filled")
        add("help/sent/", "Avonford’s service", "avonford", self.voluntary.slug)

    def _northmoor(self, slug: str) -> Scheme:
        mina, provider = self.cast["mina"], self.cast["hana"].organisation
        about: dict[str, Any] = {"force": mina.organisation, "provider": provider}
        schemes.agree_sharing(**about, from_day=date(2020, 1, 1), document="Sharing agreement 2", by=mina)
        definition = next(entry for entry in load_scheme_library() if entry.slug == slug)
        scheme = established.establish(definition, **about, capacity=30)
        open_to_all(scheme.versions.latest("valid_from"))
        return scheme

    def cases(self) -> None:
        """Those with a partner, of two forces; then of each state, and of two teams."""
        cast, mark = self.cast, self.world.mark
        force = "amara callum carol david elin vera"
        drugs, bridgeway = (one.versions.latest("valid_from") for one in (self.drugs, self.bridgeway))
        summons = decision(disposal="deferred_summons", rationale="This scheme is what helps here.")
        victim = mark("Zenobia Quillfeather", force)
        harmed = crime("possession-of-cannabis", victim_kind="person", victim_name=victim)
        self.with_harbour = self._referred(drugs, "Ada", crimes=[harmed], decision=summons)
        self._follow_harbour(self.with_harbour)
        said = {"telephone": mark("07700 900777", force)}
        victims.keep_record(allegation=self.with_harbour.case.allegations.get(), said=said, seen=0, by=cast["amara"])
        further.correct(self, self.with_harbour.case)
        further.complained_of(self, self.with_harbour.case)
        further.alleged(self, self.with_harbour.case)
        self.in_breach = further.sent_with_two_wordings(self, summons)
        self.breach = breaching.put_breach(referral=self.in_breach, trigger="stopped", seen=0, by=cast["george"])
        self.sent = self._referred(drugs, "Cy", accepted=False)
        self.with_bridgeway = self._referred(bridgeway, "Di", worker="fatima")
        self._of_northmoor()
        self.world_case("amara’s, with Harbour", self.with_harbour.case)
        self.world_case("amara’s, not kept", self.in_breach.case)
        self._led_by_hugh()
        self._states()
        self._of_the_other_team()
        further.add_states(self)
        self.world_case("amara’s, declined", self.in_state["declined"].case)
        standing.add_stands(self)
        further.add_voluntary(self)
        for state, one in self.voluntary_ones.items():
            self.world_case(f"amara’s, voluntary, {state}", one.case)
        self.world_case("amara’s, closed, of a child", further.cautioned(self))
        self.world_case("amara’s, recorded in error", further.in_error(self))
        self.taken_back = self._referred(drugs, "Zed")
        further.rescinded(self, self.taken_back)
        self.world_case("amara’s, rescinded", self.taken_back.case)
        self.world_case("ben’s, of Northmoor", self.of_northmoor.case)

    def _of_northmoor(self) -> None:
        mark, version = self.world.mark, self.northmoor.versions.latest("valid_from")
        harmed = crime(victim_kind="person", victim_name=mark("Nora Northvictim", "ben mina noel"))
        name = mark("Ottoline Northmark", "ben mina noel fatima hana", is_found=True).split()
        self.of_northmoor = self._referred(version, *name, by="ben", worker="fatima", crimes=[harmed])

    def _led_by_hugh(self) -> None:
        """A letter between a victim and somebody, which hugh of Harbour leads, and nobody else there."""
        cast, mark, force = self.cast, self.world.mark, "amara callum carol david elin vera"
        roles = Role.objects.filter(slug__in=["partner-manager", "provider-facilitator"])
        hold(cast["hugh"], *roles)
        hold(cast["samir"], *Role.objects.filter(slug__in=["checker", "facilitator"]))  # of the force, and not named
        hold(cast["oskar"], *Role.objects.filter(slug__in=["oversight-administrator", "commissioner"]))
        harmed = crime("common-assault", victim_kind="person", victim_name=mark("Mara Meadowvictim", f"{force} hugh"))
        letter = Support(conditions=[condition("I will write a letter.", kind="apology", object="reparative")])
        case = record(cast["amara"], person=person(given_names="Ed"), crimes=[harmed], support=letter)
        said = {"letter": "yes", "sharing": "yes", "contact_when": mark("by the garden gate", f"{force} hugh")}
        victims.keep_record(allegation=case.allegations.get(), said=said, seen=0, by=cast["vera"])
        led = facilitating.name_facilitator(
            allegation=case.allegations.get(), facilitator=cast["hugh"], by=cast["vera"]
        )
        tried: dict[str, Any] = {"who": "victim", "channel": "letter", "result": "reached"}
        note = mark("She keeps the rowan shut.", "hugh")
        facilitating.note_facilitator_contact(
            facilitation=led, submission=uuid.uuid4(), **tried, note=note, by=cast["hugh"]
        )
        one = Condition.objects.get(agreement__case=case)
        self.world.add("facilitating/", "hugh’s", "harbour", led.pk, conditions=one.pk)
        self.led = {case.pk: led.pk}
        self.world_case("amara’s, led by hugh", case)

    def _of_the_other_team(self) -> None:
        mark, seen_by = self.world.mark, "tess vera david elin"
        given, family = mark("Theodora Teamtwo", seen_by, is_found=True).split()
        harmed = crime("common-assault", victim_kind="person", victim_name=mark("Tom Teamvictim", seen_by))
        case = record(self.cast["tess"], person=person(given_names=given, family_name=family), crimes=[harmed])
        self.world_case("tess’s, of the other team", case)

    def _states(self) -> None:
        """Waiting for authority, asked and spoken; of a child; closed; left open."""
        cast, amara = self.cast, self.cast["amara"]
        deferred = decision(disposal="deferred_charge", rationale="No scheme fits.")
        waiting, by_radio = (record(amara, person=person(given_names=one), decision=deferred) for one in ("Eve", "Jan"))
        actions.ask(case=waiting, question="Has the shop been asked?", by=cast["carol"])
        self.by_radio(by_radio)
        theirs = record(cast["ben"], person=person(given_names="Hal"), decision=deferred)
        for name, case in (("amara’s, waits", waiting), ("amara’s, by radio of carol", by_radio), ("ben’s", theirs)):
            self.world.add("authorisations/", name, case.force.slug, case.reference)
        serve(cast)
        self.child = child_with_knife(amara)
        closed = record(amara, person=person(given_names="Flo"))
        one = Condition.objects.get(agreement__case=closed)
        support.settle_condition(condition=one, state="done", evidence="Seen.", version=one.version, by=amara)
        self.world_case("amara’s, waits for authority, asked", waiting)
        self.world_case("amara’s, waits for authority", by_radio)
        self.world_case("amara’s, of a child", self.child)
        self.world_case("amara’s, closed", closed)
        self.world_case("amara’s, left open", left_open(amara, person=person(given_names="Guy")))

    def _referred(
        self, version: SchemeVersion, given: str, family: str = "Price", *, by: str = "amara", worker: str = "george",
        accepted: bool = True, **changes: Any,
    ) -> Referral:  # fmt: skip
        sent = refer(self.cast[by], version, person=person(given_names=given, family_name=family), **changes)
        if not accepted:
            return sent
        manager = self.cast["hugh" if worker == "george" else "hana"]
        return partner.accept(referral=sent, navigator=self.cast[worker], version=sent.version, by=manager)

    def by_radio(self, case: Case) -> None:
        """Carol said yes by radio, and has not confirmed it."""
        SpokenAuthority.objects.create(
            authorisation=case.authorisation, named=self.cast["carol"], rank="sergeant", channel="radio",
            said_at=clock.now(), words="Go ahead.", entered_by=self.cast["amara"], confirm_by=clock.now(),
        )  # fmt: skip

    def _follow_harbour(self, referral: Referral) -> None:
        """What a worker writes and asks for."""
        george = self.cast["george"]
        note = self.world.mark("Afraid of marigolds.", "george hugh")
        support.record_contact(
            referral=referral, submission=uuid.uuid4(), channel="telephone", reached=True, note=note, by=george
        )
        at = clock.now() - timedelta(hours=1)
        self.missed = support.plan_appointment(referral=referral, starts_at=at, place="Harbour House", by=george)
        support.record_attendance(
            appointment=self.missed, attendance="unacceptable_absence", version=self.missed.version, by=george
        )
        self.missed.refresh_from_db()
        self.step = missed.answer_missed(
            missed=self.missed, reason="transport", way="escalated", note="No bus.", version=0, by=george
        )
        for by, to in ((george, "hub"), (self.cast["amara"], "partner")):
            words = {"submission": uuid.uuid4(), "question": "At work?"}
            questions.ask_question(referral=referral, to=to, **words, by=by)
        first, *_others = Condition.objects.filter(agreement__referral=referral).order_by("pk")
        change = varying.Change(
            way="other", reason="work", wording="I will do half of it by phone.", because="A new job with shifts.",
            agreed_on=clock.today(), agreed_how="signed",
        )  # fmt: skip
        self.change = varying.change_condition(condition=first, change=change, version=first.version, by=george)

    def world_case(self, name: str, case: Case) -> None:
        """The case with what hangs on it, under the words of its addresses."""
        parts: Parts = {}
        allegation = case.allegations.order_by("pk").first()
        if allegation:
            parts["crimes"] = allegation.pk
            owed = VictimDuty.objects.filter(allegation__case=case).order_by("pk").first()
            if owed:
                parts |= {"victims": owed.allegation_id, "told": owed.pk, "review": owed.pk}
        if case.pk in self.led:
            parts["facilitator"] = self.led[case.pk]
        for word, rows in (
            ("conditions", Condition.objects.filter(agreement__case=case)),
            ("youth", case.youth_duties.all()),
            ("undo", case.undoables.all()),
            ("complaints", case.complaints.all()),
            ("new-offence", case.offence_reviews.all()),
        ):
            if first := rows.order_by("pk").first():
                parts[word] = first.pk
        referral = case.referrals.first()
        if referral and (step := referral.missed_steps.first()):
            parts["steps"] = step.pk
        if referral and (asked := referral.questions.filter(to="hub").first()):
            parts["questions"] = asked.pk
        self.world.add("cases/", name, case.force.slug, case.reference, **parts)

    def referrals(self) -> None:
        """The providers' side of them; youth justice's; and what is decided of breaches and changes."""
        add = self.world.add
        for name, referral, breach in (
            ("Harbour’s, accepted", self.with_harbour, None),
            ("Harbour’s, not kept", self.in_breach, self.breach),
            ("Harbour’s, waits for an answer", self.sent, None),
            ("Harbour’s, rescinded", self.taken_back, None),
            ("Bridgeway’s, of Avonford", self.with_bridgeway, None),
            ("Bridgeway’s, of Northmoor", self.of_northmoor, None),
            *((f"Harbour’s, {state}", one, None) for state, one in self.in_state.items()),
            *((f"Harbour’s, voluntary, {state}", one, None) for state, one in self.voluntary_ones.items()),
        ):
            meeting = referral.appointments.first()
            parts: Parts = {"conditions": Condition.objects.filter(agreement__referral=referral).earliest("pk").pk}
            parts |= {"appointments": meeting.pk} if meeting else {}
            parts |= {"breach": breach.pk} if breach else {}
            parts |= {"changes": self.change.pk} if referral == self.with_harbour else {}
            asked = referral.questions.filter(to="partner").first()
            parts |= {"questions": asked.pk} if asked else {}
            if referral in (self.with_harbour, self.with_bridgeway):
                parts["evidence"] = self._attached(referral).pk
                parts["check-ins"] = further.add_check_in(self, referral).pk
            add("referrals/", name, referral.provider.slug, referral.reference, needs="start", **parts)
        self._closed_at_bridgeway()
        add("caseload/session/", "Harbour’s", "harbour", self.missed.pk)
        add("breaches/", "of amara’s case", "avonford", self.breach.pk)
        add("changes/", "of amara’s case", "avonford", self.change.pk)
        add("youth/", "Avonford’s child", "avonford-youth", duty_of(self.child).reference)

    def _attached(self, referral: Referral) -> EvidenceFile:
        """A picture that shows that its first condition was kept."""
        one = Condition.objects.filter(agreement__referral=referral).earliest("pk")
        by: User = referral.navigator  # type: ignore[assignment]
        return evidence.attach_evidence(referral=referral, condition=one, content=picture(), by=by)

    def _closed_at_bridgeway(self) -> None:
        fatima = self.cast["fatima"]
        sent = self._referred(self.bridgeway.versions.latest("valid_from"), "Ian", worker="fatima")
        for one in Condition.objects.filter(agreement__referral=sent):
            support.settle_condition(condition=one, state="done", evidence="Seen.", version=one.version, by=fatima)
        sent.refresh_from_db()
        closing.close_referral(referral=sent, result="completed", note="", version=sent.version, by=fatima)
        undo = sent.undoables.get().pk
        self.world.add("referrals/", "Bridgeway’s, closed", "bridgeway", sent.reference, undo=undo, needs="end")

    def help(self) -> None:
        """Somebody with no offence alleged, sent by amara; a draft of hers; her absence."""
        cast, add = self.cast, self.world.add
        name = self.world.mark("Robin Umberleigh", "george hugh", is_found=True)
        asked = ask(cast["amara"], self.voluntary.versions.latest("valid_from"), name=name)
        taken = ask(cast["amara"], self.voluntary.versions.latest("valid_from"), name=name, reach="07700 900322")
        helping.take_up_help(asked=taken, worker=cast["george"], version=taken.version, by=cast["george"])
        duty.go_on_duty(hours=12, telephone="01632 960 122", by=cast["george"])
        add("asking/", "Harbour’s, waits", "harbour", asked.reference)
        add("asking/", "Harbour’s, taken up", "harbour", taken.reference)
        typed = {"family_name": [self.world.mark("Draftworth", "amara")], "given_names": ["Una"]}
        draft = drafts.keep_draft(submission=uuid.uuid4(), typed=typed, window="w", seen=0, by=cast["amara"])
        add("decisions/unfinished/", "amara’s", "avonford", draft.submission)
        days = {"from_on": clock.today(), "until_on": clock.today() + timedelta(days=2)}
        for who, cover, of in (("amara", "callum", "avonford"), ("george", "hugh", "harbour")):
            away = absences.say_away(user=cast[who], cover=cast[cover], **days, by=cast[who])
            add("away/", f"{who}’s", of, away.pk)
        turn = on_call.put_on_call(
            user=cast["carol"], team=None, starts_at=clock.now() + timedelta(days=3),
            until=clock.now() + timedelta(days=4), telephone="01632 960 100", by=cast["elin"],
        )  # fmt: skip
        add("on-call/", "carol’s", "avonford", turn.pk)
        for who in ("amara", "tess", "ben", "george"):
            add("hand-over/", f"what {who} holds", cast[who].organisation.slug, cast[who].pk)

    def accounts(self) -> None:
        """An acting rank that waits for a second person, and one day of training; another organisation's user."""
        cast, add = self.cast, self.world.add
        days = {"acting_from": clock.today(), "acting_until": clock.today() + timedelta(days=5)}
        asked = users.ask_acting(user=cast["callum"], rank="sergeant", **days, by=cast["kit"])
        add("users/changes/", "of callum, by kit", "avonford", asked.pk)
        last = clock.today() + timedelta(days=700)
        mark = training.record_training(
            user=cast["callum"], trained_on=clock.today(), counts_until=last, by=cast["kit"]
        )
        with_app(cast["amara"])
        app = cast["amara"].authenticator_set.get(type="totp")
        add("your-account/second-factor/", "amara’s app", "avonford", app.pk)
        add("users/", "callum", "avonford", cast["callum"].pk, training=mark.pk, acting=asked.pk)
        add("users/", "ben", "northmoor", cast["ben"].pk)
        add("users/", "george", "harbour", cast["george"].pk)
        add("users/", "yusuf", "avonford-youth", cast["yusuf"].pk)

    def rules(self) -> None:
        """The policies and the offences of two forces; youth justice of two."""
        cast, add = self.cast, self.world.add
        for who, force in (("elin", "Avonford’s"), ("mina", "Northmoor’s")):
            by = cast[who]
            live_now = rulebook.live_version(by.organisation, clock.today())
            draft = policies.start_draft(base=live_now, by=by)
            of = by.organisation.slug
            criteria: Parts = {"criteria": "disposal:community_resolution", "name": "yjs-consulted", "parts": "0"}
            add("policies/", f"{force} live policy", of, live_now.reference)
            add("policies/", f"{force} draft", of, draft.reference, **criteria, join="any_of", how="not")
        terms = scheme_rules.start_scheme_draft(scheme=self.drugs, by=cast["elin"])
        add("policies/", "Avonford’s scheme’s draft", "avonford", terms.reference)
        self._offences()
        theirs = another_worker()
        link = link_service(service=theirs.organisation, valid_from=date(2026, 1, 1), by=cast["mina"])
        add("youth-services/", "Northmoor’s", "northmoor", link.pk)
        own = cast["elin"].organisation.youth_services.get()
        add("youth-services/", "Avonford’s", "avonford", own.pk)

    def _offences(self) -> None:
        shared = Offence.objects.get(code="common-assault", owner=None)
        self.world.add("offences/", "shared by all", "avonford northmoor", shared.pk)
        for who, force in (("elin", "Avonford’s"), ("mina", "Northmoor’s")):
            row = {"code": f"ours-{who}", "title": f"Byelaw of {force}", "group": shared.group, "mode": "summary",
                   "policy_group": shared.policy_group, "source": "A byelaw"}  # fmt: skip
            own = add_offence(entry=read_entry(row), by=self.cast[who])
            self.world.add("offences/", force, self.cast[who].organisation.slug, own.pk)

    def figures(self) -> None:
        """Reports, notes, samples, panels and releases of Avonford, and what Northmoor has of them."""
        outbox.drain()
        for who, force in (("ian", "Avonford’s"), ("noel", "Northmoor’s")):
            self._reports(self.cast[who], force)
        self._sampled()
        self._released()

    def _reports(self, by: User, force: str) -> None:
        add, of = self.world.add, by.organisation
        live(of, 30, happened_on=Q1["start"])
        run = ReportRun.objects.create(force=of, source="live", **Q1, asked_by=by)
        tasks.run_report(run.pk)
        for kind in ("json", "csv", "xlsx") if force == "Avonford’s" else ("json",):
            add("monitoring/reports/", f"{force} report, {kind}", of.slug, run.reference, files=kind)
        about = notes.Compared("offered_of_considered", "ethnicity", "Black", "White", "look", Q1["start"], Q1["end"])
        words = self.world.mark(f"Few of them in {by.full_name}’s quarter", further.READERS[of.slug])
        days = {"due_on": clock.today() + timedelta(days=10)}
        note = notes.write_note(about=about, kind="explain", text=words, owner=by, **days, by=by)
        add("monitoring/notes/", f"{force} note", of.slug, note.reference)

    def _sampled(self) -> None:
        cast, add = self.cast, self.world.add
        added = schedules.add_schedule(
            name="Each quarter", every="quarter", purpose="monitoring", scheme="", by=cast["ian"]
        )
        add("monitoring/schedules/", "Avonford’s schedule", "avonford", added.reference)
        asked = Question(date(2026, 6, 1), date(2026, 6, 30), "live", "gender", "offered_of_considered")
        sample = sampling.draw_sample(asked=asked, of="not_offered", size=2, seed="June", by=cast["david"])
        add("monitoring/samples/", "Avonford’s sample", "avonford", sample.reference, place=1)
        people = [cast["petra"], cast["quentin"]]
        meets_on = clock.today() + timedelta(days=10)
        panel = panels.convene(sample=sample, members=people, chair=people[0], meets_on=meets_on, by=cast["david"])
        panels.declare(panel=panel, interest="none", by=cast["petra"])
        member = panel.members.get(user=cast["petra"]).pk
        add("monitoring/panels/", "Avonford’s panel", "avonford", panel.reference, place=1, members=member)
        add("panels/", "Avonford’s, petra sits", "avonford-panel", panel.reference, place=1)
        read = alone.draw_alone(by=cast["carol"])
        add("monitoring/alone/", "of Response A", "avonford", read.reference, place=1)

    def _released(self) -> None:
        cast, add = self.cast, self.world.add
        given: dict[str, Any] = {"force": cast["ian"].organisation, "tables": [("gender",)], "by": cast["ian"], **Q1}
        draft = make_release(audience="shared", **given)
        add("releases/", "Avonford’s, not checked", "avonford", draft.reference, check=1)
        further.release_of_northmoor(self, given)
        further.release_of_harbour(self, given)
        everybody = "avonford northmoor bridgeway harbour avonford-panel"
        add(
            "releases/",
            "Avonford’s, left",
            everybody,
            left(audience="published", cast=cast, **given).reference,
            check=1,
        )
