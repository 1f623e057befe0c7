"""How many sessions an agreement asks, and how many were attended: attendance is the evidence."""

from dataclasses import dataclass

from referrals.models import Appointment, Condition, Referral


@dataclass(frozen=True)
class Sessions:
    """``asked`` by the conditions that still stand; ``attended`` appointments of the referral, late ones too."""

    asked: int
    attended: int

    @property
    def are_enough(self) -> bool:
        return self.attended >= self.asked


def sessions_of(referral: Referral) -> Sessions:
    """The sessions of a referral that the caller has opened."""
    conditions = Condition.objects.filter(agreement__referral=referral).exclude(state=Condition.State.CANCELLED)
    asked = sum(filter(None, conditions.values_list("sessions", flat=True)))
    attended = referral.appointments.filter(attendance__in=Appointment.ATTENDED_STATES).count()
    return Sessions(asked, attended)
