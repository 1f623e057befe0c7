"""These tests import statsmodels and solve programmes: the first example is slow, and a busy machine is no fault."""

from hypothesis import HealthCheck, settings

settings.register_profile("unhurried", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")
