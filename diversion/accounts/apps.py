from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "diversion.accounts"
    label = "accounts"

    def ready(self) -> None:
        from diversion.accounts.lookups import find, names
        from diversion.audit import lookups

        lookups.register(find, names)
