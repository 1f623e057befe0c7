"""How numbers leave: the door, and the frozen releases for others than the force itself."""

from reporting.releases.door import Audience, Leaving, NotThroughTheDoor, leave, released

__all__ = ["Audience", "Leaving", "NotThroughTheDoor", "leave", "released"]
