"""Somebody's way through one scheme by the pages: each step as its own person sends it, signed in as themselves."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from cases.models import Authorisation, Case, PolicyVersion
from diversion import clock
from referrals.models import Appointment, Breach, Condition, Referral, SchemeVersion
from referrals.models.agreement import FOR_POLICE
from tests.conftest import NOW, Cast
from tests.factories.cases import let_stand
from tests.factories.decisions import posted
from tests.factories.schemes import SHARING

CHARGEABLE = {"evidence": "charge_standard", "rationale": "Support will do more than a court."}
CANNABIS = {"offence": "possession-of-cannabis", "victim_kind": None, "victim_name": None, "victim_stance": None}
CHILD = {
    "date_of_birth": "2010-11-02",
    # The answers about a child, in the names that the page has for them.
    "appropriate_adult": "on",
    "youth_justice": "on",
    "follow": ["appropriate_adult"],
    "fact-yjs_consulted": "true",
}


def done(one: Condition) -> dict[str, Any]:
    return {"version": one.version, "state": "done", "evidence": "Seen"}


@dataclass
class Journey:
    """One scheme in one force, walked through by the people of the cast, each signed in as themselves."""

    client: Client
    cast: Cast
    slug: str

    def as_(self, who: str) -> Client:
        self.client.force_login(self.cast[who])
        return self.client

    def adopt(self) -> None:
        """The coordinator drafts it, two people sign, and the sharing agreement with its provider is recorded."""
        coordinator, provider = self.as_("elin"), self.cast["hugh"].organisation
        taken = {"provider": provider.pk, "area": "avonford", "capacity": "9"}
        assert coordinator.post(reverse("library_adopt", args=[self.slug]), taken).status_code == 302
        self.sign(PolicyVersion.objects.get(scheme=self.slug))
        coordinator = self.as_("elin")
        shared = SHARING | {"provider": provider.pk, "document": "ISA 7", "from_day": "2026-06-01"}
        assert coordinator.post(reverse("scheme_sharing", args=[self.slug]), shared).status_code == 302

    def sign(self, draft: PolicyVersion) -> None:
        """Previewed and signed by the coordinator, then by an inspector: open from today."""
        assert self.as_("elin").post(reverse("policy_preview", args=[draft.reference]), {"revision": draft.revision})
        signature = {"revision": draft.revision, "starts_on": clock.today().isoformat(), "agreed": "on"}
        for who in ("elin", "david"):
            signed = self.as_(who).post(reverse("policy_sign", args=[draft.reference]), signature)
            assert signed.status_code == 302, text_of(signed)

    @property
    def version(self) -> SchemeVersion:
        return SchemeVersion.objects.open_on(clock.today()).get(scheme__slug=self.slug)

    def post(self, **answers: Any) -> Any:
        return self.as_("amara").post(reverse("record_decision"), posted(self.version, **answers))

    def stopped(self, **answers: Any) -> str:
        """What the page says to a decision that it does not record."""
        before = Case.objects.count()
        response = self.post(**answers)
        assert (response.status_code, Case.objects.count()) == (422, before)
        return text_of(response)

    def record(self, **answers: Any) -> Case:
        response = self.post(**answers)
        assert response.status_code == 302, text_of(response)
        case = Case.objects.latest("pk")
        if Authorisation.objects.filter(case=case, state="waiting").exists():
            decided = {"seen": "0", "decision": "authorise", "evidence_met": "on", "rationale": "Proportionate."}
            assert self.as_("david").post(reverse("authorise", args=[case.reference]), decided).status_code == 302
            self.explain(case)
        return Case.objects.get(pk=case.pk)

    def explain(self, case: Case) -> None:
        """The officer reads to the person what was authorised, and they admit it and sign."""
        officer, address = self.as_("amara"), reverse("case_explain", args=[case.reference])
        form = officer.get(address).context["form"]
        said = {field.html_name: field.value() for field in form if field.name.startswith("due_")}
        said |= {"read_aloud": "on", "result": "signed", "signed_as": str(case.person), "adult": "Ann Adult"}
        said |= {"admits": "yes", "admitted_words": "It was me.", "admitted_in": "video"}
        signed = officer.post(address, said)
        assert signed.status_code == 302, text_of(signed)

    def accept(self, case: Case) -> Referral:
        referral = case.referrals.get()
        answer = {"version": referral.version, "navigator": self.cast["george"].pk}
        accepted = self.as_("hugh").post(reverse("referral_accept", args=[referral.reference]), answer)
        assert accepted.status_code == 302
        return Referral.objects.get(pk=referral.pk)

    def reach(self, referral: Referral, note: str) -> None:
        """The navigator rings, on the day of the referral."""
        spoke = {"submission": uuid.uuid4(), "channel": "telephone", "reached": "yes", "note": note}
        rung = self.as_("george").post(reverse("contact_record", args=[referral.reference]), spoke)
        assert rung.status_code == 302, text_of(rung)

    def meet(self, referral: Referral, times: int, attendance: str = "attended") -> None:
        """The navigator records meetings, one a week, each on its day."""
        worker, reference = self.as_("george"), referral.reference
        for _each in range(times):
            with later(weeks=referral.appointments.count() + 1):
                planned = {"day": clock.today().isoformat(), "time": "9am", "place": "Harbour House"}
                assert worker.post(reverse("appointment_plan", args=[reference]), planned).status_code == 302
                meeting = Appointment.objects.filter(referral=referral).latest("starts_at")
                came = {"version": meeting.version, "attendance": attendance}
                address = reverse("appointment_attendance", args=[reference, meeting.pk])
                assert worker.post(address, came).status_code == 302

    def do_all(self, referral: Referral) -> None:
        """The worker settles what is theirs."""
        for one in self.to_do(referral).exclude(kind__in=FOR_POLICE):
            address = reverse("condition_settle", args=[referral.reference, one.pk])
            assert self.as_("george").post(address, done(one)).status_code == 302

    def do_all_for_police(self, referral: Referral) -> None:
        """The officer settles what no partner can vouch for."""
        for one in self.to_do(referral).filter(kind__in=FOR_POLICE):
            address = reverse("case_condition", args=[referral.case.reference, one.pk])
            settled = self.as_("amara").post(address, done(one))
            assert settled.status_code == 302, text_of(settled)

    def to_do(self, referral: Referral) -> QuerySet[Condition]:
        return Condition.objects.filter(agreement__referral=referral, state="open")

    def close(self, referral: Referral, result: str) -> Any:
        fresh = Referral.objects.get(pk=referral.pk)
        ended = {"version": fresh.version, "result": result}
        return self.as_("george").post(reverse("referral_close", args=[fresh.reference]), ended)

    def keep(self, case: Case) -> Case:
        """Accepted, every condition done by the end of the agreement, and then closed as completed."""
        referral = self.accept(case)
        with later(weeks=18):
            self.do_all(referral)
            self.do_all_for_police(referral)
            assert self.close(referral, "completed").status_code == 302
        return Case.objects.get(pk=case.pk)

    def fail(self, case: Case) -> Case:
        assert self.close(self.accept(case), "not_completed").status_code == 302
        return Case.objects.get(pk=case.pk)

    def hear(self, case: Case, way: str) -> None:
        """Both sides speak, and an inspector decides; nothing where it is not to be decided, or was."""
        let_stand(case)
        breach = Breach.objects.live().filter(case=case).first()
        if breach is None:
            return
        referral = Referral.objects.get(pk=breach.referral_id).reference
        account = {"version": breach.version, "how": "nothing"}
        advice = {"version": breach.version + 1, "advice": way, "why": "Tried twice."}
        for name, said in (("breach_account", account), ("breach_advice", advice)):
            answer = self.as_("george").post(reverse(name, args=[referral, breach.pk]), said)
            assert answer.status_code == 302, text_of(answer)
        ruling = {"what": "decide", "way": way, "rationale": "No reasonable excuse.", "version": breach.version + 2}
        assert self.as_("david").post(reverse("breach_page", args=[breach.pk]), ruling).status_code == 302

    def decide(self, case: Case, result: str, **more: str) -> Any:
        """What follows an agreement that was not kept; before, whether it was broken, where that is to be decided."""
        self.hear(case, "finalise" if result == "failed_no_action" else "prosecute")
        answer = {"result": result, **more}
        return self.as_("amara").post(reverse("case_decide", args=[case.reference]), answer)

    def case_page(self, case: Case) -> str:
        return text_of(self.as_("amara").get(reverse("case_page", args=[case.reference])))


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


@contextmanager
def later(**span: int) -> Iterator[None]:
    with clock.set_to(NOW + timedelta(**span)):
        yield


def outcomes(case: Case) -> list[str]:
    return [allegation.outcome for allegation in case.allegations.all()]


def template(version: SchemeVersion, kind: str) -> str:
    """The beginning of the names of the fields of the scheme's condition of this kind."""
    return f"template-{version.condition_templates.filter(kind=kind).first().pk}"  # type: ignore[union-attr]
