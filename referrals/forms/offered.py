"""The offers as the page shows them: those that are open, in order, and those that are ruled out, with the reasons."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.legal import NO_DISPOSAL
from diversion import clock
from diversion.design_system.wording import clock_time, long_date, short_weekday
from referrals.forms.decision import length_in_words, offer_in_words
from referrals.judging.offers import Offer
from referrals.judging.young import FORMAL, LESS_FORMAL
from referrals.models import SchemeVersion, Slot
from referrals.schemes.length import end_of

SHOWN_FIRST = 5
WHO = {
    "sergeant": gettext_lazy("a sergeant decides"),
    "inspector": gettext_lazy("an inspector decides"),
    "superintendent": gettext_lazy("a superintendent decides"),
    "prosecutor": gettext_lazy("a prosecutor decides"),
}


@dataclass(frozen=True)
class Item:
    """One offer in words. ``because`` is why it is ruled out, ``can_be_chosen`` whether the page lets it be asked."""

    key: str
    label: str
    hint: str
    because: str
    can_be_chosen: bool
    is_chosen: bool

    @property
    def html_id(self) -> str:
        return f"id_option_{self.key.replace(':', '-')}"


class Offered:
    """The list for one page. ``closed`` says why nobody can be sent to a scheme now, ``slots`` are next appointments,
    both by id of the scheme's version; ``chosen`` is the key of what is chosen."""

    def __init__(
        self,
        found: Sequence[Offer],
        *,
        closed: Mapping[int, str],
        slots: Mapping[int, Slot],
        chosen: str,
        is_young: bool = False,
    ) -> None:
        self.found, self.closed, self.slots, self.chosen, self.is_young = found, closed, slots, chosen, is_young

    @cached_property
    def open(self) -> list[Item]:
        """Resolutions that are open, in order."""
        return [self._item(one) for one in self.found if self._is_open(one) and not _is_voluntary(one)]

    @cached_property
    def voluntary(self) -> list[Item]:
        """Help that is no resolution and can be taken up whatever is decided."""
        return [self._item(one) for one in self.found if self._is_open(one) and _is_voluntary(one)]

    @property
    def first(self) -> list[Item]:
        """The offers shown at once: the first few, and the one that is chosen wherever it stands."""
        return [one for place, one in enumerate(self.open) if place < SHOWN_FIRST or one.is_chosen]

    @property
    def more(self) -> list[Item]:
        return [one for one in self.open if one not in self.first]

    @property
    def reason_asked(self) -> str:
        """Why the page asks for reasons: a scheme is open to which officers must refer, and something else was chosen;
        or a young adult is offered a caution where less would fit. "" where the officer may leave them out."""
        chosen = next((one for one in self.found if one.key == self.chosen), None)
        if chosen is None:
            return ""
        if self.is_young and chosen.disposal == FORMAL and any(self._is_less_formal(one) for one in self.found):
            return _("A community resolution would fit, and the person is 18 to 25: say why it is a caution.")
        must = (one.version.scheme.name for one in self.found if one.version and one.must_refer and self._is_open(one))
        scheme = "" if chosen.must_refer else next(must, "")
        words = _("Officers refer whoever is eligible to %(scheme)s: say why not.")
        return words % {"scheme": scheme} if scheme else ""

    def _is_less_formal(self, offer: Offer) -> bool:
        return offer.disposal == LESS_FORMAL and self._is_open(offer)

    @property
    def who_decides(self) -> str:
        """ "a sergeant decides", where the chosen offer waits for a rank; "" where the officer may issue it alone."""
        chosen = next((one for one in self.found if one.key == self.chosen), None)
        return str(WHO.get(chosen.rank, "")) if chosen is not None else ""

    @property
    def rank_needed(self) -> str:
        """The rank for which the chosen offer waits; "" where the officer may issue it alone."""
        chosen = next((one for one in self.found if one.key == self.chosen), None)
        return chosen.rank if chosen is not None and WHO.get(chosen.rank) else ""

    @property
    def others_in_words(self) -> str:
        """What stands below the first: "13 more, voluntary help, 12 ruled out, and why"; "" where nothing does."""
        said = [_("%(n)d more") % {"n": len(self.more)} if self.more else ""]
        said += [_("voluntary help") if self.voluntary else ""]
        said += [_("%(n)d ruled out, and why") % {"n": len(self.ruled_out)} if self.ruled_out else ""]
        words = ", ".join(filter(None, said))
        return words[:1].upper() + words[1:]

    @property
    def other_is_chosen(self) -> bool:
        """Whether what is chosen stands below the first."""
        return any(one.is_chosen for one in [*self.voluntary, *self.ruled_out])

    @cached_property
    def ruled_out(self) -> list[Item]:
        return [self._item(one) for one in self.found if not self._is_open(one)]

    @property
    def chosen_is_ruled_out(self) -> Item | None:
        """What is chosen, where an answer has ruled it out meanwhile."""
        return next((one for one in self.ruled_out if one.is_chosen), None)

    def _is_open(self, offer: Offer) -> bool:
        return not offer.stopping and not self._closed(offer.version)

    def _closed(self, version: SchemeVersion | None) -> str:
        return self.closed.get(version.pk, "") if version else ""

    def _item(self, offer: Offer) -> Item:
        closed = self._closed(offer.version)
        reasons = [one.reason for one in offer.stopping]
        return Item(
            key=offer.key,
            label=offer_in_words(offer.disposal, offer.version),
            hint="" if closed or offer.stopping else self._hint(offer),
            because=" ".join([*([closed] if closed else []), *dict.fromkeys(reasons)]),
            can_be_chosen=not closed and offer.may_be_asked,
            is_chosen=offer.key == self.chosen,
        )

    def _hint(self, offer: Offer) -> str:
        """Who decides and what is left to ask before anything else: it is read while the person waits."""
        must = [_("officers refer whoever is eligible: another choice needs your reason")] if offer.must_refer else []
        return "; ".join([*_standing(offer), *self._place(offer.version), *must])

    def _place(self, version: SchemeVersion | None) -> Iterable[str]:
        if version is None:
            return
        slot, provider = self.slots.get(version.pk), str(version.provider)
        is_named = slot is not None and slot.place.startswith(provider)  # by the place of the appointment
        yield length_in_words(version) if is_named else f"{provider}, {length_in_words(version)}"
        if version.scheme.outlasts_money(end_of(version, clock.today())):
            yield _("its money ends on %(day)s, before this would") % {"day": long_date(version.scheme.money_until)}
        if slot is not None:
            yield _("next appointment %(when)s") % {"when": _when_and_where(slot)}


def _when_and_where(slot: Slot) -> str:
    """ "Mon 7 Dec, 10am, Harbour House": in a list of offers, each with its own, every line counts on a telephone."""
    return f"{short_weekday(clock.local_date(slot.starts_at))}, {clock_time(slot.starts_at)}, {slot.place}"


def _is_voluntary(offer: Offer) -> bool:
    return offer.disposal == NO_DISPOSAL


def _standing(offer: Offer) -> Iterable[str]:
    """Who would decide, and how much is still to be asked: known before anything is promised."""
    yield str(WHO.get(offer.rank) or _("you may go on"))
    if left := len(offer.open_facts):
        yield ngettext("%(n)d question left", "%(n)d questions left", left) % {"n": left}
