"""Every write to the support of a person. Each function is atomic, checks permission, and leaves an event."""
