"""One case with a row in every table behind the wall (diversion/postgres/wall.py), written straight into them."""

import uuid

from cases.models import (
    Authorisation,
    AuthorisationQuestion,
    Case,
    ChildAssessment,
    Complaint,
    Correction,
    KnownCrime,
    OffenceReview,
    PendingDecision,
    Person,
    PersonMerge,
    ProsecutorReferral,
    Rescission,
    SpokenAuthority,
    VictimContact,
    VictimDuty,
    VictimRecord,
    Withdrawal,
    WordsOfAdmission,
    YouthDuty,
)
from diversion import clock
from diversion.accounts.models import Search, User
from diversion.notifications.actions import queueing
from diversion.notifications.kinds import Due
from referrals.models import (
    Appointment,
    Breach,
    CheckIn,
    CheckInDesk,
    CheckInPlan,
    CheckInQuestion,
    Condition,
    ConditionChange,
    Contact,
    DecisionDraft,
    Escalation,
    EvidenceFile,
    Facilitation,
    FacilitatorContact,
    HelpContact,
    MissedStep,
    NextDue,
    ParentRule,
    PersonFeedback,
    ProposedAgreement,
    Question,
    Referral,
    TextRule,
    Undoable,
)
from referrals.models.needs import MonitoringAnswers, NeedOutcome, NeedReview
from reporting.models import (
    AloneSample,
    DipSample,
    FollowUp,
    FollowUpBatch,
    Panel,
    PanelCase,
    PanelMember,
    PanelPack,
    PanelVote,
)
from tests.conftest import Cast
from tests.factories.cases import crime, decision, refer
from tests.factories.facts import suspects
from tests.factories.ground import adopt_scheme
from tests.factories.helping import ask


def checked_in(referral: Referral, by: User) -> None:
    """What is asked between appointments, and one answer."""
    of, now = {"provider": referral.provider}, clock.now()
    CheckInDesk.objects.create(**of, telephone="01632 960001", opens="09:00", closes="17:00", said_by=by)
    CheckInQuestion.objects.create(**of, words="Do you feel safe?", answers="yes_no", written_by=by)
    CheckInPlan.objects.create(referral=referral, first_on=clock.today(), set_by=by)
    sent = {"due_on": clock.today(), "token_digest": "0" * 64, "expires_at": now, "answered_at": now}
    CheckIn.objects.create(referral=referral, **of, **sent, mood="low", is_flagged=True)


def everything_about(cast: Cast) -> Referral:
    """Somebody sent to Harbour by Avonford, with a row in every table behind the wall."""
    amara, george = cast["amara"], cast["george"]
    version = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    harmed = crime("possession-of-cannabis", victim_kind="person", victim_name="Zenobia Quillfeather")
    made = refer(amara, version, crimes=[harmed], decision=decision(rationale="It is what helps here."))
    allegation = made.case.allegations.get()
    VictimRecord.objects.create(allegation=allegation, telephone="07700 900777")
    tried = {"channel": "telephone", "result": "reached", "recorded_by": amara}
    VictimContact.objects.create(allegation=allegation, submission=uuid.uuid4(), **tried)
    Contact.objects.create(
        referral=made, submission=uuid.uuid4(), channel="telephone", reached=True, note="Afraid.", recorded_by=george
    )
    review = NeedReview.objects.create(referral=made, point="start", recorded_by=george)
    review.levels.create(domain="alcohol", level=3)
    NeedOutcome.objects.create(referral=made, domain="alcohol", result="not_met", recorded_by=george)
    MonitoringAnswers.objects.create(referral=made, recorded_by=george)
    PersonFeedback.objects.create(referral=made, respect="yes", helped="yes", noted_by=george)
    asked = ask(amara, adopt_scheme("lead", cast, provider="hugh").versions.latest("valid_from"))
    TextRule.objects.create(referral=made, agreed_with=george)
    ParentRule.objects.create(referral=made, agreed_with=george)
    checked_in(made, george)
    due = Due("1", george.organisation_id, george.pk)
    queueing.queue(kind="help", due=[due])
    looked_at(made.case, cast)
    HelpContact.objects.create(request=asked, submission=uuid.uuid4(), kind="spoke", recorded_by=george)
    follow(made, cast)
    led = Facilitation.objects.create(allegation=allegation, facilitator=cast["hugh"], named_by=amara)
    FacilitatorContact.objects.create(
        facilitation=led, submission=uuid.uuid4(), who="victim", **tried | {"recorded_by": cast["hugh"]}
    )
    return made


def follow(referral: Referral, cast: Cast) -> None:
    """What hangs on a case, where recording it leaves no row: of each table one."""
    amara, george, case, today = cast["amara"], cast["george"], referral.case, clock.today()
    asked = Authorisation.objects.create(case=case, rank="sergeant")
    AuthorisationQuestion.objects.create(authorisation=asked, question="Why?", asked_by=cast["carol"])
    SpokenAuthority.objects.create(
        authorisation=asked, named=cast["carol"], rank="sergeant", channel="radio", said_at=clock.now(),
        words="Go ahead.", entered_by=amara, confirm_by=clock.now(),
    )  # fmt: skip
    case.assessments.update(rules="Of which history holds what it was before.")
    PendingDecision.objects.create(case=case, waits_for="youth_justice", due_on=today, asked_by=amara)
    Correction.objects.create(
        case=case, allegation=case.allegations.get(), changes={"area": ["", "N"]}, reason="Typed.", corrected_by=amara
    )
    OffenceReview.objects.create(
        case=case,
        source="told",
        offence=case.allegations.get().offence,
        alleged_on=clock.today(),
        told_by=amara,
    )
    Rescission.objects.create(case=case, reason="other", words="A slip.", rank="sergeant", asked_by=amara)
    Withdrawal.objects.create(
        case=case,
        reason="too_soon",
        was={"result": "not_offered"},
        closes=False,
        decided_at=clock.now(),
        decided_by=amara,
        by=amara,
    )
    Complaint.objects.create(
        case=case, who="person", about="treatment", received_on=today, channel="letter", recorded_by=amara
    )
    WordsOfAdmission.objects.create(case=case, words="It was me.", recorded_in="video", heard_by=amara)
    ChildAssessment.objects.create(case=case, done_on=today, done_by="Pat Reed", reference="P1", recorded_by=amara)
    YouthDuty.objects.create(case=case, kind="child_knife", due_on=today)
    other = Person.objects.get(pk=case.person_id)
    other.pk = None
    other.save()
    PersonMerge.objects.create(force=case.force, kept=case.person, merged=other, reason="One.", merged_by=cast["elin"])
    ProsecutorReferral.objects.create(
        authorisation=asked, reason="Abuse.", question="Agreed?", due_on=today, seen=0, asked_by=cast["david"]
    )
    ProposedAgreement.objects.create(case=case, proposed_on=today)
    Escalation.objects.create(case=case, limit_on=today, days_before=7)
    Breach.objects.create(case=case, referral=referral, trigger="worker", account_by=today, opened_by=george)
    NextDue.objects.create(
        referral=referral, provider=referral.provider, scheme=referral.scheme_version.scheme, meeting_days=[today]
    )
    condition = Condition.objects.filter(agreement__referral=referral).earliest("pk")
    ConditionChange.objects.create(
        condition=condition, state="made", way="moved", before={"wording": "I will go."}, asked_by=george
    )
    Appointment.objects.create(referral=referral, starts_at=clock.now(), place="Harbour House")
    MissedStep.objects.create(referral=referral, condition=condition, due_on=today, recorded_by=george)
    Undoable.objects.create(
        case=case, kind="referral", referral=referral, closed_case=False, by=george, until=clock.now()
    )
    Question.objects.create(submission=uuid.uuid4(), referral=referral, to="hub", question="By day?", asked_by=george)
    EvidenceFile.objects.create(
        referral=referral, condition=condition, kind="pdf", content=b"%PDF", size=4, sha256="0" * 64, added_by=george
    )
    DecisionDraft.objects.create(submission=uuid.uuid4(), author=amara, typed={"family_name": ["Quill"]})
    VictimDuty.objects.create(allegation=case.allegations.get(), kind="review", due_on=today)
    KnownCrime.objects.create(force=case.force, number="AV/70/26", suspects=[{"family_name": "Quill"}])


def looked_at(case: Case, cast: Cast) -> None:
    """A case that a panel on which petra sits has before it, and of which she has found."""
    days, drawn = {"start": clock.today(), "end": clock.today()}, {"size": 1, "drawn_from": [], "seed": "June"}
    sample = DipSample.objects.create(force=case.force, of="not_offered", drawn_by=cast["david"], **days, **drawn)
    panel = Panel.objects.create(force=case.force, sample=sample, meets_on=clock.today(), convened_by=cast["david"])
    member = PanelMember.objects.create(panel=panel, user=cast["petra"])
    item = sample.items.create(place=1, group="White", case=case)
    one = PanelCase.objects.create(panel=panel, item=item, place=1)
    PanelPack.objects.create(panel_case=one, case=case, content={})
    PanelVote.objects.create(panel_case=one, member=member, finding="appropriate")
    drawn = {"drawn_by": cast["carol"], "size": 1, "seed": "June", **days}
    AloneSample.objects.create(force=case.force, team=case.team, **drawn).items.create(place=1, case=case)
    suspects(case.force, White=1)
    batch = FollowUpBatch.objects.create(force=case.force, mapping="m", file_name="a.csv", rows=1, accepted=1)
    followed = {"followed_from": clock.today(), "followed_to": clock.today(), "digest": uuid.uuid4()}
    FollowUp.objects.create(force=case.force, batch=batch, case_id=case.pk, **followed)
    Search.objects.create(user=cast["amara"], page="case_list", typed={"q": "Quill"})
