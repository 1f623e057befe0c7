"""Two people check a release, neither of them its author, each without the other's verdict until both are in.

A checker may hide more, never show more. Nothing that tells a verdict is logged or shown before both are in: not to the
other checker, and not to the author, who could pass it on.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from diversion import audit, clock
from diversion.accounts.models import User
from diversion.celery import send
from diversion.refusals import Outdated, Refused
from reporting.actions.releases import WORK_OUT
from reporting.models import Release, ReleaseCheck
from reporting.models.release import CHECKS
from reporting.releases.freezing import CannotRelease
from reporting.releases.lifecycle import Step, after, conflict, may
from reporting.releases.looking import cells_of, shown_before, table_keys
from reporting.releases.working_out import check_declared, one_at_a_time


@transaction.atomic
def judge_table(
    *, release: Release, table: str, agrees: bool, by: User, why: str = "", hide: Sequence[Mapping[str, Any]] = ()
) -> ReleaseCheck:
    """Keep what ``by`` finds of one table: it may leave, or why not; and which of its figures to hide besides.

    ``table``: its key (``looking.table_keys``). ``hide``: [{"measure", "at"}], figures that the table shows. It may be
    changed until the verdict is sent.
    """
    locked = _locked(release, by)
    check = _own(locked, by)
    if table not in table_keys(locked.document):
        raise Refused("The release has no such table: go back to the list.")
    if not agrees and not why.strip():
        raise Refused("Say why this table may not leave: its author has to mend it.")
    wanted = _wanted(locked, table, hide)
    check.tables = {**check.tables, table: {"agrees": agrees, "why": why.strip(), "hide": wanted}}
    check.save(update_fields=["tables"])
    audit.record("release.table_judged", audit.Nature.ADMINISTRATION, by=by, subjects=[locked])
    return check


@transaction.atomic
def send_verdict(*, release: Release, by: User) -> Release:
    """Send one's verdict; it can no longer be changed. With the second one, the release leaves or goes back."""
    locked = _locked(release, by)
    check = _own(locked, by)
    if left := [key for key in table_keys(locked.document) if key not in check.tables]:
        raise Refused(f"Judge every table first: {len(left)} have not been judged yet.")
    check.agrees, check.sent_at = all(one["agrees"] for one in check.tables.values()), clock.now()
    check.save(update_fields=["agrees", "sent_at"])
    audit.record("release.verdict_sent", audit.Nature.ADMINISTRATION, by=by, subjects=[locked])
    sent = list(_sent(locked))
    if len(sent) == CHECKS:
        _settle(locked, sent, by)
    return locked


def _locked(release: Release, by: User) -> Release:
    if not may(by, Step.JUDGE, release):
        raise PermissionDenied
    found = Release.objects.select_for_update(of=("self",)).select_related("force", "made_by").get(pk=release.pk)
    after(found.state, Step.JUDGE)
    if (found.round, found.sha256) != (release.round, release.sha256):
        raise Outdated("This draft")
    if why := conflict(by, Step.JUDGE, found):
        raise Refused(why)
    return found


def _own(release: Release, by: User) -> ReleaseCheck:
    """The verdict that ``by`` is making up. Refused once it is sent, or where two others have it in hand."""
    check = ReleaseCheck.objects.filter(release=release, round=release.round, by=by).first()
    if check is None and len(_sent(release)) >= CHECKS:
        raise Outdated("This draft")
    if check is None:
        return ReleaseCheck.objects.create(release=release, round=release.round, by=by, sha256=release.sha256)
    if check.sent_at is not None:
        raise Refused("You have sent your verdict: it stands until the other is in.")
    return check


def _sent(release: Release) -> Sequence[ReleaseCheck]:
    made = ReleaseCheck.objects.filter(release=release, round=release.round, sent_at__isnull=False)
    return list(made.select_related("by").order_by("sent_at", "pk"))


def _wanted(release: Release, table: str, hide: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    shown = cells_of(release.document, table)
    told = shown_before(release)
    found = []
    for cell in hide:
        name = (str(cell["measure"]), tuple(sorted(cell["at"].items())))
        if name not in shown:
            raise Refused("Only a figure that the table shows can be hidden: choose among those.")
        if name in told:
            raise Refused(
                f"An earlier release shows that figure already ({told[name]}): hidden here, it would protect nobody."
            )
        found.append({"measure": name[0], "at": dict(name[1])})
    return found


def _settle(release: Release, sent: Sequence[ReleaseCheck], by: User) -> None:
    """Both are in: it leaves, more of it is hidden and both look again, or it goes back to its author."""
    one_at_a_time(release.force)
    wanted = [cell for check in sent for cell in check.hides if cell not in release.hide]
    release.hide = [*release.hide, *(cell for place, cell in enumerate(wanted) if cell not in wanted[:place])]
    if not all(check.agrees for check in sent):
        _send_back(release, "The two who checked it do not both agree to it.", by, sent)
    elif wanted:
        _hide_more(release, by, sent)
    elif why := _overtaken(release):
        _send_back(release, why, by, sent)
    else:
        _leave(release, by, sent)


def _overtaken(release: Release) -> str:
    """What has come between since it was frozen; "" if nothing has. A reader may hold both."""
    try:
        before = check_declared(release)
    except CannotRelease as fault:
        return str(fault)
    held = {(one["pk"], one["sha256"]) for one in release.verdict["held"]}
    new = [one.name for one in before if (one.pk, one.sha256) not in held and one.released_at is not None]
    return f"Since it was frozen, {', '.join(new)} has left: count it again beside that." if new else ""


def _send_back(release: Release, why: str, by: User, sent: Sequence[ReleaseCheck]) -> None:
    release.state, release.problem = after(release.state, Step.SEND_BACK), why
    release.save(update_fields=["state", "problem", "hide"])
    _log("release.returned", audit.Nature.ADMINISTRATION, release, by, sent)


def _hide_more(release: Release, by: User, sent: Sequence[ReleaseCheck]) -> None:
    release.state = after(release.state, Step.HIDE_MORE)
    release.save(update_fields=["state", "hide"])
    _log("release.more_hidden", audit.Nature.ADMINISTRATION, release, by, sent)
    transaction.on_commit(lambda: send(WORK_OUT, release.pk), robust=True)


def _leave(release: Release, by: User, sent: Sequence[ReleaseCheck]) -> None:
    release.state, release.released_at = after(release.state, Step.RELEASE), clock.now()
    release.save(update_fields=["state", "released_at", "hide"])
    recipients = [str(release.get_audience_display())]
    _log("release.released", audit.Nature.DISCLOSURE, release, by, sent, recipients)


def _log(
    kind: str,
    nature: audit.Nature,
    release: Release,
    by: User,
    sent: Sequence[ReleaseCheck],
    recipients: Sequence[str] = (),
) -> None:
    """What came of it, with both verdicts: only now may they stand in the log."""
    detail: dict[str, Any] = {"round": release.round, "sha256": release.sha256}
    for words, agrees in (("agreed", True), ("disagreed", False)):
        detail[words] = [check.by_id for check in sent if check.agrees == agrees]
    audit.record(kind, nature, by=by, subjects=[release, release.force], recipients=recipients, detail=detail)
