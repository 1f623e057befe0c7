from typing import TYPE_CHECKING, Any, ClassVar

import pgtrigger
from allauth.mfa.models import Authenticator
from django.db import models

from diversion.accounts.models.permit import needs_permit
from diversion.data_use import staff, structural

_DIGEST = "encode(sha256(convert_to(NEW.data::text, 'UTF8')), 'hex')"
# Signing in with a factor writes only what makes it worth less: a code that is used up, a moment that has passed.
GUARDED = f"""
    IF TG_OP = 'DELETE' THEN
        {needs_permit("factor taken", "OLD.id::text", "OLD.user_id")}
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.id, NEW.user_id, NEW.type, NEW.created_at) IS DISTINCT FROM
           (OLD.id, OLD.user_id, OLD.type, OLD.created_at)
        THEN
            RAISE insufficient_privilege USING MESSAGE = 'A second factor stays its own user''s.';
        END IF;
        IF NEW.data - 'used' - 'codes' = OLD.data - 'used' - 'codes'
           AND coalesce(NEW.data -> 'codes', '[]') <@ coalesce(OLD.data -> 'codes', '[]')
           AND coalesce((NEW.data ->> 'used')::bigint, 0) >= coalesce((OLD.data ->> 'used')::bigint, 0)
        THEN
            RETURN NEW;
        END IF;
    END IF;
    {needs_permit("factor", _DIGEST, "NEW.user_id")}
    RETURN NEW;
"""

if TYPE_CHECKING:
    _Base: Any = models.Model
else:
    _Base = Authenticator


class Factor(_Base):
    """What somebody shows beside their password: an authenticator app, a passkey, or a set of recovery codes.

    The table is django-allauth's. ``data`` holds the secret of an app, sealed (`diversion.accounts.sealing`), and the
    number of the last code that was taken; the public key of a passkey; the digests of the codes that are left. No
    history is kept of it, which would keep secrets that were taken away: the access log says what was added, used and
    removed, and the permits who let it. It is read before anybody is signed in, as passwords are: it has no wall.
    """

    data_use: ClassVar = structural("id") | staff(
        "Let nobody sign in with a stolen password", "user", "type", "data", "created_at", "last_used_at"
    )

    class Meta:
        proxy = True
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="factor_by_permit",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=GUARDED,
            )
        ]

    @property
    def name(self) -> str:
        """What its user called a passkey; "" for the others."""
        return str(self.data.get("name", ""))
