"""Duty passes from one person to another when the receiver accepts; until then the giver owns it (design section 8).

What is accepted becomes a version of the rota like any other: one override, in the place of whatever it covers.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.core.errors import LanternError
from services.core.oncall.duty import governing, on_duty
from services.core.oncall.rota import ON_DUTY, Override, Rota, Version, replacing
from services.core.oncall.schedule import shift_from


class State(StrEnum):
    """How an offer stands."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Offer:
    """The rest of a shift, up to `until` (UTC), offered by who is on duty to a colleague of the same agency."""

    giver: str
    receiver: str
    until: datetime
    offered_at: datetime
    state: State = State.OFFERED

    def is_open(self, versions: Sequence[Version], at: datetime) -> bool:
        """Whether it can still be accepted: nobody answered, and the giver is still on duty until it ends."""
        if self.state is not State.OFFERED or at >= self.until or on_duty(versions, at) != self.giver:
            return False
        ends = shift_ends(versions, at)
        return ends is not None and self.until <= ends


class Denied(StrEnum):
    """Why a handover does not take place."""

    NO_ROTA = "no_rota"
    NOT_ON_DUTY = "not_on_duty"
    OTHER_AGENCY = "other_agency"
    TO_ONESELF = "to_oneself"
    ALREADY_OFFERED = "already_offered"
    NOT_IN_SHIFT = "not_in_shift"
    NOT_OFFERED_TO_YOU = "not_offered_to_you"
    NOT_YOURS = "not_yours"
    ANSWERED = "answered"
    LAPSED = "lapsed"


SENTENCES = {
    Denied.NO_ROTA: (
        "Your agency's rota has run out, or there is none. Nothing was changed: have the next one published, "
        "as `lantern oncall rota publish` does."
    ),
    Denied.NOT_ON_DUTY: (
        "You are not on duty, so there is nothing that you could hand over. Nothing was changed: "
        "`lantern oncall who` says who is."
    ),
    Denied.OTHER_AGENCY: (
        "This person is not on the staff of your agency's rota. Nothing was changed: "
        "`lantern oncall rota staff` lists your colleagues."
    ),
    Denied.TO_ONESELF: "You are on duty already. Nothing was changed: name a colleague.",
    Denied.ALREADY_OFFERED: (
        "You have offered your duty to somebody, and they have not answered. You are still on duty: wait for the "
        "answer, or withdraw that offer first."
    ),
    Denied.NOT_IN_SHIFT: (
        "A handover ends in the future and not after your own shift. Nothing was changed: leave its end away to hand "
        "over all that is left, or have an override published for later."
    ),
    Denied.NOT_OFFERED_TO_YOU: (
        "No duty is offered to you under this number. Nothing was changed: `lantern oncall handover list` shows them."
    ),
    Denied.NOT_YOURS: "This offer is a colleague's. Nothing was changed: only whoever made it can withdraw it.",
    Denied.ANSWERED: (
        "This offer was answered or withdrawn before. Nothing was changed: `lantern oncall who` says who is on duty."
    ),
    Denied.LAPSED: (
        "This offer is over: its time has passed, or whoever made it is no longer on duty until its end. Nothing was "
        "changed: `lantern oncall who` says who is on duty."
    ),
}


class HandoverDenied(LanternError):
    """A handover does not take place: whoever was on duty still is."""

    def __init__(self, reason: Denied) -> None:
        super().__init__(SENTENCES[reason])
        self.reason = reason


def offered(
    versions: Sequence[Version],
    open_offers: Iterable[Offer],
    members: Collection[str],
    wish: Offer,
) -> Offer:
    """The offer, if it may be made at its time.

    Raises:
        HandoverDenied: it may not.
    """
    now = wish.offered_at
    for reason in _against(versions, open_offers, members, wish, now):
        raise HandoverDenied(reason)
    return wish


def _against(
    versions: Sequence[Version], offers: Iterable[Offer], members: Collection[str], wish: Offer, now: datetime
) -> Iterable[Denied]:
    if on_duty(versions, now) != wish.giver:
        yield Denied.NOT_ON_DUTY if governing(versions, now) else Denied.NO_ROTA
    elif (ends := shift_ends(versions, now)) is None:
        yield Denied.NO_ROTA
    elif not now < wish.until <= ends:
        yield Denied.NOT_IN_SHIFT
    if wish.receiver == wish.giver:
        yield Denied.TO_ONESELF
    if wish.receiver not in members:
        yield Denied.OTHER_AGENCY
    if any(one.giver == wish.giver and one.is_open(versions, now) for one in offers):
        yield Denied.ALREADY_OFFERED


def shift_ends(versions: Sequence[Version], at: datetime) -> datetime | None:
    """When the shift of whoever is on duty ends; None when the rota has run out, so that there is none."""
    version = governing(versions, at)
    shift = shift_from(version.rota, ON_DUTY, at) if version else None
    return shift.end if shift else None


def accepted(versions: Sequence[Version], offer: Offer, who: str, now: datetime) -> Rota:
    """The rota with which the receiver is on duty from now on, whoever else was to be in that time.

    Raises:
        HandoverDenied: it is not theirs to accept, or no longer.
    """
    _expect(offer, versions, now, Denied.NOT_OFFERED_TO_YOU if who != offer.receiver else None)
    version = governing(versions, now)
    if version is None:
        raise HandoverDenied(Denied.NO_ROTA)
    return replacing(version.rota, ON_DUTY, [Override(offer.receiver, now, offer.until)])


def declined(offer: Offer, who: str) -> State:
    """How an offer stands once its receiver says no.

    Raises:
        HandoverDenied: it is not theirs to answer, or no longer.
    """
    if who != offer.receiver:
        raise HandoverDenied(Denied.NOT_OFFERED_TO_YOU)
    return _ended(offer, State.DECLINED)


def withdrawn(offer: Offer, who: str) -> State:
    """How an offer stands once its giver takes it back.

    Raises:
        HandoverDenied: it is not theirs, or no longer open.
    """
    if who != offer.giver:
        raise HandoverDenied(Denied.NOT_YOURS)
    return _ended(offer, State.WITHDRAWN)


def _ended(offer: Offer, state: State) -> State:
    if offer.state is not State.OFFERED:
        raise HandoverDenied(Denied.ANSWERED)
    return state


def _expect(offer: Offer, versions: Sequence[Version], now: datetime, denied: Denied | None) -> None:
    if denied is not None:
        raise HandoverDenied(denied)
    if offer.state is not State.OFFERED:
        raise HandoverDenied(Denied.ANSWERED)
    if not offer.is_open(versions, now):
        raise HandoverDenied(Denied.LAPSED)
