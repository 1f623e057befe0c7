"""A real PostgreSQL and a real Redis from wheels, started when a command needs them and stopped by the last one out.

Nothing in this package imports Django: it runs before the settings load, and puts ``DATABASE_URL``,
``DATABASE_OWNER_URL`` and ``REDIS_URL`` into the environment where they are missing. How it works: ``docs/adr/0002``.
"""

from diversion.embedded.addresses import celery_url, read_files, set_environment
from diversion.embedded.errors import EmbeddedError
from diversion.embedded.sessions import running, servers_for

__all__ = ["EmbeddedError", "celery_url", "read_files", "running", "servers_for", "set_environment"]
