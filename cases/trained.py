"""Who may decide where there is domestic abuse: somebody trained in it (domain notes 1.5; where it stands is unsettled,
so a force may choose otherwise in its policy).
"""

from datetime import date

from cases import rulebook
from cases.models import Case
from diversion.accounts.models import Training, User


def lacks_training(case: Case, user: User, on: date) -> str:
    """Why ``user`` may not authorise ``case`` for want of training, with how to mend it; "" where they may."""
    abuse = case.allegations.filter(is_domestic_abuse=True).exists()
    if not abuse or not rulebook.settings_of(case.force, on).domestic_abuse_training:
        return ""
    marks = Training.objects.filter(user=user, subject=Training.Subject.DOMESTIC_ABUSE)
    if marks.live_on(on).exists():
        return ""
    return (
        "There is domestic abuse: somebody trained in it decides, and no training of yours counts today. Leave it to a"
        " colleague who has it, or ask your administrator to record yours."
    )
