"""Frozen releases for others than the force itself: small counts hidden once, all tables together."""
