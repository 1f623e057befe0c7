"""What a link in a text opens, for a person who has not signed in. Only a POST changes anything: scanners open links.

The page names no person, service or scheme, sets no cookie, and its address holds a token and nothing else. A link
that is wrong, used or old is answered alike, so that nobody learns whether there ever was one.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt

from diversion import clock
from diversion.access import public
from diversion.accounts import pace
from diversion.attempts import INVALID
from diversion.design_system.wording import wall_time
from diversion.refusals import Refused
from diversion.requests import source_of
from diversion.unit_of_work import as_service, current
from referrals import person_words
from referrals.actions import answering
from referrals.forms.answering import AnswerForm
from referrals.models import CheckIn
from referrals.person_words import ENGLISH, WELSH
from referrals.queries import check_ins as queries
from referrals.queries import replies
from referrals.views import replying


# The token is what shows that it is them: a form of another site does not know it, and no cookie is asked for.
@csrf_exempt
@public
def check_in(request: HttpRequest, token: str) -> HttpResponse:
    """The questions, and after them a thank-you that says whom to ring."""
    current().source = ""  # from where somebody answers is nobody's business: the log does without
    with as_service():
        found = queries.by_token(token)
        if _is_too_fast(request, found):
            return _notice(request, "slow", status=429)
        if found is None:
            return _gone(request)
        if found.appointment_id:
            return _reply(request, found, token)
        if request.method == "POST":
            return _answer(request, found, token)
        return _page(request, found, AnswerForm(check_in=found, auto_id="a-%s")) if found.is_open else _gone(request)


def _is_too_fast(request: HttpRequest, found: CheckIn | None) -> bool:
    """Whether a link is opened too often: one that is not too old by itself, any other from one network address.

    Thousands share the address of a mobile network: one of them who guesses would keep out all who were asked.
    """
    lives = found is not None and clock.now() < found.expires_at
    return pace.is_too_fast_at(found.token_digest if found and lives else source_of(request))


def _reply(request: HttpRequest, found: CheckIn, token: str) -> HttpResponse:
    """The page of the link in a reminder, or what came of what was said there."""
    came = replying.answered(request, found, token) if request.method == "POST" else ""
    if came is None or (isinstance(came, str) and not replies.stands(found)):
        return _gone(request)
    if isinstance(came, str):
        template, context, status = replying.shown(found, wrong=came)
        return _shown(request, template, found, status=status, **context)
    heading, lines = came
    return _shown(request, "referrals/person/said.html", found, heading=heading, lines=lines)


def _answer(request: HttpRequest, found: CheckIn, token: str) -> HttpResponse:
    form = AnswerForm(request.POST, check_in=found, auto_id="a-%s")
    if not form.is_valid():
        return _page(request, found, form, status=INVALID) if found.is_open else _gone(request)
    try:
        kept = answering.answer_check_in(token=token, **form.said)
    except Refused:  # what the form let through and the page never offered
        kept = None
    if kept is None:
        return _gone(request)
    asked = kept.wants_help or kept.wants_call
    # A used link opens no page any more: whoever wants no more of these finds here what the text promised.
    return _said(request, found, "thanks", "thanks_asked" if asked else "", may_stop=True)


@csrf_exempt
@public
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Get no more of these. A GET has stopped nothing."""
    current().source = ""
    if request.method != "POST":
        return _private(redirect("person_check_in", token))
    with as_service():
        found = queries.by_token(token)
        if _is_too_fast(request, found):
            return _notice(request, "slow", status=429)
        if found is None or not answering.stop_from_link(token=token):
            return _gone(request)
        return _said(request, found, "stopped", "stopped_why")


def _page(request: HttpRequest, found: CheckIn, form: AnswerForm, *, status: int = 200) -> HttpResponse:
    return _shown(request, "referrals/person/check_in.html", found, status=status, form=form)


def _said(request: HttpRequest, found: CheckIn, what: str, also: str, *, may_stop: bool = False) -> HttpResponse:
    """What has come of it, in the person's language, and whom to ring."""
    said = person_words.words(found.language)
    lines = [said[name] for name in (f"{what}_sent", also) if name in said]
    return _shown(request, "referrals/person/said.html", found, heading=said[what], lines=lines, may_stop=may_stop)


def _shown(request: HttpRequest, template: str, found: CheckIn, *, status: int = 200, **more: Any) -> HttpResponse:
    said = person_words.words(found.language)
    context = {"words": said, "language": found.language, "check_in": found, **_whom_to_ring(found), **more}
    with translation.override(found.language):
        return _private(render(request, template, context, status=status), found.language)


def _whom_to_ring(found: CheckIn) -> dict[str, str]:
    """When it is read, whose number is rung then, and, where they agreed that texts may name it, who asks."""
    said, desk = person_words.words(found.language), queries.desk_of(found.provider_id)
    named = {"who": said["from"].format(provider=found.provider.name)} if queries.may_be_named(found) else {}
    if desk is None:
        return named
    told = wall_time if found.language == ENGLISH else "{:%H:%M}".format
    times = {"opens": told(desk.opens), "closes": told(desk.closes)}
    reads = said["reads"].format(days=said["days"][desk.days], **times)
    whose = "ring_named" if named else "ring"
    ring = said[whose].format(telephone=desk.telephone, provider=found.provider.name)
    return named | {"reads": reads, "ring": ring}


def _gone(request: HttpRequest) -> HttpResponse:
    """With words of its own, so not as the one page by which the service says that there is nothing (404)."""
    return _notice(request, "gone", status=INVALID)


def _notice(request: HttpRequest, what: str, *, status: int) -> HttpResponse:
    """The same for every link, so in each language in which a page may have been shown."""
    with as_service():
        languages = [ENGLISH, WELSH] if queries.has_welsh_anywhere() else [ENGLISH]
    context = {"parts": [_part(one, what, request) for one in languages], "language": ENGLISH}
    return _private(render(request, "referrals/person/notice.html", context, status=status))


def _part(language: str, what: str, request: HttpRequest) -> dict[str, Any]:
    said = person_words.words(language)
    # Who asks for help by a link that has just run out is not to wait for somebody who never hears of it.
    sent = f"{what}_sent" if request.method == "POST" else ""
    names = (f"{what}_why", sent, f"{what}_ring", "danger", "listens")
    return {"language": language, "heading": said[what], "lines": [said[name] for name in names if name in said]}


def _private(response: HttpResponse, language: str = ENGLISH) -> HttpResponse:
    """Kept by nobody, and told to no other site."""
    response.headers["Content-Language"] = language  # else Django says that of whoever opens it
    patch_cache_control(response, private=True, no_store=True)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
