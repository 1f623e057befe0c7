from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "diversion.accounts"
    label = "accounts"

    def ready(self) -> None:
        from django.contrib.auth import signals

        from diversion.accounts import confirming, sessions, telling
        from diversion.accounts.lookups import find, names
        from diversion.accounts.reset import NEW_PASSWORD
        from diversion.audit import lookups
        from diversion.notifications import kinds

        lookups.register(find, names)
        kinds.register(NEW_PASSWORD, telling.FACTOR)
        signals.user_logged_in.connect(telling.tell_of_changes, dispatch_uid="accounts.changes_told")
        signals.user_logged_in.connect(sessions.note_where, dispatch_uid="accounts.where_noted")
        signals.user_logged_in.connect(confirming.note_signed_in, dispatch_uid="accounts.password_given")
