"""A referral of a child who may have been trafficked, from any of the settings of Appendix 2 (¶5.14-5.18)."""

from collections.abc import Iterator
from typing import Literal

from services.core.codes import Setting, YesNo
from services.core.facts import ReferralMade
from services.core.statements import Statement
from services.formats.form_parts import AgencyForm, Concerns, Indicators, Missing, Occasion, accompanying
from services.formats.forms import FormKind, Told, format_of

NAME = "trafficked-child-referral/1"


class Referral(AgencyForm):
    """A referral of a child who may have been trafficked."""

    format: Literal["trafficked-child-referral/1"]
    referred: Occasion
    setting: Setting = Setting.UNKNOWN
    accompanied: YesNo = YesNo.UNKNOWN
    sponsor: YesNo = YesNo.UNKNOWN
    concerns: Concerns = ()
    indicators: Indicators = ()
    missing: Missing | None = None


def say(told: Told[Referral]) -> Iterator[Statement]:
    form, referred = told.form, told.form.referred
    referral = ReferralMade(
        concerns=form.concerns,
        indicators=form.indicators,
        setting=form.setting,
        accompanied=form.accompanied,
        accompanying_adults=accompanying(form.adults),
        sponsor=form.sponsor,
    )
    yield told.says(referral, referred.at, referred)
    yield from told.says_missing(form.missing, form.indicators)


KIND = FormKind(NAME, "referral", Referral, say)
FORMAT = format_of(KIND)
