"""The service's own settings on the database that a bench has filled (BENCH_DATABASE)."""

import os

from diversion.settings import *  # noqa: F403
from diversion.settings import DATABASES

DATABASES = {"default": DATABASES["default"] | {"NAME": os.environ["BENCH_DATABASE"]}}
