"""The ground of an import: who may import for which force, one import at a time, and where refused rows are kept."""

import re
from hashlib import blake2b
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied

from diversion import access, clock
from diversion.accounts.actions.organisations import SLUG
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.environment import secret
from diversion.postgres import locks
from diversion.refusals import Refused
from reporting.intake.rejects import Rejects
from reporting.models import FollowUpBatch, SuspectBatch


def check_importer(by: User | None, force: str) -> None:
    """Refuse whoever may not import for the force with the slug ``force``; ``by`` None is the service's operator."""
    if by is not None:
        access.check(by, Permission.RUN_REPORTS)
        if by.organisation.slug != force:
            raise PermissionDenied
    if not force:
        raise Refused("'' is no name for a force: say with --force whose rows these are (thames-valley).")
    if not SLUG.fullmatch(force) or len(force) > 50:
        raise Refused(f"'{force}' is no name for a force: use lower-case letters, digits and hyphens (thames-valley).")


def one_at_a_time(force: str, source: str) -> None:
    """Wait for an import for the same force and source; the lock goes with the transaction."""
    locks.one_at_a_time(f"import_facts {force} {source}")


def force_of(slug: str) -> tuple[Organisation, bool]:
    """The force with that slug, and whether it was made for it. Refused for an organisation that is no force."""
    kind = Organisation.Kind.POLICE_FORCE
    name = re.sub(r" (And|Of|The)\b", lambda word: word[0].lower(), slug.replace("-", " ").title())
    force, created = Organisation.objects.get_or_create(slug=slug, defaults={"name": name, "kind": kind})
    if force.kind != kind:
        raise Refused(f"{force} is not a police force: facts belong to a force. Choose another --force.")
    return force, created


def known_force(slug: str) -> Organisation:
    """The force with that slug. Refused where there is none: what stands beside its decisions needs the decisions."""
    force = Organisation.objects.filter(slug=slug, kind=Organisation.Kind.POLICE_FORCE).first()
    if force is None:
        raise Refused(f"There is no force '{slug}' here, so nothing to set this beside: choose another one.")
    return force


def rejects_path(chosen: Path | None, force: Organisation, what: str, batch: int) -> Path:
    """Where the refused rows of this import go: the file chosen, or one of its own below LOCAL_DIR."""
    return chosen or Path(settings.LOCAL_DIR) / "rejects" / f"{force.slug}-{what}-{batch}.csv"


def keep_rejects(rejects: Rejects, path: Path) -> None:
    """The last step before the transaction ends: an import that fails leaves no file of rejects behind."""
    try:
        rejects.keep(path)
    except OSError as error:
        raise Refused(
            f"The rejected rows cannot be kept in {path} ({error.strerror or error}), so nothing was imported: choose "
            "another --rejects-file."
        ) from None


def suspects_secret() -> str:
    """The secret that keys the digests: SUSPECTS_SECRET, or in development one made once and kept."""
    kept = None if settings.ENVIRONMENT == "production" else Path(settings.LOCAL_DIR) / "suspects_secret"
    return secret("SUSPECTS_SECRET", kept_in=kept)


def key_mark(secret: str) -> str:
    """By what a secret is told from another: kept with each batch, and no way back to the secret."""
    return blake2b(b"which secret", key=blake2b(secret.encode()).digest(), digest_size=8).hexdigest()


def check_same_secret(batch: SuspectBatch | FollowUpBatch) -> None:
    """Refused where an earlier extract of the force was digested with another secret than that of ``batch``."""
    for kind in (SuspectBatch, FollowUpBatch):
        others = kind.objects.filter(force=batch.force).exclude(key_mark__in=["", batch.key_mark])
        if other := others.first():
            raise Refused(
                f"SUSPECTS_SECRET is not the one with which {other.file_name} was read on "
                f"{clock.local_date(other.imported_at):%-d %B %Y}: every row would count again, and nobody in two "
                "extracts would be known as one person. Set that secret again; or, to change it for good, run "
                f"manage.py forget_extracts {batch.force.slug} and import all extracts anew."
            )
