from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "referrals"

    def ready(self) -> None:
        """Tell the floors below what a subject of the log is called, and whose work is left over."""
        from diversion.accounts import work
        from diversion.audit import lookups
        from referrals import subjects
        from referrals.presenters.handing_over import held_in_words

        lookups.register(subjects.find, subjects.names)
        work.register(held_in_words)
