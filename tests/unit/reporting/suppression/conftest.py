"""These tests import statsmodels and solve programmes: the first example is slow, and a busy machine is no fault."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None, print_blob=True)
settings.load_profile("unhurried")
