"""A decision that is rescinded, in words: what will happen, said before it does, and what has happened."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import rulebook
from cases.models import Case, Rescission
from diversion import clock
from diversion.accounts.models import User
from diversion.design_system.wording import date_and_time, long_date
from diversion.home import Line
from referrals.models import Agreement, Breach, Referral

Row = dict[str, Any]
VOLUNTARY = gettext_lazy(
    "The support of %(who)s is voluntary: it is the person’s, and is not ended. Ring them where it is somebody else’s."
)
ENDED = gettext_lazy(
    "The referral to %(scheme)s ends. %(who)s reads that police took back their decision, and that it is for nothing"
    " that the person did or left undone."
)


def what_happens(case: Case) -> list[str]:
    """What rescinding the decision on ``case`` does, for whoever asks for it or decides it."""
    return [*_to_support(case), *_to_agreement(case), *_to_crimes(case), *_to_victims(case), *_to_figures()]


def _to_support(case: Case) -> Iterator[str]:
    over = [*Referral.ENDED, Referral.State.CLOSED]
    rows = Referral.objects.filter(case=case).select_related("provider", "scheme_version__scheme")
    live = [one for one in rows if one.is_voluntary or one.state not in over]
    for one in live:
        words = {"who": one.provider, "scheme": one.scheme_version.scheme.name}
        said = VOLUNTARY if one.is_voluntary else ENDED
        yield said % words


def _to_agreement(case: Case) -> Iterator[str]:
    if Agreement.objects.filter(case=case).exists():
        yield _("Nothing of the agreement is to be done any more; what was done stays on record. Tell the person.")
    if Breach.objects.live().filter(case=case).exists():
        yield _("Whether the agreement was broken is not decided any more.")


def _to_crimes(case: Case) -> Iterator[str]:
    yield _(
        "The crimes have no outcome from it, and the case is closed for good. What is decided instead is recorded as a"
        " new decision."
    )
    limits = case.allegations.filter(limit_on__isnull=False).order_by("limit_on").values_list("limit_on", flat=True)
    if first := limits.first():
        yield _("The last day to charge stays as it was: %(day)s.") % {"day": long_date(first)}


def _to_victims(case: Case) -> Iterator[str]:
    if not case.allegations.filter(victim__isnull=False).exists():
        return
    if rulebook.settings_of(case.force, clock.today()).victim_told_rescinded:
        yield _("A victim is to be told, in the days in which they are told of a decision.")
    else:
        yield _("Your force has chosen that victims are not told of this.")


def _to_figures() -> Iterator[str]:
    yield _("It still counts as what was decided, as ended by police, and never as something that the person broke.")


def rescission_rows(one: Rescission) -> list[Row]:
    """What was asked, and what came of it, for the page of the case and of whoever decides."""
    rows = [
        (_("Asked because"), one.get_reason_display()),
        (_("In words"), one.words),
        (_("Asked by"), f"{one.asked_by}, {date_and_time(one.asked_at)}"),
        (_("State"), one.get_state_display()),
        (_("Reason"), one.rationale),
        (_("Decided by"), f"{one.decider_in_words}, {date_and_time(one.decided_at)}" if one.decided_at else ""),
        (_("Prosecutor"), _prosecutor(one)),
    ]
    return [{"key": key, "value": str(value)} for key, value in rows if value]


def _prosecutor(one: Rescission) -> str:
    if one.prosecutor_on is None:
        return ""
    return f"{one.prosecutor}, {long_date(one.prosecutor_on)} ({one.prosecutor_reference})"


def rescission_events(rescissions: Iterable[Rescission]) -> Iterator[Row]:
    """For the history of a case."""
    for one in rescissions:
        why = ". ".join((str(one.get_reason_display()), one.words))
        yield _event(_("Asked to be rescinded"), one.asked_at, one.asked_by, why)
        if one.decided_at:
            yield _event(one.get_state_display(), one.decided_at, one.decider_in_words, one.rationale)


def waits_in_words(one: Rescission) -> str:
    """ "Waits for the rank of sergeant or above"."""
    return _("Waits for the rank of %(rank)s or above") % {"rank": rank_in_words(one)}


def rank_in_words(one: Rescission) -> str:
    """Prosecutors do not sign in here: an inspector records what one decided."""
    return str(User.Rank(one.rank).label).lower() if one.rank in User.Rank.values else one.rank


def for_provider(referral: Referral, day: date | None) -> str:
    """What the provider reads of a decision that was rescinded on ``day``: neither why nor by whom; "" of any other."""
    if day is None:
        return ""
    words = _("Police took back their decision on %(day)s. It is for nothing that the person did or left undone.")
    if referral.is_voluntary:
        words += " " + _("Your support is the person’s own, and goes on as they wish.")
    return words % {"day": long_date(day)}


def home_line(one: Rescission) -> Line:
    """Whose case it is, why, and since when."""
    address = reverse("rescission", args=[one.case.reference])
    words = f"{one.get_reason_display()} ({long_date(one.asked_at)})"
    return Line(f"{one.case.person}, {one.case.reference}", address, words=words)


def _event(title: Any, when: Any, who: Any, text: str) -> Row:
    return {"title": str(title), "when": when, "by": str(who), "text": text}
