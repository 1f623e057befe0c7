"""The words in which the access log is told: no name of a field, of a page or of anything else in the code."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: What is not plain by itself: `case.recorded` reads "Case: recorded".
KIND_WORDS = {
    "access.denied": gettext_lazy("A page that this user may not open"),
    "access.not_found": gettext_lazy("A record that is not there for this user"),
    "access.not_offered": gettext_lazy("A choice that the page does not offer was sent"),
    "access.too_fast": gettext_lazy("More pages in a minute than anybody reads"),
    "access_log.searched": gettext_lazy("Looked at the access log"),
    "access_log.people_shown": gettext_lazy("Looked for somebody in the access log"),
    "access_log.words_removed": gettext_lazy("Took words that somebody had typed out of older entries"),
    "account.confirmed": gettext_lazy("Gave their password again"),
    "account.session_ended": gettext_lazy("Signed out after a shift"),
    "account.factor_added": gettext_lazy("Set up a second factor"),
    "account.factor_removed": gettext_lazy("Removed a second factor of their own"),
    "account.recovery_code_used": gettext_lazy("Signed in with a recovery code"),
    "account.recovery_codes_made": gettext_lazy("Made new recovery codes"),
    "account.session_without_factor": gettext_lazy("Signed out: this session had no second factor"),
    "account.sessions_ended": gettext_lazy("Signed out elsewhere"),
    "account.sign_in_failed": gettext_lazy("A sign-in failed"),
    "account.sign_in_refused": gettext_lazy("A sign-in was refused: too many had failed"),
    "account.signed_in": gettext_lazy("Signed in"),
    "account.signed_out": gettext_lazy("Signed out"),
    "crime.looked_up": gettext_lazy("Looked up a crime of the record system"),
    "crime.looked_up_many": gettext_lazy("Looked up one crime more, after many in this shift"),
    "case.brought": gettext_lazy("Brought a case in that was decided elsewhere"),
    "crimes.brought": gettext_lazy("Brought crimes of the record system in"),
    "help.sent": gettext_lazy("Sent somebody to a service that helps; whom is not kept"),
    "panel.name_refused": gettext_lazy("Words of a panel member named somebody, and were refused"),
    "person.opened_from_search": gettext_lazy("Opened somebody found by a search"),
    "person.opened_many": gettext_lazy("Opened somebody more, after many in this shift"),
    "search.made": gettext_lazy("Searched a list"),
    "user.change_approved": gettext_lazy("Agreed to a change of an account"),
    "user.change_asked": gettext_lazy("Asked for a change of an account"),
    "user.change_refused": gettext_lazy("Refused a change of an account"),
    "user.factors_removed": gettext_lazy("Removed a second factor, as whoever runs the service"),
    "user.list_shown": gettext_lazy("Looked at the list of users"),
    "user.opened": gettext_lazy("Looked at a user’s account"),
    "user.password_link_made": gettext_lazy("Made a link to set a password"),
    "user.sessions_ended": gettext_lazy("Ended every sign-in of a user"),
}
DETAIL_WORDS = {
    "after": gettext_lazy("now"),
    "agreed": gettext_lazy("agrees"),
    "asked": gettext_lazy("asked by"),
    "before": gettext_lazy("before"),
    "count": gettext_lazy("how many"),
    "crime_number": gettext_lazy("crime number"),
    "disagreed": gettext_lazy("does not agree"),
    "factors": gettext_lazy("removes the second factor"),
    "fields": gettext_lazy("fields"),
    "holder": gettext_lazy("from"),
    "is_on": gettext_lazy("made"),
    "kind": gettext_lazy("kind"),
    "link": gettext_lazy("a link to set a password"),
    "opens": gettext_lazy("opens the account"),
    "route": gettext_lazy("page"),
    "shown": gettext_lazy("entries shown"),
    "sought": gettext_lazy("looked for"),
    "step": gettext_lazy("at"),
    "unusual": gettext_lazy("unusual access"),
    "with": gettext_lazy("with"),
}
#: The same where it says something else of one kind.
OF_KIND = {
    ("user.changed", "added"): gettext_lazy("roles given"),
    ("user.changed", "removed"): gettext_lazy("roles taken"),
}
#: What is named before the point of a kind, where that is not what people call it.
THINGS = {
    "alone_sample": gettext_lazy("Decisions drawn of those that were issued alone"),
    "checkin": gettext_lazy("Check-in"),
    "clocks": gettext_lazy("Clock board"),
    "closing": gettext_lazy("End of support"),
    "duty": gettext_lazy("Shift of whoever can authorise"),
    "ending": gettext_lazy("Letter or certificate at the end"),
    "followup": gettext_lazy("Follow-up extract"),
    "home": gettext_lazy("First page"),
    "needs": gettext_lazy("Needs of a person"),
    "reply": gettext_lazy("Reply by the link in a text"),
    "return": gettext_lazy("Monthly return"),
    "rules": gettext_lazy("Cases that a change of rules touches"),
    "sharing": gettext_lazy("Sharing agreement"),
    "slot": gettext_lazy("Appointment to offer"),
    "slots": gettext_lazy("Appointments to offer"),
    "step": gettext_lazy("Step that was missed"),
    "texts": gettext_lazy("Texts to a person"),
    "work": gettext_lazy("Work to hand over"),
}
#: By what a list or the log was asked, and on which page.
ASKED = {
    "actor_id": gettext_lazy("user"),
    "first": gettext_lazy("first day"),
    "last": gettext_lazy("last day"),
    "nature": gettext_lazy("what was done"),
    "person_id": gettext_lazy("person"),
    "q": gettext_lazy("name or date of birth"),
    "text": gettext_lazy("name or address"),
}
#: A word of the code: not_offered.
CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+")


def kind_words(kind: str) -> str:
    """What was done: `case.recorded` reads "Case: recorded"."""
    thing, _point, done = kind.partition(".")
    named = str(THINGS.get(thing) or capfirst(thing.replace("_", " ")))
    return str(KIND_WORDS.get(kind) or f"{named}: {done.replace('_', ' ')}")


def detail_words(kind: str, detail: Mapping[str, Any]) -> str:
    """What else is kept with an entry of that kind; what is empty is not said."""
    said = ((key, _value(kind, key, value)) for key, value in detail.items())
    return "; ".join(f"{_key(kind, key)}: {words}" for key, words in said if words)


def _key(kind: str, key: str) -> str:
    return str(OF_KIND.get((kind, key)) or DETAIL_WORDS.get(key) or key.replace("_", " "))


def _value(kind: str, key: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        told = ((one, _value(kind, one, held)) for one, held in value.items() if held not in ("", None))
        return ", ".join(f"{_key(kind, one)} {words}" for one, words in told)
    if isinstance(value, list):
        return ", ".join(_value(kind, key, one) for one in value)
    words = str(ASKED.get(value, value)) if key == "asked" else str(value)
    return words.replace("_", " ") if CODE.fullmatch(words) else words
