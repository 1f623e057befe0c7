"""Scrutiny panels: asking one, what its members declare and find, and what the force does about it.

A member finds before they can know what another found: nothing that tells a finding is logged or shown before all are
in. A panel opens no case again: the officer reads what it found, and the decision stands.
"""

from collections.abc import Callable, Sequence
from datetime import date
from functools import wraps
from typing import Any, TypeVar, cast

from django.db import transaction
from django.db.models import Model
from django.http import Http404
from django.shortcuts import get_object_or_404

from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused
from diversion.unit_of_work import as_service
from reporting.actions.sampling import decided
from reporting.facts.packs import as_seen, naming_words, pack_of, pack_of_suspect, telling_words
from reporting.models import (
    DipSample,
    DipSampleItem,
    Panel,
    PanelCase,
    PanelFinding,
    PanelMember,
    PanelPack,
    PanelVote,
)
from reporting.queries import panels as queries
from reporting.queries.panels import FEWEST_MEMBERS

NOTHING_LEFT = "There is nothing to read of this case any more: the force sets it aside."

Act = TypeVar("Act", bound=Callable[..., Any])


class NamesSomebody(Refused):
    """A member who types a name is not told that it is the right one: the sentence is the same for each."""

    def __init__(self) -> None:
        super().__init__("This could say whose case it is, or who decided on it. Write it without names and numbers.")


def _guesses_are_logged(act: Act) -> Act:
    """Whoever types names until one is refused learns whose case it is: each refusal is told to the force.

    What was done is undone with its transaction before the entry is written, so that the entry stays.
    """

    @wraps(act)
    def logged(*, case: PanelCase, by: User, **said: Any) -> Any:
        try:
            return act(case=case, by=by, **said)
        except NamesSomebody:
            told, force = {"place": case.place}, case.panel.force_id
            nature, kind = audit.Nature.SECURITY, "panel.name_refused"
            audit.record(kind, nature, by=by, subjects=_subjects(case), detail=told, organisation_id=force)
            raise

    return cast(Act, logged)


@transaction.atomic
def convene(*, sample: DipSample, members: Sequence[User], chair: User, meets_on: date, by: User) -> Panel:
    """Ask ``members``, one of them the ``chair``, to look at what was drawn: each case becomes a redacted pack.

    Refused for fewer than two members, a chair who is none of them, a day that is over, and a sample that has a panel
    or of which nothing is held any more.
    """
    _check(by)
    sample = get_object_or_404(DipSample.objects.visible_to(by).select_for_update(), pk=sample.pk)
    _check_members(members, chair)
    if meets_on < clock.today():
        raise Refused("The day on which the panel meets is over: choose a later one.")
    if Panel.objects.filter(sample=sample).exists():
        raise Refused("This sample has its panel already: draw another sample for another panel.")
    panel = Panel.objects.create(
        force=sample.force, sample=sample, meets_on=meets_on, convened_by=by, convened_at=clock.now()
    )
    PanelMember.objects.bulk_create(
        PanelMember(panel=panel, user=one, is_chair=one == chair) for one in dict.fromkeys(members)
    )
    told = _packed(panel)
    detail = {"members": [one.pk for one in members], "chair": chair.pk, "cases": len(told)}
    recipients = sorted(one.email for one in members)
    audit.record("panel.convened", audit.Nature.DISCLOSURE, by=by, subjects=told, recipients=recipients, detail=detail)
    return panel


def _check_members(members: Sequence[User], chair: User) -> None:
    if len(set(members)) < FEWEST_MEMBERS:
        raise Refused("Choose two members or more: one alone is no panel.")
    if chair not in members:
        raise Refused("Choose the chair among the members.")
    if set(members) - set(queries.who_may_sit()):
        raise Refused("Choose members who sit on panels at an oversight body.")


def _packed(panel: Panel) -> list[Model]:
    """Make the pack of each case or suspect that is still held; the panel and whom they are of."""
    read = ("case__allegations__offence", "case__allegations__victim", "case__withdrawals", "case__rescissions")
    rows = panel.sample.items.select_related("suspect", "case__person", "case__decision").prefetch_related(*read)
    items = [one for one in rows if one.stands]  # what was withdrawn since may be of the wrong person
    if not items:
        raise Refused("Nothing that was drawn is held any more: draw another sample.")
    cases = PanelCase.objects.bulk_create(
        PanelCase(panel=panel, item=item, place=place) for place, item in enumerate(items, 1)
    )
    PanelPack.objects.bulk_create(map(_pack, cases, items))
    return [panel, *(held for one in items if (held := one.case or one.suspect))]


def _pack(case: PanelCase, item: DipSampleItem) -> PanelPack:
    told = pack_of(item.case) if item.case else pack_of_suspect(item.suspect) if item.suspect else {}
    return PanelPack(panel_case=case, case=item.case, suspect=item.suspect, content=told)


@transaction.atomic
def remove_packs(*, case_id: int, **kwargs: Any) -> None:
    """Receiver of ``decision_withdrawn``: what panels were told of it goes, but where they have found already.

    It may have been recorded on the wrong person: nobody outside the force is to read of them what is not so.
    """
    rows = PanelCase.objects.select_for_update(of=("self",)).filter(pack__case=case_id, finding="")
    for one in rows.select_related("panel").order_by("pk"):
        PanelPack.objects.filter(panel_case=one).delete()
        subjects: list[Panel | str] = [one.panel, f"cases.case:{case_id}"]
        told, force = {"place": one.place}, one.panel.force_id
        kind, nature = "panel.pack_removed", audit.Nature.ERASURE
        audit.record(kind, nature, by=None, subjects=subjects, detail=told, organisation_id=force)


@transaction.atomic
def clear_reasons(*, case: PanelCase, text: str, by: User) -> PanelPack:
    """Show the panel ``text`` as the officer's reasons: ``by`` has made sure that it names nobody. "" takes it back.

    Refused where a name, number or day is in it, for whoever decided on the case, and once a member has found.
    """
    _check(by)
    locked = _of_own(case, by)
    pack = PanelPack.objects.filter(panel_case=locked).select_related("case__person", "case__decision").first()
    if pack is None:
        raise Refused(NOTHING_LEFT)
    if pack.case is None:
        raise Refused("There are no reasons on record here: a suspect nobody considered has none.")
    if by.pk in decided(pack.case):
        raise Refused("You had a part in deciding on this case: somebody else clears its reasons.")
    if locked.votes.exists():
        raise Refused("A member has found already, on what the pack told: it stands as it is.")
    if told := telling_words(text, pack.case):
        raise Refused(f"This could say who it is: {', '.join(told)}. Write it another way, then clear it.")
    pack.reasons = text.strip()
    pack.cleared_by, pack.cleared_at = (by, clock.now()) if pack.reasons else (None, None)
    pack.save(update_fields=["reasons", "cleared_by", "cleared_at"])
    detail = {"place": locked.place, "cleared": bool(pack.reasons)}
    audit.record("panel.reasons_cleared", audit.Nature.ALTERATION, by=by, subjects=_subjects(locked), detail=detail)
    return pack


@transaction.atomic
def declare(*, panel: Panel, interest: str, words: str = "", by: User) -> PanelMember:
    """Declare ``by``'s conflicts of interest before anything is read: a value of ``PanelMember.Interest``, and what.

    It may be declared anew, for something that comes to mind later: what was declared before stays to be read.
    """
    access.check(by, Permission.SIT_ON_PANEL)
    member = _seat(panel, by)
    if interest not in PanelMember.Interest.values:
        raise Refused("Say whether you have a conflict of interest.")
    if interest == PanelMember.Interest.SOME and not words.strip():
        raise Refused("Say what the force and the others should know.")
    member.interest, member.declared_at = interest, clock.now()
    member.interest_words = words.strip() if interest == PanelMember.Interest.SOME else ""
    member.save(update_fields=["interest", "interest_words", "declared_at"])
    detail = {"interest": interest}
    audit.record("panel.declared", audit.Nature.ADMINISTRATION, by=by, subjects=[member.panel], detail=detail)
    return member


@_guesses_are_logged
@transaction.atomic
def find(*, case: PanelCase, finding: str, words: str = "", by: User) -> PanelVote:
    """Say what ``by`` finds of one case, a value of ``PanelFinding``; or "" to stand aside, as they may know somebody.

    It may be changed until all are in. Who stood aside comes back to no finding of that case. What it was is not
    logged: the log would tell it to the others.
    """
    access.check(by, Permission.SIT_ON_PANEL)
    locked = _locked(case)
    member = _seat(locked.panel, by)
    if member.declared_at is None:
        raise Refused("First say whether you have a conflict of interest.")
    if finding and finding not in PanelFinding.values:
        raise Refused("Say what you find.")
    if finding not in ("", PanelFinding.APPROPRIATE) and not words.strip():
        raise Refused("Say why, in a sentence: the panel talks about it when it meets.")
    before = queries.vote_of(locked, member)
    if before and not before.finding:
        raise Refused("You stood aside from this case.")
    if locked.set_aside_at is not None:
        raise Refused("The force has set this case aside.")
    if locked.finding or (before and queries.are_all_in(locked)):
        raise Refused("All findings are in: yours stands as it is.")
    if not queries.has_pack(locked):
        raise Refused(NOTHING_LEFT)
    if _named(words, locked):
        raise NamesSomebody
    now = {"finding": finding, "words": words.strip(), "at": clock.now()}
    vote, _new = PanelVote.objects.update_or_create(panel_case=locked, member=member, defaults=now)
    detail = {"place": locked.place, "stood_aside": not finding}
    audit.record("panel.member_found", audit.Nature.ALTERATION, by=by, subjects=_subjects(locked), detail=detail)
    return vote


@_guesses_are_logged
@transaction.atomic
def settle(*, case: PanelCase, finding: str, words: str = "", by: User) -> PanelCase:
    """Say what the panel found of one case, and why: the officer in the case reads it. Once, by who speaks for it.

    Refused before all members are in, where fewer than two found, and without words where it is not appropriate and
    consistent.
    """
    access.check(by, Permission.SIT_ON_PANEL)
    locked = _locked(case)
    member = _seat(locked.panel, by)
    if locked.finding or locked.set_aside_at is not None:
        raise Outdated("This finding")
    if not queries.has_pack(locked):
        raise Refused(NOTHING_LEFT)
    if queries.lacks_members(locked):
        raise Refused("Fewer than two found of this case, and one finding is no panel’s: the force sets it aside.")
    if not queries.are_all_in(locked):
        raise Refused("Not everybody has found yet: the panel speaks when all are in.")
    if queries.speaks(locked) != member:
        raise Refused("The chair says what the panel found.")
    if finding not in PanelFinding.values:
        raise Refused("Say what the panel found.")
    if finding != PanelFinding.APPROPRIATE and not words.strip():
        raise Refused("Say why: the officer in the case learns from it.")
    if _named(words, locked):
        raise NamesSomebody
    locked.finding, locked.words, locked.found_by, locked.found_at = finding, words.strip(), member, clock.now()
    locked.save(update_fields=["finding", "words", "found_by", "found_at"])
    detail = {"place": locked.place, "finding": finding}
    audit.record("panel.found", audit.Nature.ALTERATION, by=by, subjects=_subjects(locked), detail=detail)
    return locked


@transaction.atomic
def set_aside(*, case: PanelCase, by: User) -> PanelCase:
    """Say that a case was not scrutinised: fewer than two could find of it, or there is nothing to read any more.

    The year's figures count it as that. Refused while two or more may still find. Outdated where there is a finding, or
    it was set aside before.
    """
    _check(by)
    locked = _of_own(case, by)
    if locked.finding or locked.set_aside_at is not None:
        raise Outdated("This case")
    if not queries.is_nobodys_to_find(locked):
        raise Refused("Two members or more have found of this case, or still may: the panel says what it found.")
    locked.set_aside_at, locked.set_aside_by = clock.now(), by
    locked.save(update_fields=["set_aside_at", "set_aside_by"])
    detail = {"place": locked.place}
    audit.record("panel.set_aside", audit.Nature.ADMINISTRATION, by=by, subjects=_subjects(locked), detail=detail)
    return locked


@transaction.atomic
def excuse(*, panel: Panel, member: PanelMember, by: User) -> PanelMember:
    """Let a member go who cannot go on: the others wait no longer. What they found stays; the chair goes to the next.

    Refused where one finding of a case would stand alone, so that everybody knew whose it is; and for a chair who has
    been told what the others found, and has not said what the panel did: nobody chooses who speaks for it then.
    """
    _check(by)
    own = get_object_or_404(Panel.objects.visible_to(by).select_for_update(), pk=panel.pk)
    found = get_object_or_404(own.members.filter(excused_at__isnull=True), pk=member.pk)
    others = own.members.filter(excused_at__isnull=True).exclude(pk=found.pk)
    _check_may_go(own, found)
    was_chair, found.is_chair, found.excused_at = found.is_chair, False, clock.now()
    found.save(update_fields=["is_chair", "excused_at"])
    if was_chair:
        others.filter(pk=others.values("pk")[:1]).update(is_chair=True)
    detail = {"member": found.user_id, "chair": was_chair}
    audit.record("panel.member_excused", audit.Nature.ADMINISTRATION, by=by, subjects=[own], detail=detail)
    return found


def _check_may_go(panel: Panel, member: PanelMember) -> None:
    for case in queries.cases_of_panels().filter(panel=panel, finding="", set_aside_at__isnull=True):
        if queries.is_nobodys_to_find(case):
            continue
        if queries.are_all_in(case):
            if member.is_chair:
                raise Refused(f"All findings of case {case.place} are in: the chair says what the panel found first.")
            continue
        stay = {one.pk for one in case.panel.members.all() if one.excused_at is None} - {member.pk}
        aside = {one.member_id for one in case.votes.all() if not one.finding}
        found = {one.member_id for one in case.votes.all() if one.finding}
        if len((stay | found) - aside) < FEWEST_MEMBERS:
            raise Refused(
                f"One finding of case {case.place} would stand alone, and everybody would know whose it is. Draw"
                " another sample for another panel, or wait for this member."
            )


@transaction.atomic
def act(*, case: PanelCase, action: str, owner: User, due_on: date, by: User) -> PanelCase:
    """Say what the force does about a panel's finding, who answers for it, and by when.

    Refused before there is a finding, for a day that is over, and for an owner who could not see the case.
    """
    _check(by)
    locked = _of_own(case, by)
    if not locked.finding:
        raise Refused("The panel has not found yet.")
    if locked.action:
        raise Outdated("This action")
    if not action.strip():
        raise Refused("Say what is done about it.")
    if told := _named(action, locked):
        raise Refused(f"The panel reads this, and it could say who it is: {', '.join(told)}. Write it another way.")
    if not queries.who_may_own(by).filter(pk=owner.pk).exists():
        raise Refused("Choose an owner who sees the figures of your force and may open its cases.")
    if due_on < clock.today():
        raise Refused("The day by which it is due is over: choose a later one.")
    locked.action, locked.owner, locked.due_on, locked.acted_by = action.strip(), owner, due_on, by
    locked.save(update_fields=["action", "owner", "due_on", "acted_by"])
    detail = {"place": locked.place, "owner": owner.pk, "due_on": due_on.isoformat()}
    audit.record("panel.acted", audit.Nature.ADMINISTRATION, by=by, subjects=_subjects(locked), detail=detail)
    return locked


@transaction.atomic
def finish_action(*, case: PanelCase, by: User) -> PanelCase:
    """Say that what was to be done about a finding is done. Outdated where somebody said so before, or nothing is."""
    _check(by)
    locked = _of_own(case, by)
    if not locked.action or locked.done_at is not None:
        raise Outdated("This action")
    locked.done_by, locked.done_at = by, clock.now()
    locked.save(update_fields=["done_by", "done_at"])
    audit.record("panel.action_done", audit.Nature.ADMINISTRATION, by=by, subjects=_subjects(locked))
    return locked


@as_service()  # a member may read no case: what they type is held against it all the same
def _named(text: str, case: PanelCase) -> list[str]:
    """What in words about a case names somebody of it; nothing of what is held no longer."""
    pack: PanelPack | None = getattr(case, "pack", None)
    if pack is not None and pack.case is not None:
        return naming_words(text, pack.case)
    number = pack.suspect.crime_number if pack is not None and pack.suspect is not None else ""
    return [number] if number and number.lower() in as_seen(text).lower() else []


def _locked(case: PanelCase) -> PanelCase:
    """The case with its panel and what is found of it, locked: two members may be the last at one moment."""
    PanelCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
    return queries.cases_of_panels().get(pk=case.pk)


def _of_own(case: PanelCase, by: User) -> PanelCase:
    locked = _locked(case)
    if not (by.is_police and Panel.objects.visible_to(by).filter(pk=locked.panel_id).exists()):
        raise Http404
    return locked


def _seat(panel: Panel, by: User) -> PanelMember:
    """``by``'s own seat, or 404."""
    rows = PanelMember.objects.select_for_update(of=("self",)).select_related("panel")
    if not Panel.objects.visible_to(by).filter(pk=panel.pk).exists():
        raise Http404
    return get_object_or_404(rows, panel=panel, user=by, excused_at__isnull=True)


def _subjects(case: PanelCase) -> list[Panel | str]:
    """The panel, and whom the case is of by their key: a member may not read the record itself."""
    pack: PanelPack | None = getattr(case, "pack", None)
    return [case.panel, queries.key_of(pack)] if pack else [case.panel]


def _check(by: User) -> None:
    """Only for whoever sees the figures of the force and may open every case behind them."""
    access.check(by, Permission.VIEW_MONITORING)
    access.check(by, Permission.VIEW_FORCE_CASES)
