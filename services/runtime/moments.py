"""A time that somebody asks for, in UTC: at either end of the calendar another zone's time has none there."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError from None


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
