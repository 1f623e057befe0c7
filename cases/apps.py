from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"

    def ready(self) -> None:
        from cases import subjects
        from diversion.audit import lookups

        lookups.register(subjects.find, subjects.names)
        lookups.register_people(subjects.ForcesPeople())
