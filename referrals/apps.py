from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "referrals"

    def ready(self) -> None:
        """Tell the floors below what a subject of the log is called, whose work is left over, what follows a case."""
        from cases import barred
        from cases.signals import case_changed, case_reopened
        from diversion.accounts import work
        from diversion.audit import lookups
        from diversion.notifications import kinds
        from referrals import subjects, telling
        from referrals.actions.correcting import judge_reopened
        from referrals.actions.standing import follow
        from referrals.judging.breach import has_decided_breach
        from referrals.presenters.handing_over import held_in_words

        barred.PARTS.append(has_decided_breach)
        lookups.register(subjects.find, subjects.names)
        work.register(held_in_words)
        kinds.register(*telling.KINDS, topics=telling.TOPICS)
        case_changed.connect(follow, dispatch_uid="referrals.standing")
        case_reopened.connect(judge_reopened, dispatch_uid="referrals.correcting")
