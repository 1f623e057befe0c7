"""What a person may be told when an action cannot be done."""


class Refused(Exception):
    """An action that the record as it stands does not allow. The message says why and how to go on."""


class Outdated(Refused):
    """Someone else changed the record after the page was opened: nothing is overwritten silently."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} has changed since you opened this page. Look at it as it is now, then try again.")


class Unseen(Refused):
    """The browser did not send back what the page had shown: nobody knows what this was decided on."""

    def __init__(self) -> None:
        super().__init__(
            "Your browser did not say what this page had shown you. Look at it as it is now, then try again."
        )
