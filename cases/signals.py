"""What the floors above may listen to."""

from django.dispatch import Signal

# Sent within the transaction that changed a case, after its row in the outbox was written. Receivers only hasten what
# the outbox makes certain, and must not fail the change.
case_changed = Signal()
