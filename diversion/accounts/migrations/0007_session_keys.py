from django.db import migrations

#: As `diversion.accounts.sessions.kept_key` writes them; a key of Django's own has 32 characters.
KEEP_DIGESTS = (
    "UPDATE accounts_session SET session_key = left(encode(sha256(convert_to(session_key, 'UTF8')), 'hex'), 40)"
    " WHERE length(session_key) < 40"
)
END_ALL = "DELETE FROM accounts_session"


class Migration(migrations.Migration):
    """Nobody is signed out by it. Back from here everybody signs in again: no digest tells what the key was."""

    dependencies = [("accounts", "0006_lean_history")]

    operations = [migrations.RunSQL(KEEP_DIGESTS, END_ALL)]
