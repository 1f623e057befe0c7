"""A force's policy as two people have signed it."""

from datetime import date, timedelta
from typing import Any

from cases import rulebook
from cases.actions import policies
from cases.eligibility.policy import Policy
from cases.law.settings import LawSettings
from cases.models import PolicyVersion
from diversion import clock
from diversion.accounts.models import Organisation, User
from referrals.actions import scheme_rules

SINCE = date(2020, 1, 1)


def choose(cast: dict[str, User], starts_on: date | None = None, **settings: Any) -> None:
    """The force's policy with these settings, live from a day on."""
    sign_both(rewritten(cast, settings=settings), cast, starts_on)


def rewritten(cast: dict[str, User], **changes: Any) -> PolicyVersion:
    """A draft of the force's policy with ``changes`` in its document."""
    elin = cast["elin"]
    version = policies.start_draft(base=rulebook.live_version(elin.organisation, clock.today()), by=elin)
    document = Policy.model_validate(rulebook.policy_of(version).model_dump() | changes)
    return policies.save_document(version=version, document=document, revision=version.revision, by=elin)


def sign_both(version: PolicyVersion, cast: dict[str, User], starts_on: date | None = None) -> None:
    """The draft, signed by two people and live from a day on."""
    elin = cast["elin"]
    about = {"name": "Ours", "label": "2", "review_date": date(2027, 6, 1), "notes": "Why."}
    version = policies.describe(version=version, **about, revision=version.revision, by=elin)  # type: ignore[arg-type]
    version = policies.keep_preview(version=version, preview={}, by=elin)
    once = scheme_rules.sign(version=version, revision=version.revision, starts_on=starts_on or clock.today(), by=elin)
    scheme_rules.sign(version=once, revision=once.revision, by=cast["david"])


def begin_with(force: Organisation, **settings: Any) -> PolicyVersion:
    """The default policy of a force with these settings, in force since 2020: quicker than `choose`."""
    default = rulebook.ensure_policy(force)
    default.valid_to = SINCE - timedelta(days=1)
    default.save(update_fields=["valid_to"])
    document = rulebook.policy_of(default).model_copy(update={"settings": LawSettings(**settings)})
    return PolicyVersion.objects.create(
        force=force,
        name=default.name,
        version=default.version,
        document=document.model_dump(mode="json"),
        state=PolicyVersion.State.LIVE,
        valid_from=SINCE,
        review_date=default.review_date,
    )
