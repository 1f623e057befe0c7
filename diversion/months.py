"""The months by name, as people write them in a date."""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
FULL_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


def month_number(typed: str) -> int:
    """1 to 12 for "6", "06", "Jun" or "June"; any other number as it is. ValueError if it is neither."""
    word = typed.lower().rstrip(".")
    for names in (MONTHS, FULL_MONTHS):
        if word in names:
            return names.index(word) + 1
    return int(word)
