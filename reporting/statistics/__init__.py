"""Honest arithmetic for monitoring: pure functions of counts, with no Django and no database.

Every function takes plain numbers and gives plain numbers or small frozen dataclasses. Counts are whole numbers of
people (or decisions); proportions lie in 0 to 1; intervals are ``(low, high)``. docs/measures.md says where each
formula comes from.
"""
