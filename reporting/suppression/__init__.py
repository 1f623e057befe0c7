"""Numbers that cannot be undone: what is hidden in a release, and the attacker that tries to find it again.

``tables`` links tables of counts into one family; ``primary`` says what must not be seen; ``protect`` hides enough
else; ``attack`` knows only what is published. docs/measures.md says what is promised and how it is measured.
"""
