"""The page of the link in a reminder: they come, they cannot, or they choose another time. Shown by `answering`."""

import re
from typing import Any

from django.http import HttpRequest

from diversion.attempts import INVALID
from diversion.refusals import Refused
from referrals import person_words
from referrals.actions import replying
from referrals.models import CheckIn
from referrals.queries import replies

COMES, CANNOT, MOVES = "comes", "cannot", "moves"
#: What is done about each button, and the name of the sentence that says so.
SAID = {COMES: (replying.say_coming, "reply_comes"), CANNOT: (replying.ask_to_be_rung, "reply_asked")}


def shown(found: CheckIn, *, wrong: str = "") -> tuple[str, dict[str, Any], int]:
    """Template, what it shows, and the status."""
    said = person_words.words(found.language)
    at = person_words.moment(found.language, found.expires_at)
    times = [(one.pk, person_words.moment(found.language, one.starts_at)) for one in replies.other_times(found)]
    context = {"when": said["reply_when"].format(when=at), "times": times, "wrong": said[wrong] if wrong else ""}
    context["said"] = said["reply_comes"] if found.comes else ""
    return "referrals/person/reply.html", context, INVALID if wrong else 200


def answered(request: HttpRequest, found: CheckIn, token: str) -> tuple[str, list[str]] | str | None:
    """What was said: its heading and lines; or the name of what is wrong with it; None where it cannot be answered."""
    said, chosen = person_words.words(found.language), request.POST.get("reply", "")
    if chosen in (COMES, CANNOT):
        does, line = SAID[chosen]
        return None if does(token=token) is None else (said["thanks"], [said[line]])
    slot = request.POST.get("slot", "")
    if chosen != MOVES or not re.fullmatch("[0-9]{1,18}", slot):
        return "reply_choose"
    try:
        kept = replying.move_appointment(token=token, slot=int(slot))
    except Refused:
        return "reply_taken"
    if kept is None or kept.moved_to is None:
        return None
    moved = person_words.moment(found.language, kept.moved_to)
    return said["thanks"], [said["reply_moved"].format(when=moved)]
