"""What the gallery shows: every field, its states, and the contents of every part. All people are made up."""

from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.http import QueryDict

from diversion.design_system.forms import (
    CatalogueSelect,
    Field,
    GovDateField,
    Section,
    form_helper,
    required,
)

OFFENCES = [
    ("Theft", [("049/00", "Theft from a shop"), ("044/00", "Theft of a pedal cycle")]),
    ("Damage", [("058/08", "Criminal damage to a vehicle"), ("058/09", "Criminal damage, other")]),
    ("Drugs", [("092/70", "Possession of cannabis"), ("092/60", "Possession of a controlled drug (class A)")]),
    ("Violence", [(f"105/{number:02d}", f"Common assault, example {number}") for number in range(1, 60)]),
]


class EveryField(forms.Form):
    """One of each kind of field."""

    design = {
        "contact": {
            "reveal": {"phone": "number", "letter": ["street", "town"]},
            "hints": {"phone": "We do not leave messages"},
        },
        "amount": {"prefix": "£", "width": 5},
        "share": {"suffix": "%", "width": 3},
        "agrees": {"inline": True},
        "reference": {"width": 20, "hint": "On the crime report, such as 42AB/12345/26"},
    }
    helper = form_helper(
        Section("Person", "name", "email", "born", size="l", css_id="person", hint="As on the record"),
        Section("Contact", "contact", "agrees", size="l"),
        "offence",
        "area",
        Field("needs", label_size="s"),
        "reference",
        "amount",
        "share",
        "sessions",
        "note",
        "remark",
        "evidence",
        "password",
        "understood",
        "kept",
        tag=False,
    )

    name = forms.CharField(label="Full name", max_length=50, error_messages=required("Enter the person's full name"))
    email = forms.EmailField(label="Email address", widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    born = GovDateField(
        label="Date of birth",
        help_text="For example, 27 3 1994",
        past=True,
        error_messages=required("Enter the date of birth"),
    )
    contact = forms.ChoiceField(
        label="How may we reach them?",
        choices=[("phone", "Phone"), ("letter", "Letter"), ("none", "Not at all")],
        widget=forms.RadioSelect,
        error_messages=required("Choose how we may reach them"),
    )
    number = forms.CharField(
        label="Phone number", required=False, widget=forms.TextInput(attrs={"autocomplete": "tel"})
    )
    street = forms.CharField(label="Street", required=False)
    town = forms.CharField(label="Town", required=False)
    agrees = forms.TypedChoiceField(
        label="Do they agree?",
        choices=[("yes", "Yes"), ("no", "No")],
        widget=forms.RadioSelect,
        error_messages=required("Say whether they agree"),
    )
    offence = forms.ChoiceField(
        label="Offence",
        help_text="Type a few letters of any word in it",
        choices=[("", "---------"), *OFFENCES],
        widget=CatalogueSelect,
        error_messages=required("Choose the offence"),
    )
    area = forms.ChoiceField(label="Area", choices=[("", "---------"), ("n", "North"), ("s", "South")])
    needs = forms.MultipleChoiceField(
        label="What do they need help with?",
        help_text="Select all that apply",
        choices=[("home", "A home"), ("drugs", "Drugs"), ("work", "Work or training")],
        widget=forms.CheckboxSelectMultiple,
        error_messages=required("Choose at least one need"),
    )
    reference = forms.CharField(label="Crime number", error_messages=required("Enter the crime number"))
    amount = forms.DecimalField(label="Compensation", error_messages=required("Enter the compensation in pounds"))
    share = forms.IntegerField(label="Share", error_messages=required("Enter the share"))
    sessions = forms.IntegerField(label="Sessions", disabled=True, required=False, initial=3)
    note = forms.CharField(label="Note", max_length=200, widget=forms.Textarea)
    remark = forms.CharField(label="Remark", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    evidence = forms.FileField(label="Evidence", required=False)
    password = forms.CharField(label="Password", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    understood = forms.BooleanField(label="They understand what they agree to")
    kept = forms.CharField(widget=forms.HiddenInput, initial="kept")


class Crime(forms.Form):
    crime_number = forms.CharField(label="Crime number", error_messages=required("Enter the crime number"))
    happened_on = GovDateField(label="Date of the offence", past=True)


class ListFilter(forms.Form):
    mark_optional = False
    state = forms.ChoiceField(label="State", required=False, choices=[("", "All"), ("open", "Open"), ("done", "Done")])
    words = forms.CharField(label="Name", required=False)
    since = GovDateField(label="Opened since", required=False)


Crimes = forms.formset_factory(Crime, extra=0, min_num=1, max_num=4, can_delete=False)

FILLED = {
    "name": "Ada Example",
    "email": "ada@example.org",
    "born": "1994-03-27",
    "contact": "letter",
    "street": "1 High Street",
    "town": "Anytown",
    "agrees": "yes",
    "offence": "049/00",
    "area": "n",
    "needs": ["home", "work"],
    "reference": "42AB/12345/26",
    "amount": "99.50",
    "share": "40",
    "note": "Came on time.\nWants to start.",
    "password": "x",
    "understood": "on",
}
WRONG = {"email": "ada", "born": "31 2 1994", "amount": "lots", "share": "x"}
WHEN = datetime(2026, 6, 5, 13, 30, tzinfo=UTC)


def posted(values: dict[str, Any]) -> QueryDict:
    """These values as a browser sends them."""
    data = QueryDict(mutable=True)
    for key, value in values.items():
        data.setlist(key, value if isinstance(value, list) else [value])
    return data


PARTS: dict[str, Any] = {
    "when": WHEN,
    "crumbs": [{"text": "Cases", "href": "#"}, {"text": "Ada Example", "href": "#"}],
    "tabs": [
        {"text": "Overview", "href": "#", "current": True},
        {"text": "Agreement", "href": "#"},
        {"text": "Sessions", "href": "#", "count": 2},
        {"text": "Timeline", "href": "#"},
    ],
    "who": [{"label": "Born", "value": "27 March 1994"}, {"label": "Case", "value": "DIV-2026-00012"}],
    "rows": [
        {"key": "Name", "value": "Ada Example", "actions": [{"text": "Change", "href": "#", "hidden": "name"}]},
        {"key": "Ethnicity", "value": None},
        {
            "key": "Victim",
            "value": "Consulted, agrees",
            "actions": [
                {"text": "Change", "href": "#", "hidden": "victim's view"},
                {"text": "Remove", "href": "#", "hidden": "victim's view"},
            ],
        },
    ],
    "card_actions": [{"text": "Withdraw", "href": "#", "hidden": "referral"}],
    "events": [
        {"title": "Session attended", "when": WHEN, "by": "N. Navigator", "text": "On time."},
        {"title": "Referral accepted", "when": date(2026, 6, 1), "by": "P. Manager"},
    ],
    "tasks": [
        {"title": "Person and crimes", "href": "#", "status": "Completed"},
        {
            "title": "Victim's view",
            "href": "#",
            "status": "In progress",
            "colour": "blue",
            "hint": "Consulted, no reply",
        },
        {"title": "Agreement", "status": "Cannot start yet"},
    ],
    "tiles": [
        {"value": "1,204", "label": "Decisions", "href": "#", "note": "Last 12 months"},
        {"value": "31.2%", "label": "Offered", "note": "of 1,204; interval 28.6% to 33.9%"},
        {"value": "6.4%", "label": "Ethnicity unknown"},
    ],
    "colours": ["grey", "green", "teal", "blue", "purple", "magenta", "red", "orange", "yellow"],
}
