from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "referrals"

    def ready(self) -> None:
        """Tell the floors below where a force's schemes are found, and what a subject of the log is called."""
        from cases import policies
        from diversion.audit import lookups
        from referrals import rules, subjects

        lookups.register(subjects.find, subjects.names)
        policies.scheme_sources.append(rules.entries_of)
