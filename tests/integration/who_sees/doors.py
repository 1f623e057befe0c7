"""What one user gets of each kind of information: through the read door, behind the wall, on a page of theirs."""

from collections.abc import Callable, Iterator
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db.models import Exists, Model, Q, QuerySet
from django.urls import get_resolver

from cases.models import Allegation, Authorisation, Case, Person, VictimContact, VictimDuty, VictimRecord, YouthDuty
from cases.models.case import seen_by
from cases.models.crime import Victim
from cases.models.person import PersonName
from cases.models.victim import with_victim_for
from diversion.access import rule_for
from diversion.accounts.models import Organisation, Search, User
from diversion.audit.models import Event
from diversion.notifications.models import Message
from diversion.unit_of_work import unit_of_work
from referrals.models import Agreement, Condition, Facilitation, FacilitatorContact, HelpRequest, Referral
from referrals.models.needs import NeedReview
from reporting.models import (
    AloneItem,
    AloneSample,
    DipSample,
    DipSampleItem,
    FollowUp,
    Panel,
    PanelCase,
    PanelPack,
    PanelVote,
    Suspect,
)
from reporting.queries import may_open_cases
from tests.integration.who_sees.kinds import Kind

Rows = QuerySet[Any]


class Reader:
    """What one user gets of each model: as a page of theirs would, so that it is asked within their transaction."""

    def __init__(self, user: User) -> None:
        self.user = user
        self._known: dict[type[Model], list[Any]] = {}

    def rows(self, model: type[Model]) -> Rows:
        """Through the model's own door; of one that has none, through what it hangs on."""
        if model in DOORS:
            return DOORS[model](self)
        found: Any = model._default_manager
        if hasattr(found, "visible_to"):
            return found.visible_to(self.user)  # type: ignore[no-any-return]
        return found.filter(self._through(model))  # type: ignore[no-any-return]

    def known(self, model: type[Model]) -> list[Any]:
        """Which of them there are, found once."""
        if model not in self._known:
            self._known[model] = list(self.rows(model).values_list("pk", flat=True))
        return self._known[model]

    def _through(self, model: type[Model]) -> Q:
        hangs = [one for one in model._meta.fields if one.is_relation and one.related_model in HANGS_ON]
        if any(
            one.related_model is Case for one in hangs
        ):  # whoever may know of a crime alone knows not this of its case
            hangs = [one for one in hangs if one.related_model is not Allegation]
        return reduce(or_, (Q(**{f"{one.name}__in": self.known(one.related_model)}) for one in hangs), Q(pk__in=[]))


def _cases(by: Reader) -> Rows:
    """By the door of cases, or behind a referral or a child of which somebody is told."""
    told = Q(referrals__in=by.known(Referral)) | Q(youth_duties__in=by.known(YouthDuty))
    return Case.objects.filter(seen_by(by.user) | told)


def _drawn(by: Reader) -> Rows:
    """What was drawn is shown to whoever may open every case (``reporting.queries.samples``)."""
    seen = DipSample.objects.visible_to(by.user) if may_open_cases(by.user) else DipSample.objects.none()
    return DipSampleItem.objects.filter(sample__in=seen)


def _panel_cases(by: Reader) -> Rows:
    """As ``reporting.queries.panels``: police who may open every case, and members who have declared."""
    seen = Panel.objects.visible_to(by.user)
    if by.user.is_police:
        return PanelCase.objects.filter(panel__in=seen if may_open_cases(by.user) else Panel.objects.none())
    mine = {"panel__members__user": by.user, "panel__members__declared_at__isnull": False}
    return PanelCase.objects.filter(panel__in=seen, **mine)


def _people(by: Reader) -> Rows:
    return Person.objects.filter(Q(pk__in=Person.objects.visible_to(by.user)) | Q(cases__in=by.known(Case)))


DOORS: dict[type[Model], Callable[[Reader], Rows]] = {
    Case: _cases,
    Person: _people,
    PersonName: lambda by: PersonName.objects.filter(owner__in=by.known(Person)),
    Allegation: lambda by: Allegation.objects.filter(Q(case__in=by.known(Case)) | Q(pk__in=with_victim_for(by.user))),
    Victim: lambda by: Victim.objects.filter(crime__allegations__in=with_victim_for(by.user)),
    VictimRecord: lambda by: VictimRecord.objects.filter(allegation__in=with_victim_for(by.user)),
    VictimContact: lambda by: VictimContact.objects.filter(allegation__in=with_victim_for(by.user)),
    VictimDuty: lambda by: VictimDuty.objects.filter(allegation__in=with_victim_for(by.user)),
    Facilitation: lambda by: Facilitation.objects.filter(
        Q(pk__in=Facilitation.objects.of(by.user)) | Q(allegation__in=with_victim_for(by.user))
    ),
    FacilitatorContact: lambda by: FacilitatorContact.objects.filter(facilitation__in=Facilitation.objects.of(by.user)),
    DipSampleItem: _drawn,
    AloneItem: lambda by: AloneItem.objects.filter(sample__in=AloneSample.objects.visible_to(by.user)),
    PanelCase: _panel_cases,
    PanelPack: lambda by: PanelPack.objects.filter(panel_case__in=by.known(PanelCase)),
    PanelVote: lambda by: PanelVote.objects.filter(panel_case__in=by.known(PanelCase)),
    Suspect: lambda by: Suspect.objects.filter(pk__in=_drawn(by).values("suspect")),
    FollowUp: lambda by: FollowUp.objects.none(),  # counted by the service, and on no page
    Search: lambda by: Search.objects.filter(user=by.user),
    Event: lambda by: Event.objects.filter(organisation_id=by.user.organisation_id),
    Message: lambda by: Message.objects.visible_to(by.user),
}
#: A row that hangs on one of these is read through it.
HANGS_ON = {Case, Allegation, Authorisation, Referral, Agreement, Condition, NeedReview, HelpRequest}


def seen(user: User, kinds: list[Kind]) -> set[Kind]:
    """Those kinds of which ``user`` gets a row: through the door, behind the wall, on a page that lets them in."""
    asked = [kind for kind in kinds if _lets_in(kind.page, user)]
    models = {model._meta.db_table: model for model in apps.get_models()}
    with unit_of_work("who sees what", user=user):
        by = Reader(user)
        marks = {table: Exists(by.rows(models[table])) for kind in asked for table in kind.tables}
        found = Organisation.objects.annotate(**marks).values(*marks).get(pk=user.organisation_id)
    for kind in asked:
        assert len({found[table] for table in kind.tables}) == 1, f"{kind.words}: {user} sees some of it, and not all."
    return {kind for kind in asked if found[kind.tables[0]]}


def _lets_in(page: str, user: User) -> bool:
    if not page:
        return True
    view = next(pattern for name, pattern in _views() if name == page)
    rule = rule_for(view, page)
    assert rule is not None
    return user.can(*rule.permissions) and rule.kind in ("", user.organisation.kind)


def _views() -> Iterator[tuple[str, Any]]:
    def walk(patterns: Any) -> Iterator[tuple[str, Any]]:
        for one in patterns:
            yield from walk(one.url_patterns) if hasattr(one, "url_patterns") else [(one.name or "", one.callback)]

    return walk(get_resolver().url_patterns)
