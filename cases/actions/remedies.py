"""Entering the community remedy document of the local policing body, as its planner has it before them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import count

from django.db import transaction
from django.utils.text import slugify

from cases.law.codes import ConditionType
from cases.models import RemedyDocument
from cases.remedies import NO_PREFERENCE
from diversion import access, audit, clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused

MOST_ACTIONS = 20
CODE = 40


@dataclass(frozen=True)
class RemedyDetails:
    """One action as typed; without a short name it is given one of its words."""

    words: str
    kind: str
    code: str = ""


@transaction.atomic
def publish_remedies(
    *, title: str, valid_from: date, actions: Sequence[RemedyDetails], seen: int, by: User
) -> RemedyDocument:
    """Enter the document that victims of ``by``'s force choose from, from ``valid_from`` on. None is edited afterwards.

    ``seen`` is the id of the newest one that the page showed, 0 for none. The same sent twice is one. Raises Outdated
    where a colleague entered one meanwhile, and Refused without an action, with two of one short name, and for a day
    that has passed: what victims were asked with then stays as it was.
    """
    access.check(by, Permission.MANAGE_SCHEMES)
    Organisation.objects.select_for_update(no_key=True).get(pk=by.organisation_id)
    listed = _listed(actions, by.organisation)
    newest = RemedyDocument.objects.filter(force=by.organisation).order_by("-pk").first()
    wanted = {"title": title.strip(), "valid_from": valid_from, "actions": [asdict(one) for one in listed]}
    if newest is not None and all(getattr(newest, name) == value for name, value in wanted.items()):
        return newest  # a browser that had no answer sends the same once more
    if (newest.pk if newest else 0) != seen:
        raise Outdated("The community remedy document")
    _check(wanted["title"], valid_from, listed)
    made = RemedyDocument.objects.create(force=by.organisation, published_by=by, **wanted)
    audit.record("remedies.published", audit.Nature.ADMINISTRATION, by=by, subjects=[made])
    return made


def _listed(actions: Sequence[RemedyDetails], force: Organisation) -> list[RemedyDetails]:
    """As typed, each with a short name. Words in another script have none to give, and are numbered.

    A number stays with its words, and no other action has it in any document: else what a victim chose would become
    something else with the next one.
    """
    earlier = {one.words: one.code for document in RemedyDocument.objects.of(force) for one in document.choices}
    plain = [(slugify(one.code) or slugify(one.words))[:CODE] for one in actions]
    taken = {*earlier.values(), *plain}
    free = (code for n in count(1) if (code := f"action-{n}") not in taken)
    named = []
    for one, code in zip(actions, plain, strict=True):
        words, kind = one.words.strip(), ConditionType.parse(one.kind).value
        named.append(RemedyDetails(words, kind, code or earlier.get(words) or earlier.setdefault(words, next(free))))
    return named


def _check(title: object, valid_from: date, listed: Sequence[RemedyDetails]) -> None:
    if not title:
        raise Refused("Say what the document is called.")
    if valid_from < clock.today():
        raise Refused("The first day must be today or later: what victims were asked with before stays as it was.")
    if not listed:
        raise Refused("Enter at least one action that a victim may choose.")
    if len(listed) > MOST_ACTIONS:
        raise Refused(f"A document has {MOST_ACTIONS} actions at most.")
    codes = [one.code for one in listed]
    if not all(any(sign.isalnum() for sign in one.words) for one in listed):
        raise Refused("Each action needs words of its own, with a letter or figure in them.")
    if any(_says_no_preference(said) for one in listed for said in (one.words, one.code)):
        raise Refused("That they have no preference is offered to victims in any case: take it out of the actions.")
    if twice := next((code for code in codes if codes.count(code) > 1), ""):
        raise Refused(f"Two actions have the short name “{twice}”: change one, or take it out.")


def _says_no_preference(words: str) -> bool:
    return slugify(words).replace("-", "_") == NO_PREFERENCE
