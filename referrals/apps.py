from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "referrals"

    def ready(self) -> None:
        """Tell the floor below where a force's schemes are found, so that its policy can be read with them."""
        from cases import policies
        from referrals.rules import entries_of

        policies.scheme_sources.append(entries_of)
