"""The page "Record a decision" as it narrows: what the answers so far open and ask, and nothing beyond."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from cases.codes import HISTORY, OFFERED, DecisionResult, EarlierOutcomes
from cases.models import KnownCrime
from cases.queries import Matches, Named, find_people, known_crime, named_of
from cases.rulebook import settings_of
from diversion import clock
from diversion.design_system.forms import hide_errors
from diversion.names.tokens import ways
from diversion.names.typed import Sought
from diversion.refusals import Refused
from referrals.forms.crimes import CrimeForm, known_in_words, left_to_fill
from referrals.forms.decision import offer_in_words
from referrals.forms.facts import PREFIX as FACTS
from referrals.forms.folding import Fold, Group, any_wrong, are_answered, arrange, boxes_of, in_words
from referrals.forms.holding import to_hold
from referrals.forms.offered import Offered
from referrals.forms.recording import RecordingForms
from referrals.judging.facts import ADULT_THERE, ALONE, CaseFacts
from referrals.judging.offers import offers, weigh
from referrals.judging.recorded import earlier_on_record
from referrals.judging.young import is_young_adult
from referrals.models import Slot
from referrals.queries.schemes import shared_with

SHOW = "show"  # the button that only shows the page again, with what the answers so far open and ask
PARTS = "parts"  # how the script presses it
LEAST_TYPED = 3  # letters of a name before people on record are looked for
WHO = ("given_names", "family_name", "date_of_birth", "sex", "ethnicity")
WHO_TOO = (*WHO, "officer_defined", "carried_answer", "carried_source", "carried_on")
CRIME_USUAL = ("number", "no_number", "offence", "flags")
CRIME = (*CRIME_USUAL, "committed_on", "area")
WHERE = ("origin",)
CRIME_TOO = (*CRIME, "first_statement_on")
VICTIM = ("victim_kind", "victim_name", "victim_stance")
#: What each result asks with it.
FOLLOWING: dict[str, tuple[str, ...]] = {
    DecisionResult.OFFERED_DECLINED: ("declined_reason",),
    DecisionResult.NOT_OFFERED: ("not_offered_reason",),
    DecisionResult.UNDECIDED: ("waits_for", "decide_by"),
}
DECIDED = ("result", "declined_reason", "not_offered_reason", "waits_for", "decide_by")


class RecordingPage(RecordingForms):
    """The forms of the page, and what it shows of them as it is now."""

    told_of_look_up = ""  # why nothing more is looked up

    @property
    def is_whole(self) -> bool:
        """Whether all of the page is shown; its script takes the parts that can change, and no more is sent to it."""
        return (self.data or {}).get(SHOW) != PARTS

    @property
    def frame(self) -> str:
        """The template round the page."""
        return "base.html" if self.is_whole else "parts.html"

    def show_again(self) -> None:
        """Show the page as it is, with what the answers so far open and ask. Nothing has been submitted, so nothing is
        called wrong."""
        self._clean_all()
        self._ask_of_chosen()
        self._mark_first_slot()
        hide_errors(*self.forms)

    def _ask_of_chosen(self) -> None:
        """The questions of the offer that is chosen, before anything is promised."""
        pair = self.decision.chosen_pair
        if pair is not None and self._result == DecisionResult.OFFERED_ACCEPTED:
            offer = weigh(self._facts_so_far, *pair, force=self.by.organisation, at=clock.today())
            self.facts.ask(offer.open_facts)

    def _mark_first_slot(self) -> None:
        """The soonest appointment is marked where those of a scheme are shown for the first time: it is taken while the
        person is present, or another is chosen."""
        if self.is_agreement and self.decision.slots and not self.conditions_were_shown:
            data = self.decision.data.copy()
            data["slot"] = str(self.decision.slots[0].pk)
            self.decision.data = data

    @property
    def _result(self) -> str:
        return str(self.decision["result"].value() or "")

    @property
    def is_offer(self) -> bool:
        """Whether something was offered, so far as is said: then the offers are shown."""
        return self._result in OFFERED

    @property
    def asks_without_scheme(self) -> bool:
        """Whether it may be said what would have happened had there been no such scheme: one was offered."""
        return self.is_offer and self.version is not None

    @property
    def is_agreement(self) -> bool:
        """Whether there is an agreement to make, so far as is said: what only an agreement needs is shown."""
        return self._result == DecisionResult.OFFERED_ACCEPTED and self.decision.chosen_pair is not None

    @property
    def asks_to_search(self) -> bool:
        """Whether somebody is looked for by a search of its own: nothing has been typed yet, and nobody chosen."""
        return not self.person.is_bound and not self.person["existing"].value()

    @property
    def asks_earlier(self) -> bool:
        """Whether the rows of earlier outcomes are asked: something came earlier, by what is said or on record."""
        return str(self.decision["earlier_outcomes"].value()) in HISTORY or any(
            form.initial for form in self.earlier.forms
        )

    @cached_property
    def folds(self) -> dict[str, Fold]:
        """How each group of questions is shown: open, or folded to a line."""
        groups = [*self._person, self._decided, *self._crimes, *self._account, self._earlier, self._offers]
        return arrange(groups, at=str((self.data or {}).get("at", "")))

    @property
    def crimes_folded(self) -> list[tuple[CrimeForm, Fold, Fold, bool, str]]:
        """Each crime with its fold and that of its victim, whether day, area and place are not the usual ones, and what
        of it the record system can fill in."""
        folds, told = self.folds, self.to_fill
        return [
            (
                form,
                folds[f"crime-{place}"],
                folds[f"victim-{place}"],
                self._is_unusual(place, form),
                told.get(place, ""),
            )
            for place, form in enumerate(self.crimes.forms)
        ]

    def _is_unusual(self, place: int, form: CrimeForm) -> bool:
        """Whether when and where it was stand open: the first crime also says where the person was dealt with."""
        elsewhere = self.decision.is_elsewhere or any_wrong(self.decision, WHERE)
        return form.is_not_only_today or (place == 0 and elsewhere)

    def _crime(self, place: int, form: CrimeForm) -> Group:
        """What it was, when and where."""
        words = _("Crime %(n)s") % {"n": place + 1} if len(self.crimes.forms) > 1 else _("Crime")
        unusual, first = self._is_unusual(place, form), place == 0
        boxes = boxes_of(form, CRIME if unusual else CRIME_USUAL) + (unusual and first)
        wrong = any_wrong(form, CRIME_TOO) or (first and any_wrong(self.decision, WHERE))
        line = form.in_one_line
        if line and first and self.decision.is_elsewhere:
            line = f"{line}; {in_words(self.decision['origin'])}"
        return Group(f"crime-{place}", words, line, boxes, wrong, is_first=first)

    @property
    def _person(self) -> Iterator[Group]:
        """Who it is, unless they are on record."""
        person, is_new = self.person, not self.person["existing"].value()
        boxes = boxes_of(person, WHO) + self.asks_to_search
        yield Group(
            "person", _("Who"), self.person.in_one_line, boxes, any_wrong(person, WHO_TOO), is_new, is_titled=True
        )
        said = ("ethnicity_said",) if person.asks_confirmation else ("ethnicity",) if person.asks_ethnicity else ()
        line, boxes = person.ethnicity_in_one_line, boxes_of(person, said)
        yield Group("ethnicity", _("Ethnicity"), line, boxes, any_wrong(person, said), bool(said))

    @property
    def _crimes(self) -> Iterator[Group]:
        """Each crime, with its victim."""
        for place, form in enumerate(self.crimes.forms):
            yield self._crime(place, form)
            asked = [*(() if form.known_victim else VICTIM[:-1]), *(VICTIM[-1:] if form.asks_stance else ())]
            boxes, wrong, later = boxes_of(form, asked), any_wrong(form, VICTIM), not form["offence"].value()
            line = form.victim_in_one_line
            yield Group(f"victim-{place}", _("Victim"), line, boxes, wrong, form.asks_victim, may_come=later)

    @property
    def _account(self) -> Iterator[Group]:
        """What they say, and what there is and how serious it is."""
        form, title = self.decision, _("What they say")
        said = (*(["follow"] if self.asks_follow else []), "admission")
        yield Group(
            "account", title, _in_one_line(form, said), boxes_of(form, said), any_wrong(form, said), is_titled=True
        )
        weighed, words = ("evidence", "gravity_score"), _("Evidence, gravity")
        step = in_words(form["gravity_score"]).partition(",")[0]  # "2: minor"
        line = f"{in_words(form['evidence'])}; {step}" if are_answered(form, weighed) else ""
        yield Group("gravity", words, line, boxes_of(form, weighed), any_wrong(form, weighed))

    @property
    def _earlier(self) -> Group:
        """What came earlier, by what is said and by the record; left open while it is not checked."""
        form, name = self.decision, ("earlier_outcomes",)
        rows = self.earlier.forms if self.asks_earlier else []
        checked = form["earlier_outcomes"].value() != EarlierOutcomes.NOT_CHECKED
        said = [_in_one_line(form, name), *(row.in_words for row in rows)]
        line = "; ".join(filter(None, said)) if checked and all(row.is_settled for row in rows) else ""
        boxes = boxes_of(form, name) + sum(boxes_of(row, row.shown) for row in rows)
        wrong = any_wrong(form, name) or any(any_wrong(row, row.shown) for row in rows)
        return Group("earlier", _("What came earlier"), line, boxes, wrong)

    @property
    def _decided(self) -> Group:
        """What came of it, and why where nothing did."""
        form, asked = self.decision, ("result", *FOLLOWING.get(self._result, ()))
        said = [in_words(form[name]) for name in asked if name != "decide_by"]
        line = "; ".join(said) if are_answered(form, asked) else ""
        # What a result asks with it opens at once under the hand: until one is said there is room for the longest.
        shown = [asked] if self._result else [("result", *names) for names in FOLLOWING.values()]
        boxes, wrong = max(boxes_of(form, names) for names in shown), any_wrong(form, DECIDED)
        return Group("decided", _("Decision"), line, boxes, wrong, is_titled=True, is_first=True)

    @property
    def _offers(self) -> Group:
        """What was offered, of all that is open; it folds once it is chosen and still open."""
        pair, open_now = self.decision.chosen_pair, self.offered if self.is_offer else None
        is_out = bool(open_now and open_now.chosen_is_ruled_out)
        line = offer_in_words(*pair) if pair is not None and not is_out else ""
        boxes, wrong = len(open_now.first) if open_now else 0, any_wrong(self.decision, ("option",))
        heading = _("What was offered") if line else _("What is open to them")  # no heading stands there twice
        return Group("offers", heading, line, boxes, wrong, self.is_offer, is_titled=True)

    @property
    def asks_follow(self) -> bool:
        """Whether it is asked if the person can follow: always of a child, and of whoever has an interpreter on record;
        of anybody else where something is offered, or where they were asked what they say."""
        return self.decision.asks_follow or self.is_child or bool(self.person["needs_interpreter"].value())

    @property
    def asks_signature(self) -> bool:
        """Whether the person signs on this page: the officer may issue alone what is chosen, as far as is known."""
        offered = self.offered if self.is_agreement else None
        may_issue = offered is not None and not offered.who_decides and not self.facts.is_unexplained
        return may_issue or (offered is not None and bool(self.signing.errors))

    @property
    def words_are_approved(self) -> bool:
        """Whether the force has approved what is read aloud."""
        return bool(settings_of(self.by.organisation, clock.today()).record_words_approved)

    @property
    def may_need_interpreter(self) -> bool:
        """Whether a language is asked: one is on record, or it is not said that the person follows without."""
        followed = self.decision["follow"].value() in (ALONE, ADULT_THERE)
        return bool(self.person["needs_interpreter"].value()) or not followed

    @property
    def any_template_is_wrong(self) -> bool:
        """Whether the page shows a mistake in the words or the day of one of the scheme's conditions."""
        return any(any_wrong(form, ("wording", "due_on")) for form in self.templates)

    @property
    def due_of_most(self) -> str:
        """The day by which several of the scheme's conditions are to be done: it is named once; "" where none is."""
        [(day, times)] = Counter(form.due_in_words for form in self.templates).most_common(1) or [("", 0)]
        return day if times > 1 else ""

    @property
    def shows_own_conditions(self) -> bool:
        """Whether the officer's own conditions stand open: there is one, or no scheme brings any."""
        return not self.templates or any(form["kind"].value() for form in self.conditions.forms)

    @property
    def is_narrowed(self) -> bool:
        """Whether the page shows what the answers open and ask; before that, nothing that is missing of it is wrong."""
        return self.data is not None

    def only_more_is_asked(self) -> bool:
        """Whether all that is missing is what this page had not shown yet when it was sent (without JavaScript)."""
        data = self.data or {}
        wrong = {name for form in self._answered for name in _wrong_fields(form)}
        if wrong == {"not_known_because"}:
            return f"{FACTS}-not_known_because" not in data
        if "narrowed" in data:
            return False
        asked = {"option", "admission"} if self.is_offer else {"admission"}
        return bool(wrong) and wrong <= asked | {"victim_kind", "victim_stance"}

    @cached_property
    def _facts_so_far(self) -> CaseFacts:
        person = self.person.cleaned_data.get("existing")
        ours = earlier_on_record(person) if person else []
        return CaseFacts.of(self._said, self.offences, clock.today(), ours)

    @cached_property
    def offered(self) -> Offered | None:
        """What is open to this person by the answers so far; None until the page says what came of it."""
        if self._result in ("", DecisionResult.UNDECIDED) or not hasattr(self.decision, "cleaned_data"):
            return None
        soonest = _first_of_each(self.free)
        places = {pk: slot.starts_at.timestamp() for pk, slot in soonest.items()}
        found = offers(
            self._facts_so_far, force=self.by.organisation, versions=self.versions, at=clock.today(), places=places
        )
        born = getattr(self.person, "cleaned_data", {}).get("date_of_birth")
        accepted = self._result == DecisionResult.OFFERED_ACCEPTED
        is_young = accepted and born is not None and is_young_adult(born, clock.today())
        chosen = str(self.decision["option"].value() or "")
        return Offered(found, closed=self._closed, slots=soonest, chosen=chosen, is_young=is_young)

    @property
    def rules_nothing_out(self) -> bool:
        """Whether nothing was offered though, by all that is known, something is open: the page says so."""
        return self._result == DecisionResult.NOT_OFFERED and bool(self.offered and self.offered.open)

    @cached_property
    def hits(self) -> Matches | None:
        """People on record who may be the one whose name or date of birth is being typed; None once that is settled."""
        if self.data is None or self.person["existing"].value() or self.person.matches:
            return None
        given = self.person.cleaned_data
        born = given.get("date_of_birth")
        names = " ".join(filter(None, (given.get("given_names"), given.get("family_name"))))
        # A name box holds a name: what looks like a date in it is none, and must not stop the page.
        sought = Sought(tuple(ways(names)) if len(names) >= LEAST_TYPED else (), born, names)
        return find_people(sought=sought, by=self.by) if sought else None

    @property
    def held(self) -> list[tuple[str, str]]:
        """What was typed of an agreement, while the page asks nothing of one."""
        if self.data is None:
            return []
        templates = [form.template.pk for form in self.templates]
        return list(to_hold(self.data, offer=self.is_offer, agreement=self.is_agreement, templates=templates))

    @property
    def asks_who(self) -> bool:
        """Whether nothing is said yet of who it is."""
        names = ("existing", "given_names", "family_name", "date_of_birth")
        return not any(self.person[name].value() for name in names)

    def left_to_fill(self, place: int) -> dict[str, Any]:
        """What the record system tells of the crime in a row, and nobody has typed."""
        forms = self.crimes.forms
        known = self._known.get(place) if place < len(forms) else None
        return left_to_fill(forms[place], known) if known else {}

    @property
    def to_fill(self) -> dict[int, str]:
        """The rows of which the record system tells more than the page, each in one line."""
        if all(form["offence"].value() for form in self.crimes.forms):
            return {}
        return {place: known_in_words(self.left_to_fill(place), self.offences) for place in self._known}

    def named_now(self) -> list[Named]:
        """Whom the record system names as suspected of the crimes on the page."""
        return named_of(*self._known.values(), by=self.by) if self._known else []

    @cached_property
    def suspects(self) -> list[Named]:
        """Those, while nothing is said of who it is."""
        return self.named_now() if self.asks_who else []

    @cached_property
    def _known(self) -> dict[int, KnownCrime]:
        """What the force's record system tells of the crimes on the page, by their row."""
        numbers = {place: str(form["number"].value() or "") for place, form in enumerate(self.crimes.forms)}
        found = {place: self._looked_up(number) for place, number in numbers.items() if number}
        return {place: one for place, one in found.items() if one is not None}

    def _looked_up(self, number: str) -> KnownCrime | None:
        try:
            return known_crime(number=number, by=self.by)
        except Refused as refusal:
            self.told_of_look_up = str(refusal)
            return None

    @cached_property
    def _closed(self) -> dict[int, str]:
        """Schemes to which nobody can be sent now, and why."""
        shared = shared_with(by=self.by)
        unshared = {
            one.pk: _("There is no live sharing agreement with %(provider)s.") % {"provider": one.provider}
            for one in self.versions
            if one.provider_id not in shared
        }
        taken = {pk: _("It is full: %(places)s.") % {"places": places} for pk, places in self.full.items()}
        return unshared | taken


def _in_one_line(form: forms.BaseForm, names: Sequence[str]) -> str:
    """What is chosen in these fields, once all of them are answered; "" before."""
    return "; ".join(in_words(form[name]) for name in names) if are_answered(form, names) else ""


def _wrong_fields(part: Any) -> Iterator[str]:
    forms_in = part.forms if isinstance(part, forms.BaseFormSet) else [part]
    for form in forms_in:
        yield from form.errors
    if isinstance(part, forms.BaseFormSet) and part.non_form_errors():
        yield ""


def _first_of_each(slots: list[Slot]) -> dict[int, Slot]:
    found: dict[int, Slot] = {}
    for slot in slots:
        found.setdefault(slot.version_id, slot)
    return found
