"""Second factors of users, and the codes that their apps would show."""

from allauth.mfa.totp.internal import auth as totp

from diversion import clock
from diversion.accounts.actions import factors
from diversion.accounts.factors import PERIOD
from diversion.accounts.models import User

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(secret: str = SECRET, *, steps: int = 0) -> str:
    """What an app with this secret shows now, or ``steps`` half minutes later."""
    counter = int(clock.now().timestamp()) // PERIOD + steps
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def with_app(user: User, secret: str = SECRET) -> list[str]:
    """``user`` has an authenticator app from now on; their recovery codes."""
    return factors.set_up_app(secret=secret, counter=0, here="", by=user)
