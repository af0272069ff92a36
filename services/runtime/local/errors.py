"""What a person is told when the local edition cannot do what was asked."""

from services.core.errors import LanternError


class EditionFailed(LanternError):
    """The local edition could not do what was asked: its sentence says why and what to do next; nothing was lost."""
