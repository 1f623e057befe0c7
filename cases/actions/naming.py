"""Writing the tokens that names are found by, where they are not those of the names."""

from typing import Any

from django.db import transaction

from cases.models import Person
from diversion import audit
from diversion.accounts.models import User
from diversion.name_index import write_tokens

AT_A_TIME = 1000


@transaction.atomic
def index_names() -> dict[str, int]:
    """Bring the tokens of all people and users up to date, after the folding of names has changed; how many of each."""
    written = {"people": _written(Person), "users": _written(User)}
    audit.record("names.indexed", audit.Nature.ADMINISTRATION, by=None, detail=written)
    return written


def _written(model: type[Any]) -> int:
    written, last = 0, 0
    while lot := list(model.objects.filter(pk__gt=last).order_by("pk")[:AT_A_TIME]):
        written += write_tokens(lot)
        last = lot[-1].pk
    return written
