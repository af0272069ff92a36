"""The error tree. Each class's docstring is what a person reads.

LanternError
|- BadData                bad input: refused with an answer to its agency, then acknowledged
|  |- UnreadableBytes     the bytes are not what their schema says
|- Unavailable            a store or broker does not answer: wait in place, health light red
|- BrokenRule             a rule of our own is broken: dead letter, page the owner
|- Misconfigured          the process cannot start as it is set up
"""


class LanternError(Exception):
    """Something in the hub went wrong."""


class BadData(LanternError):
    """The input does not say what it must: it was refused and answered; nothing else was affected."""


class UnreadableBytes(BadData):
    """These bytes are not one whole record of their schema: nothing was taken from them."""


class Unavailable(LanternError):
    """A store or broker does not answer: the work waits where it is and is tried again."""


class BrokenRule(LanternError):
    """A rule that the hub itself must keep is broken: the work stopped and its owner is paged."""


class Misconfigured(LanternError):
    """The process cannot start as it is set up: nothing was read or written."""
