"""How a colleague on duty is reached: the ways in the order in which they are tried, each with an address."""

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from services.core.oncall.pages import Way
from services.core.oncall.wording import Language

_EMAIL = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+"
_SHAPES = {
    Way.EMAIL: re.compile(_EMAIL),
    Way.NOTIFY_EMAIL: re.compile(_EMAIL),
    Way.NOTIFY_SMS: re.compile(r"\+[1-9]\d{7,14}"),
    Way.CHAT: re.compile(r"[a-z]{2,12}://[\x21-\x7e]{3,500}"),
    Way.WEBHOOK: re.compile(r"https?://[\x21-\x7e]{3,500}"),
}


class ByWay(BaseModel):
    """One way and its address there: it is shown in no text, log or error, for its domain can tell an organisation."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    way: Way
    at: SecretStr

    @model_validator(mode="after")
    def _of_its_shape(self) -> "ByWay":
        if not _SHAPES[self.way].fullmatch(self.at.get_secret_value()):
            raise ValueError
        return self


class Contact(BaseModel):
    """One person's ways, the first to be tried first, and the language in which they are paged."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    language: Language = Language.ENGLISH
    ways: Annotated[tuple[ByWay, ...], Field(min_length=1, max_length=len(Way))]

    @field_validator("ways")
    @classmethod
    def _each_once(cls, ways: tuple[ByWay, ...]) -> tuple[ByWay, ...]:
        if len({one.way for one in ways}) < len(ways):
            raise ValueError
        return ways

    @property
    def order(self) -> tuple[Way, ...]:
        """The ways, the first to be tried first."""
        return tuple(one.way for one in self.ways)

    def spelt(self) -> dict[str, object]:
        """Itself with its addresses in clear: for sealing, and for the person whose they are."""
        return {
            "language": self.language,
            "ways": [{"way": one.way, "at": one.at.get_secret_value()} for one in self.ways],
        }

    def at(self, way: Way) -> SecretStr:
        """Where this person is reached by `way`."""
        return next(one.at for one in self.ways if one.way is way)
