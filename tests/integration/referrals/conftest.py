"""A provider at work: a referral that waits, and one that was accepted."""

from datetime import datetime, timedelta

import pytest

from cases.models import Case
from referrals.actions import partner, support
from referrals.models import Appointment, Referral, SchemeVersion
from tests.conftest import Cast
from tests.factories.cases import crime, person, refer
from tests.factories.ground import adopt_scheme
from tests.made_once import made_once


@made_once
def version(cast: Cast) -> SchemeVersion:
    """The rules in force of Drug diversion, which Harbour Trust (hugh, george) delivers."""
    return adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")


@made_once
def sent(cast: Cast, version: SchemeVersion) -> Referral:
    """A referral that waits for Harbour Trust's answer, with everything a provider must not see behind it."""
    hidden = crime("possession-of-cannabis", number="AV/SECRET/26", victim_kind="person", victim_name="Vera Victim")
    who = person(telephone="07700 900123", safe_contact="Text only", ethnicity_self_defined="B1")
    referral = refer(cast["amara"], version, person=who, crimes=[hidden])
    Case.objects.filter(pk=referral.case_id).update(earlier_outcomes="caution")
    return referral


@made_once
def accepted(cast: Cast, sent: Referral) -> Referral:
    """Accepted by hugh, helped by george."""
    return partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])


@pytest.fixture
def appointment(cast: Cast, accepted: Referral, frozen: datetime) -> Appointment:
    """Planned for an hour ago."""
    return support.plan_appointment(
        referral=accepted, starts_at=frozen - timedelta(hours=1), place="Harbour House", by=cast["george"]
    )
