"""Reading releases: drafts for whoever makes and checks them, what stands for whoever may; each look is logged."""

from itertools import groupby
from operator import attrgetter

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from diversion import audit
from diversion.accounts.models import Organisation, User
from diversion.home import Shown, first
from reporting.codes import OWN
from reporting.door import Leaving, released
from reporting.models import (
    Release,
    ReleaseCheck,
)
from reporting.models.release import CHECKERS, CHECKS, may_check


def releases(*, by: User) -> QuerySet[Release]:
    """The releases that ``by`` may read or works on, without what is in them."""
    heavy = ("document", "counts", "verdict", "price", "hide")
    return Release.objects.visible_to(by).select_related("force", "made_by").defer(*heavy)


def comparable(*, by: User) -> list[list[Release]]:
    """Releases of two forces or more that stand, of one time, source and unit.

    The newest time first, forces by name, and of each force its last release first.
    """
    same = attrgetter("start", "end", "source", "unit")
    standing = releases(by=by).filter(state=Release.State.RELEASED).exclude(source=OWN)
    rows = standing.order_by("-end", "-start", "source", "unit", "force__name", "force", "-released_at", "-pk")
    found = [list(of_one_time) for _, of_one_time in groupby(rows, same)]
    return [of_one_time for of_one_time in found if of_one_time[0].force_id != of_one_time[-1].force_id]


def with_documents(found: list[Release], *, by: User) -> list[Release]:
    """The same releases, in the same order, with what they tell."""
    whole = Release.objects.visible_to(by).select_related("force").defer("counts", "verdict")
    opened = whole.in_bulk([one.pk for one in found])
    return [opened[one.pk] for one in found]


def releases_to_check(*, by: User) -> Shown[Release]:
    """Drafts that wait for ``by``'s verdict, the oldest first; ten at most."""
    return first(drafts_to_check(by=by).order_by("pk"))


def drafts_to_check(*, by: User) -> QuerySet[Release]:
    """All of them."""
    if not may_check(by, by.organisation):
        return Release.objects.none()
    own = ReleaseCheck.objects.filter(release=OuterRef("pk"), round=OuterRef("round"), by=by, sent_at__isnull=False)
    rows = releases(by=by).filter(~Exists(own), state=Release.State.DRAFT, force=by.organisation)
    return rows.exclude(made_by=by)


def open_release(*, reference: str, by: User) -> Release:
    """A release that ``by`` may see, or 404; looking at a draft is logged."""
    found = Release.objects.visible_to(by).select_related("force", "made_by", "withdrawn_by", "revises").defer("counts")
    release = get_object_or_404(found, reference=reference)
    if release.state != Release.State.RELEASED:
        audit.record("release.looked_at", audit.Nature.CONSULTATION, by=by, subjects=[release])
    return release


def own_release(*, reference: str, by: User) -> Release:
    """A release of ``by``'s own organisation, for who makes and checks them there; 404 for another's."""
    release = open_release(reference=reference, by=by)
    if release.force_id != by.organisation_id:
        raise Http404
    return release


def revisions_of(release: Release) -> list[Release]:
    """The releases that stand and tell its days anew, the first of them first."""
    found = release.revisions.filter(state=Release.State.RELEASED, declared__has_key="edition")
    return list(found.only("reference", "name").order_by("released_at", "pk"))


def verdicts_told(release: Release) -> list[ReleaseCheck]:
    """The verdicts of each round in which both are in. Before that nobody is told of either."""
    sent = release.checks.filter(sent_at__isnull=False).select_related("by").order_by("-round", "sent_at", "pk")
    every = list(sent)
    rounds = [check.round for check in every]
    return [check for check in every if rounds.count(check.round) >= CHECKS]


def own_check(release: Release, *, by: User) -> ReleaseCheck | None:
    """What ``by`` has found of the draft as it stands, sent or not."""
    return release.checks.filter(round=release.round, by=by).first()


def checkers_of(release: Release) -> int:
    """How many people of its organisation may check it: its author is none of them."""
    able = CHECKERS.get(Organisation.Kind(release.force.kind), ())
    each = [User.objects.who_may(one).filter(organisation=release.force).values_list("pk", flat=True) for one in able]
    return len({pk for found in each for pk in found} - {release.made_by_id})


def verdicts_in(release: Release) -> int:
    """How many verdicts on the draft as it stands are in, and nothing of what they say."""
    return release.checks.filter(round=release.round, sent_at__isnull=False).count()


def release_in_words(release: Release, *, by: User) -> Leaving:
    """The document of a release that has left and stands, to be told on one page; 404 for any other. Logged."""
    if release.state != Release.State.RELEASED:
        raise Http404
    audit.record("release.read_in_words", audit.Nature.CONSULTATION, by=by, subjects=[release])
    return released(release)


def release_file(release: Release, *, by: User) -> Leaving:
    """The document of a release that has left and stands; 404 for any other. Taking it is logged."""
    if release.state != Release.State.RELEASED:
        raise Http404
    audit.record("release.downloaded", audit.Nature.DISCLOSURE, by=by, subjects=[release], recipients=[by.email])
    return released(release)
