from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "referrals"

    def ready(self) -> None:
        from diversion.audit import lookups
        from referrals import subjects

        lookups.register(subjects.find, subjects.names)
