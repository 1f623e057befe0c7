"""Every write to a case. Each function is atomic, checks permission, and leaves an event and an outbox row."""

from cases.actions.asking import answer, ask
from cases.actions.authorising import authorise, refuse
from cases.actions.bringing import bring_case
from cases.actions.closing import close, reopen
from cases.actions.handing_over import hand_over
from cases.actions.locking import lock
from cases.actions.numbering import enter_number
from cases.actions.recording import decide_case, record_case

__all__ = [
    "answer",
    "ask",
    "authorise",
    "bring_case",
    "close",
    "decide_case",
    "enter_number",
    "hand_over",
    "lock",
    "record_case",
    "refuse",
    "reopen",
]
