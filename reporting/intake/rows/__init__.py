"""From the fields of a row to what it says, or to the reason why it cannot be a row."""
