"""Every part and every field in every state on two pages, for developers and for the accessibility checks.

Only wired outside production (diversion/urls.py). The people on it are made up.
"""

from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render

from diversion.access import public
from diversion.design_system import charts
from diversion.design_system.forms import (
    CatalogueSelect,
    Field,
    GovDateField,
    GovDateWidget,
    Section,
    form_helper,
    hide_errors,
    required,
    resized,
)
from diversion.design_system.svg import render_svg
from diversion.design_system.tables import Column, Table, link, order_by

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
        widget=GovDateWidget(),
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
WRONG = {"email": "ada", "born_day": "31", "born_month": "2", "born_year": "1994", "amount": "lots", "share": "x"}
WHEN = datetime(2026, 6, 5, 13, 30, tzinfo=UTC)


@public
def fields(request: HttpRequest, state: str = "empty") -> HttpResponse:
    """All fields, ``state`` being empty, filled or wrong; and a group of fields that repeats."""
    form = {"filled": EveryField(initial=FILLED), "wrong": EveryField(_posted(WRONG))}.get(state, EveryField())
    data, changed = resized(request.POST or _posted({"crimes-TOTAL_FORMS": "2", "crimes-INITIAL_FORMS": "0"}), "crimes")
    crimes = Crimes(data, prefix="crimes")
    if changed or state != "wrong":
        hide_errors(crimes)
    return render(request, "design_system/fields.html", {"form": form, "crimes": crimes, "state": state})


@public
def parts(request: HttpRequest) -> HttpResponse:
    """All parts of a page but fields."""
    shown = ListFilter(request.GET or _posted({"state": "open", "since": "2026-06-01"}))
    page = Paginator(range(200), 10).get_page(request.GET.get("page", "6"))
    return render(
        request,
        "design_system/parts.html",
        {"filter": shown, "page": page, "table": _table(request), "cards": _cards(), **PARTS},
    )


@public
def figures(request: HttpRequest) -> HttpResponse:
    """The charts."""
    return render(request, "design_system/figures.html", {"charts": _charts()})


@public
def progress(request: HttpRequest) -> JsonResponse:
    """What a job under way answers."""
    return JsonResponse({"done": 40, "total": 100, "message": "40% done", "finished": False})


def _posted(values: dict[str, Any]) -> QueryDict:
    data = QueryDict(mutable=True)
    for key, value in values.items():
        data.setlist(key, value if isinstance(value, list) else [value])
    return data


def _table(request: HttpRequest) -> Table:
    return Table(
        caption="Cases",
        columns=[
            Column("Person", sort="name"),
            Column("Opened", sort="opened"),
            Column("Conditions", numeric=True),
            Column("Compensation", numeric=True, sort="amount"),
        ],
        rows=[
            [link("Ada Example", "#ada"), "5 Jun 2026", 3, "£99.50"],
            [link("Grace Sample", "#grace"), "12 May 2026", 1, None],
        ],
        order=order_by(request, ["name", "opened", "amount"], default="-opened"),
        foot=["Both", "", 4, "£99.50"],
    )


def _cards() -> Table:
    return Table(
        caption="Due this week",
        columns=[Column("Person"), Column("What"), Column("By"), Column("Action", hidden_heading=True)],
        rows=[
            [
                link("Ada Example", "#ada"),
                "Second session",
                "Friday 12 June 2026",
                link("Record", "#r", "for Ada Example"),
            ],
            [
                link("Grace Sample", "#grace"),
                "Apology",
                "Monday 15 June 2026",
                link("Record", "#s", "for Grace Sample"),
            ],
        ],
        stacked=True,
    )


def _charts() -> list[Any]:
    rows = [
        charts.Interval("White", 0.31, 0.29, 0.33, 2100),
        charts.Interval("Black", 0.22, 0.17, 0.28, 240),
        charts.Interval("Asian", 0.27, 0.22, 0.33, 260),
        charts.Interval("Unknown", None, None, None, 4),
    ]
    months = [charts.Point("Diverted", date(2026, month, 1), 40 + 7 * month) for month in range(1, 7)]
    months += [charts.Point("Charged", date(2026, month, 1), 80 - 5 * month) for month in range(1, 7)]
    bars = [
        charts.Bar("Community resolution", 410),
        charts.Bar("Conditional caution", 130),
        charts.Bar("Outcome 22", 64),
    ]
    drawn = [
        (charts.interval_chart(rows), "Offered, by ethnicity", "Share offered with 95% intervals, lowest for Black."),
        (charts.bar_chart(bars), "Decisions by disposal", "Community resolutions are two in three."),
        (charts.month_chart(months), "Decisions by month", "Diverted rises, charged falls."),
    ]
    table = Table("Figures", [Column("Group"), Column("n", numeric=True)], [["White", 2100], ["Black", 240]])
    return [
        {"title": title, "svg": render_svg(chart, title=title, description=words), "table": table}
        for chart, title, words in drawn
    ]


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
