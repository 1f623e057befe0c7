"""What the floors above may listen to."""

from django.dispatch import Signal

# Sent within the transaction that changed a case, after its row in the outbox was written. A receiver writes what
# stands or falls with the change, or hastens what the outbox makes certain; it must not fail the change for less.
case_changed = Signal()
# Sent within the transaction that opens a closed case again, with ``closed_at``, when it had been closed: whatever was
# not asked of it meanwhile is asked now.
case_reopened = Signal()
# Sent within the transaction that withdraws a decision, or rescinds it as recorded in error, with ``case_id``: it may
# have been of the wrong person, and what was made of it to be read by others goes with it.
decision_withdrawn = Signal()
