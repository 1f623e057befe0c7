"""Who did and saw what (Data Protection Act 2018 s.62). Everyone writes through ``audit.record``."""

from diversion.audit.recording import BEGAN, Nature, UnloggedAccess, digest, in_log_of, record, subject_key

__all__ = ["BEGAN", "Nature", "UnloggedAccess", "digest", "in_log_of", "record", "subject_key"]
