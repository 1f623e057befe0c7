from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"

    def ready(self) -> None:
        from cases.signals import case_changed, decision_withdrawn
        from diversion.notifications import kinds
        from referrals import learning
        from reporting import telling
        from reporting.actions.panels import remove_packs
        from reporting.outbox import hasten
        from reporting.queries.panels import lessons

        learning.register(lessons)
        kinds.register(*telling.KINDS, topics=telling.TOPICS)
        case_changed.connect(hasten, dispatch_uid="reporting.hasten")
        decision_withdrawn.connect(remove_packs, dispatch_uid="reporting.remove_packs")
