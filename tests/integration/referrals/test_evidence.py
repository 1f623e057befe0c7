"""Files that show that a condition was kept: what is taken, who reads it, and what becomes of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from diversion import clock
from diversion.attachments import uploads
from diversion.audit.models import Event
from diversion.refusals import Refused
from referrals.actions import closing, evidence
from referrals.actions.evidence import sweep_evidence
from referrals.models import Condition, EvidenceFile, Referral
from tests.conftest import Cast
from tests.factories.files import MAKER, picture

pytestmark = pytest.mark.usefixtures("frozen")


def client_of(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast[who])
    return client


def words_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def first_of(referral: Referral) -> Condition:
    return Condition.objects.filter(agreement__referral=referral).earliest("pk")


def attach(client: Client, referral: Referral, content: bytes, name: str = "../../etc/passwd\x00.php") -> Any:
    file = SimpleUploadedFile(name, content, "text/html")
    where = reverse("evidence_attach", args=[referral.reference, first_of(referral).pk])
    return client.post(where, {"file": file})


def test_what_a_worker_attaches_is_the_partners_and_goes_as_it_came(cast: Cast, accepted: Referral) -> None:
    """A picture of a certificate, taken at home: for whoever helps, once, without where it was taken."""
    george, before = client_of(cast, "george"), Event.objects.latest("pk").pk
    for _twice in range(2):
        assert attach(george, accepted, picture()).status_code == 302
    kept = EvidenceFile.objects.get()
    assert (kept.kind, kept.size, kept.added_by) == ("jpeg", len(kept.content), cast["george"])
    page = words_of(george.get(reverse("referral_page", args=[accepted.reference])))
    assert "Picture, " in page
    assert "passwd" not in page
    address = reverse("evidence_file", args=[accepted.reference, kept.condition_id, kept.pk])
    file = client_of(cast, "hugh").get(address)
    assert (file.status_code, file["Content-Type"], file["X-Content-Type-Options"]) == (200, "image/jpeg", "nosniff")
    assert file["Content-Disposition"] == f'attachment; filename="evidence-{accepted.reference}-{kept.pk}.jpg"'
    assert file.content == bytes(kept.content)
    assert MAKER not in file.content
    for who in ("amara", "carol", "elin", "jo", "vera", "hana", "fatima", "yusuf", "lena"):
        assert client_of(cast, who).get(address).status_code in (403, 404), who
    case = words_of(client_of(cast, "amara").get(reverse("case_page", args=[accepted.case.reference])))
    assert "evidence-" not in case
    gone = reverse("evidence_remove", args=[accepted.reference, kept.condition_id, kept.pk])
    assert client_of(cast, "fatima").post(gone).status_code == 404
    assert george.post(gone).status_code == 302
    assert george.get(address).status_code == 404
    assert client_of(cast, "hugh").get(address).status_code == 404
    with clock.set_to(clock.now() + timedelta(hours=9)):
        sweep_evidence()
    assert not EvidenceFile.objects.exists()
    logged = Event.objects.filter(pk__gt=before, kind__startswith="evidence.").order_by("pk")
    assert [one.kind for one in logged] == [f"evidence.{one}" for one in ("attached", "opened", "removed", "erased")]
    assert {(one.organisation_id, one.detail["evidence"]) for one in logged} == {(accepted.provider_id, kept.pk)}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "This file is empty"),
        (b"<html>", "no PDF, JPEG or PNG"),
        (b"%PDF-1.7 not whole", "cannot be read"),
        (b"\xff\xd8\xff" + bytes(1_000_000), "must be smaller than 1 MB"),
    ],
)
def test_anything_else_is_refused_beside_its_condition(
    content: bytes, words: str, cast: Cast, accepted: Referral, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever attaches the wrong file must read why, there, and what to do."""
    monkeypatch.setattr(settings, "EVIDENCE_MOST_MEGABYTES", 1)
    refused = attach(client_of(cast, "george"), accepted, content)
    assert (refused.status_code, words in words_of(refused)) == (422, True)
    assert not EvidenceFile.objects.exists()


def test_nothing_is_attached_to_what_is_not_theirs_to_show(cast: Cast, accepted: Referral) -> None:
    """Another partner’s worker, an officer, a seventh file, what police settle, a referral that has ended."""
    one, george = first_of(accepted), cast["george"]
    assert attach(client_of(cast, "fatima"), accepted, picture()).status_code == 404
    assert attach(client_of(cast, "amara"), accepted, picture()).status_code == 404
    for width in range(evidence.MOST_FILES):
        row = {"kind": "pdf", "content": b"%PDF", "size": 4, "sha256": str(width), "added_by": george}
        EvidenceFile.objects.create(referral=accepted, condition=one, **row)
    assert "Six files are attached" in words_of(attach(client_of(cast, "george"), accepted, picture()))
    given = {"content": picture(), "by": george}
    one.kind = "no_reoffending"
    with pytest.raises(Refused, match="not a partner's to say"):
        evidence.attach_evidence(referral=accepted, condition=one, **given)
    Referral.objects.filter(pk=accepted.pk).update(state="withdrawn")
    with pytest.raises(Refused, match="not open"):
        evidence.attach_evidence(referral=accepted, condition=one, **given)
    with pytest.raises(Refused, match="not open"):
        evidence.remove_evidence(evidence=EvidenceFile.objects.earliest("pk"), by=george)
    assert EvidenceFile.objects.count() == evidence.MOST_FILES


def test_two_clicks_on_remove_are_one(cast: Cast, accepted: Referral) -> None:
    """Nobody reads that a page does not exist, or stands in the log as somebody who probes, for a trembling finger."""
    one, george = first_of(accepted), client_of(cast, "george")
    row = {"kind": "pdf", "content": b"%PDF", "size": 4, "sha256": "1", "added_by": cast["george"]}
    kept = EvidenceFile.objects.create(referral=accepted, condition=one, **row)
    gone = reverse("evidence_remove", args=[accepted.reference, one.pk, kept.pk])
    page = reverse("referral_page", args=[accepted.reference])
    came = george.get(gone)  # by its address alone, after signing in again, say
    assert (came.status_code, came["Location"], EvidenceFile.objects.count()) == (302, f"{page}#conditions", 1)
    for _click in range(2):
        assert (george.post(gone).status_code, EvidenceFile.objects.filter(removed_at=None).count()) == (302, 0)
    with clock.set_to(clock.now() + timedelta(hours=9)):
        sweep_evidence()
        client = client_of(cast, "george")
        assert (client.post(gone).status_code, EvidenceFile.objects.count()) == (302, 0)
    assert client_of(cast, "fatima").post(gone).status_code == 404
    came = george.get(reverse("evidence_attach", args=[accepted.reference, one.pk]))
    assert (came.status_code, came["Location"]) == (302, page)


def test_who_removed_a_file_puts_it_back_for_a_time(cast: Cast, accepted: Referral) -> None:
    """A certificate that was given once, on paper, would be lost by a click on the wrong line."""
    one, george, hugh = first_of(accepted), client_of(cast, "george"), client_of(cast, "hugh")
    attach(george, accepted, picture())
    kept = EvidenceFile.objects.get()
    page, args = reverse("referral_page", args=[accepted.reference]), [accepted.reference, one.pk, kept.pk]
    file, back = reverse("evidence_file", args=args), reverse("evidence_put_back", args=args)
    george.post(reverse("evidence_remove", args=args))
    shown = words_of(george.get(page))
    assert "You can put it back until" in shown
    assert (f'"{file}"' in shown, back in shown) == (False, True)
    assert "put it back until" not in words_of(hugh.get(page))
    refused = hugh.post(back)
    assert (refused.status_code, "Only George" in words_of(refused)) == (422, True)
    assert client_of(cast, "fatima").post(back).status_code == 404
    assert client_of(cast, "amara").post(back).status_code == 404
    assert george.get(back).status_code == 302
    assert george.get(file).status_code == 404
    for _click in range(2):
        assert george.post(back).status_code == 302
    assert george.get(file).content == bytes(kept.content)
    assert sweep_evidence() == 0
    george.post(reverse("evidence_remove", args=args))
    with clock.set_to(clock.now() + timedelta(hours=9)):
        later = client_of(cast, "george")
        assert "put it back until" not in words_of(later.get(page))
        over = later.post(back)
        assert (over.status_code, "was removed for good: attach it again" in words_of(over)) == (422, True)
        assert sweep_evidence() == 1
    assert not EvidenceFile.objects.exists()


def test_once_the_support_is_closed_nobody_is_told_to_put_a_file_back(cast: Cast, accepted: Referral) -> None:
    """They would look for a button that is not there, and find the file erased."""
    one, george = first_of(accepted), client_of(cast, "george")
    attach(george, accepted, picture())
    kept = EvidenceFile.objects.get()
    evidence.remove_evidence(evidence=kept, by=cast["george"])
    given = {"result": "not_completed", "note": "", "version": accepted.version, "by": cast["george"]}
    closing.close_referral(referral=accepted, **given)
    shown = words_of(george.get(reverse("referral_page", args=[accepted.reference])))
    back = reverse("evidence_put_back", args=[accepted.reference, one.pk, kept.pk])
    assert ("put it back until" in shown, "it is erased after" in shown, back in shown) == (False, True, False)


def test_what_was_removed_can_be_attached_again_and_takes_no_place(cast: Cast, accepted: Referral) -> None:
    """The same certificate would be told to be there, and be swept; or a removed one keep out the right one."""
    one, george = first_of(accepted), client_of(cast, "george")
    attach(george, accepted, picture())
    kept = EvidenceFile.objects.get()
    evidence.remove_evidence(evidence=kept, by=cast["george"])
    for width in range(evidence.MOST_FILES - 1):
        row = {"kind": "pdf", "content": b"%PDF", "size": 4, "sha256": str(width), "added_by": cast["george"]}
        EvidenceFile.objects.create(referral=accepted, condition=one, **row)
    attach(client_of(cast, "hugh"), accepted, picture())
    again = EvidenceFile.objects.get(pk=kept.pk)
    assert (again.removed_at, again.kept_until, again.added_by) == (None, None, cast["hugh"])
    evidence.remove_evidence(evidence=again, by=cast["george"])
    row = {"kind": "pdf", "content": b"%PDF", "size": 4, "sha256": "six", "added_by": cast["george"]}
    EvidenceFile.objects.create(referral=accepted, condition=one, **row)
    with pytest.raises(Refused, match="Six files"):
        evidence.put_back_evidence(evidence=again, by=cast["george"])


def test_no_other_page_takes_a_file(cast: Cast, accepted: Referral, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever can reach the service could fill its memory by a page that asks for nothing."""
    held: list[int] = []
    monkeypatch.setattr(uploads.Bounded, "receive_data_chunk", lambda self, data, start: held.append(len(data)))
    file = {"file": SimpleUploadedFile("x.pdf", b"%PDF" * 1000)}
    for client, name in ((Client(), "account_login"), (client_of(cast, "george"), "caseload")):
        client.post(reverse(name), dict(file))
    assert held == []
