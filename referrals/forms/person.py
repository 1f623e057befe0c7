"""Whose case it is: a person already on record, or someone new."""

from datetime import date
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from cases.actions.recording import CONTACT, IDENTITY, is_another, overwritten
from cases.codes import EthnicityNotStated, EthnicitySaid, SelfDefinedEthnicity
from cases.details import PersonDetails
from cases.models import Person
from cases.queries import chosen_person, people_like
from diversion import clock
from diversion.accounts.models import User
from diversion.design_system.repeating import typed_number
from diversion.design_system.wording import long_date
from referrals.forms.folding import are_answered, in_words
from referrals.forms.person_fields import PersonFields
from referrals.forms.person_values import as_held
from referrals.queries.reminders import HOURS, as_dialled

DIFFERENT = "different"
OLDEST = 120


class PersonForm(PersonFields):
    """Names, date of birth and monitoring answers. ``existing`` (a hidden id) names a record already found.

    ``said_before`` is how the ethnicity on record was said to stand when the case, decided now, was left open.
    """

    def __init__(self, *args: Any, by: User, said_before: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by, self.said_before = by, said_before
        self.put_together: Person | None = None  # what the page was opened for, which is with another record by now
        if self.is_bound and self._is_merged:
            self.put_together = Person.objects.get(pk=str(self._number))
            self.data = self._of_the_one_that_stays(self.data, self.put_together)
        if self.is_bound and CONTACT[0] not in self.data:
            self.data = self._with_contact(self.data)
        self.matches: list[Person] = []
        self.version_now: int | None = None  # where the record has changed since the page showed it
        if self._on_record is not None:
            self.fields["existing"].queryset = Person.objects.visible_to(by).filter(pk=self._on_record.pk)
        if self.asks_confirmation and self._on_record is not None:
            said = self._on_record.get_ethnicity_self_defined_display()
            self.fields["ethnicity_said"].label = _("Ethnicity on record, as they said: %(answer)s") % {"answer": said}
        if self.is_bound and not self.data.get("existing") and self.data.get("same_person"):
            # The choices of the question that was asked: the same people again, if they still match.
            self._ask_if_same()

    def _with_contact(self, data: Any) -> Any:
        """What was sent, with how the person on record is reached: that is asked only once there is an agreement."""
        person = self._on_record
        known = {name: getattr(person, name) for name in CONTACT} if person else {}
        return {name: data.get(name) for name in data} | known

    @cached_property
    def _on_record(self) -> Person | None:
        """The person on record whose form this is; None for a number to which nothing led ``by``."""
        return chosen_person(pk=self._number, by=self.by) if self._number is not None else None

    @property
    def _number(self) -> int | None:
        return typed_number(str(self["existing"].value() or ""), digits=18)

    @property
    def _is_merged(self) -> bool:
        """Whether the record that the page names was put to another since it was opened."""
        return self._on_record is not None and self._on_record.pk != self._number

    def _of_the_one_that_stays(self, data: Any, merged: Person) -> Any:
        """What was sent, for the record that stays: under its name and birth, and reached as that is.

        What the officer typed themselves of how the person is reached stays as typed.
        """
        stays: Any = self._on_record
        same = [name for name in CONTACT if name in data and data[name] == getattr(merged, name)]
        known = {name: getattr(stays, name) for name in ("given_names", "family_name", *same)}
        known |= {"date_of_birth": stays.date_of_birth.isoformat(), "corrects": ""}
        named = {"existing": str(stays.pk), "person_version": str(stays.version)}
        return {name: data.get(name) for name in data} | known | named

    @property
    def reached_by(self) -> str:
        """How somebody on record can be reached, on one line; "" for somebody new, or where nothing is known."""
        if not self["existing"].value():
            return ""
        return "; ".join(self._way_in_words(name) for name in CONTACT if self[name].value())

    def _way_in_words(self, name: str) -> str:
        """Codes in the words of their choices, texts as they were typed."""
        if name != "safe_contact_texts":
            return str(self[name].value())
        return _("Texts: %(answer)s") % {"answer": in_words(self[name])}

    @property
    def in_one_line(self) -> str:
        """Somebody new, once what is asked of everybody is said: "Kim Young, born 4 May 2011; Male; B2: African"."""
        names = ("given_names", "family_name", "date_of_birth", "sex", "ethnicity")
        carried = ("carried_answer", "carried_source", "carried_on")
        born = self._typed_birth
        if born is None or not are_answered(self, names) or any(name in self.errors for name in carried):
            return ""
        given, family = (str(self[name].value()) for name in names[:2])
        words = _("%(given)s %(family)s, born %(born)s") % {"given": given, "family": family, "born": long_date(born)}
        return "; ".join([words, in_words(self["sex"]), in_words(self["ethnicity"])])

    @property
    def _typed_birth(self) -> date | None:
        if self.is_bound:
            field = self.fields["date_of_birth"]
            try:
                return field.clean(field.widget.value_from_datadict(self.data, self.files, "date_of_birth"))
            except forms.ValidationError:
                return None
        return self.initial.get("date_of_birth")

    @property
    def asks_ethnicity(self) -> bool:
        """Whether somebody on record is asked for their ethnicity: it is not known how they describe themselves."""
        return self._on_record is not None and bool(self._on_record.ethnicity_not_stated)

    @property
    def asks_confirmation(self) -> bool:
        """Whether the answer on record is put to the person again: a value that nobody confirms is nobody's answer."""
        person = self._on_record
        if person is None or not person.ethnicity_self_defined or person.ethnicity_not_stated:
            return False
        return self["ethnicity"].value() == person.ethnicity_self_defined

    @property
    def ethnicity_in_one_line(self) -> str:
        """The answer on record and how it was said to stand, once it was: "B2: African; They confirmed it now"."""
        said = in_words(self["ethnicity_said"]) if self.asks_confirmation else ""
        return f"{in_words(self['ethnicity'])}; {said}" if said else ""

    @property
    def is_carried(self) -> bool:
        """Whether the answer is, or was meant to be, carried from an earlier record: then its fields are shown open."""
        names = ("carried_answer", "carried_source", "carried_on")
        return self["ethnicity"].value() == EthnicityNotStated.CARRIED or any(self[name].errors for name in names)

    def clean_date_of_birth(self) -> date:
        day: date = self.cleaned_data["date_of_birth"]
        if clock.today().year - day.year > OLDEST:
            raise forms.ValidationError(_("Check the year of birth: it is more than 120 years ago"))
        return day

    def clean(self) -> dict[str, Any]:
        self._check_carried()
        self._check_confirmed()
        if self.put_together is not None:
            self.add_error(None, _("%(told)s, and send it again") % {"told": self.told_of_merge})
        names = all(self.cleaned_data.get(name) for name in ("given_names", "family_name", "date_of_birth"))
        existing = self.cleaned_data.get("existing")
        if names and not existing and "existing" not in self.errors:
            self._settle_who_it_is()
        elif existing and not self.errors:
            self._check_record(existing)
        return self.cleaned_data

    @property
    def told_of_merge(self) -> str:
        """That the page goes on with another record than it was begun for; "" where it does not."""
        stays: Any = self._on_record
        if self.put_together is None:
            return ""
        words = _(
            "The record of %(name)s was put together with that of %(stays)s, born %(born)s, since you opened this"
            " page. It goes on with that record: check who it is and how they are reached"
        )
        return words % {"name": self.put_together, "stays": stays, "born": long_date(stays.date_of_birth)}

    @property
    def shown_version(self) -> Any:
        """The version for the hidden input: as the page had it, until the officer has been told of a newer one."""
        return self["person_version"].value() if self.version_now is None else self.version_now

    def _check_record(self, person: Person) -> None:
        """The record chosen stays this person's, and nothing that a colleague changed meanwhile is undone."""
        if is_another(person, self.details()) and not self.cleaned_data["corrects"]:
            words = _(
                "The name or date of birth is not that of the record of %(name)s, born %(born)s: choose"
                " “Someone else”, or say that you correct this record"
            )
            self.add_error("corrects", words % {"name": person, "born": long_date(person.date_of_birth)})
        elif self.cleaned_data["person_version"] != person.version and (newer := overwritten(person, self.details())):
            self.version_now = person.version
            words = _("The record has changed since you opened this page. It holds now: %(now)s. Mend the details here")
            self.add_error(None, words % {"now": as_held(person, newer, self.base_fields)})
        elif self._is_of_another_number(person):
            words = _("The number has changed: ask again whether a text to it is safe, and check the answer")
            self.add_error("safe_contact_texts", words)

    def _is_of_another_number(self, person: Person) -> bool:
        """Whether a yes to texts stands as it was on record, and the page has not asked it of the number now typed."""
        texts, number = self.cleaned_data["safe_contact_texts"], as_dialled(self.cleaned_data["telephone"])
        asked_of = as_dialled(self.data.get("texts_of") or person.telephone)
        return texts in HOURS and texts == person.safe_contact_texts and number not in ("", asked_of)

    @property
    def shown_texts_of(self) -> Any:
        """For the hidden input: the number of which the page has asked whether a text to it is safe."""
        is_asked = not self.is_bound or "safe_contact_texts" in self.errors
        return self["telephone"].value() if is_asked else self.data.get("texts_of", "")

    def _check_carried(self) -> None:
        given = {name: self.cleaned_data.get(name) for name in ("carried_answer", "carried_source", "carried_on")}
        if self.cleaned_data.get("ethnicity") == EthnicityNotStated.CARRIED:
            words = {
                "carried_answer": _("Choose the answer that the earlier record holds"),
                "carried_source": _("Say which record the answer is carried from"),
                "carried_on": _("Enter when the person gave that answer"),
            }
            for name, message in words.items():
                if not given[name] and name not in self.errors:
                    self.add_error(name, message)
        elif self.cleaned_data.get("ethnicity") and any(given.values()):
            self.add_error(
                "ethnicity",
                _("Choose one: the person’s own answer, or “carried from an earlier record”. Clear the other."),
            )

    def _check_confirmed(self) -> None:
        """Of an answer on record it is said whether the person confirmed it; one that is given now is confirmed."""
        if not self.asks_confirmation:
            own = self.cleaned_data.get("ethnicity") in SelfDefinedEthnicity.values
            self.cleaned_data["ethnicity_said"] = EthnicitySaid.CONFIRMED.value if own else ""
        elif not self.cleaned_data.get("ethnicity_said") and "ethnicity_said" not in self.errors:
            words = _("Ask the person whether the ethnicity on record is right, or say that it is carried")
            self.add_error("ethnicity_said", words)

    @property
    def _stands_as_given(self) -> bool:
        """Whether the answer on record is carried, or was confirmed on another day, before the case was left open."""
        said = self.cleaned_data["ethnicity_said"]
        return self.asks_confirmation and said in (EthnicitySaid.CARRIED, self.said_before)

    def _ask_if_same(self) -> None:
        """Put the matching records to the officer; without a match there is nothing to ask."""
        words = ("given_names", "family_name")
        typed = [str(self.data.get(name, "")).strip() for name in words]
        birth = self._typed_birth
        if birth and all(typed) and not any("\x00" in name for name in typed):
            self.matches = people_like(given_names=typed[0], family_name=typed[1], born=birth, by=self.by)
        use = _("Use the record of %(name)s, born %(born)s, recorded %(recorded)s")
        choices = [
            (
                str(person.pk),
                use
                % {"name": person, "born": long_date(person.date_of_birth), "recorded": long_date(person.created_at)},
            )
            for person in self.matches
        ]
        different = _("A different person with the same name and date of birth")
        if not self._matches_birthday:
            different = _("A different person, born %(born)s") % {"born": long_date(birth)}
        self.fields["same_person"].choices = [*choices, (DIFFERENT, different)]

    @property
    def _matches_birthday(self) -> bool:
        return any(person.date_of_birth == self._typed_birth for person in self.matches)

    @property
    def _same_person(self) -> Person | None:
        """The record that the officer has said it is."""
        answer = self.data.get("same_person", "") if self.is_bound else ""
        return next((person for person in self.matches if str(person.pk) == answer), None)

    def _settle_who_it_is(self) -> None:
        self._ask_if_same()
        if chosen := self._same_person:
            # A name spelt otherwise, or a birthday one slip away: what stands on record is what the officer chose.
            self.cleaned_data |= {"existing": chosen} | {name: getattr(chosen, name) for name in IDENTITY}
        elif self.matches and self.data.get("same_person") != DIFFERENT:
            words = _("Someone with this name and date of birth is already recorded: say if it is them")
            if not self._matches_birthday:
                words = _("Someone with this name and almost this date of birth is already recorded: say if it is them")
            self.add_error("same_person", words)

    def details(self) -> PersonDetails:
        """For the action, which keeps what an earlier record holds where nothing is given today.

        Who was shown a record and emptied its telephone meant it; who typed a new person's page was never asked.
        """
        data = self.cleaned_data
        shown = bool(self.data.get("existing"))
        contact: dict[str, Any] = {name: data[name] if shown else data[name] or None for name in CONTACT}
        return PersonDetails(
            given_names=data["given_names"],
            family_name=data["family_name"],
            date_of_birth=data["date_of_birth"],
            sex=data["sex"],
            ethnicity_officer_defined=data["officer_defined"],
            existing=data.get("existing"),
            version=data["person_version"] if shown else None,
            corrects=shown and data["corrects"],
            **contact,
            **self._ethnicity(),
        )

    def _ethnicity(self) -> dict[str, Any]:
        answer = self.cleaned_data["ethnicity"]
        if answer == EthnicityNotStated.CARRIED:
            return {
                "ethnicity_self_defined": self.cleaned_data["carried_answer"],
                "ethnicity_not_stated": answer,
                "ethnicity_source": self.cleaned_data["carried_source"],
                "ethnicity_recorded_on": self.cleaned_data["carried_on"],
            }
        person = self._on_record
        if person is not None and self._stands_as_given:  # nobody gave it today: it stays of the day on which they did
            return {
                "ethnicity_self_defined": answer,
                "ethnicity_source": person.ethnicity_source,
                "ethnicity_recorded_on": person.ethnicity_recorded_on,
            }
        if answer in SelfDefinedEthnicity.values:
            return {"ethnicity_self_defined": answer, "ethnicity_recorded_on": clock.today()}
        return {"ethnicity_not_stated": answer}
