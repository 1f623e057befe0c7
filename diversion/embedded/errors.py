"""The one error of this package: a plain sentence that says how to mend it."""


class EmbeddedError(Exception):
    """An embedded server could not be started, reached or stopped; the message says what to do."""
