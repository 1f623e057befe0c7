"""Messages that leave the service, by e-mail and text: one outbox, one way to send, one log.

An app names a `kinds.Kind` of message: what is due now, and how one is written. A row of the outbox holds neither words
nor an address: both are asked for at the moment of sending, so that what was answered, moved or taken back meanwhile is
not written about, and nobody reads a person's number here.
"""
