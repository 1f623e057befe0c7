from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "referrals"

    def ready(self) -> None:
        """Tell the floors below where a force's schemes are found, and what a subject of the log is called."""
        from cases import rulebook
        from diversion.accounts import work
        from diversion.audit import lookups
        from referrals import subjects
        from referrals.presenters.handing_over import held_in_words
        from referrals.schemes import document

        lookups.register(subjects.find, subjects.names)
        work.register(held_in_words)
        rulebook.scheme_sources.append(document.entries_of)
