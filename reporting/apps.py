from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"

    def ready(self) -> None:
        from cases.signals import case_changed
        from reporting.outbox import hasten

        case_changed.connect(hasten, dispatch_uid="reporting.hasten")
