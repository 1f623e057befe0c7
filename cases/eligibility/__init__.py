"""The three-valued policy engine: what a force's policy allows for the facts known, and what still needs asking.

Pure: nothing of Django, nothing of ours outside this package, no clock. Start at ``assess.assess`` and, for the
scheme library, ``schemes.load_scheme_library``.
"""
