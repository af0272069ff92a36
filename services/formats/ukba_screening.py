"""A UKBA referral from asylum screening: officers met the child where they asked for asylum.

After Appendix 2 ("Asylum Screening Unit"); a child who goes missing shortly after screening may have been trafficked,
and the officers say so here (¶5.79).
"""

from collections.abc import Iterator
from typing import Literal

from services.core.codes import Documents, Setting, YesNo
from services.core.facts import BorderEncounter, ReferralMade
from services.core.statements import Statement
from services.formats.form_parts import AgencyForm, Concerns, Indicators, Missing, Occasion, accompanying
from services.formats.forms import FormKind, Told, format_of

NAME = "ukba-asylum-screening/1"


class ScreeningReferral(AgencyForm):
    """A UKBA referral from asylum screening."""

    format: Literal["ukba-asylum-screening/1"]
    screening: Occasion
    accompanied: YesNo = YesNo.UNKNOWN
    documents: Documents = Documents.UNKNOWN
    sponsor: YesNo = YesNo.UNKNOWN
    concerns: Concerns = ()
    indicators: Indicators = ()
    missing: Missing | None = None


def say(told: Told[ScreeningReferral]) -> Iterator[Statement]:
    form, screened = told.form, told.form.screening
    encounter = BorderEncounter(form.indicators, form.accompanied, form.documents, asylum_claimed=YesNo.YES)
    referral = ReferralMade(
        concerns=form.concerns,
        indicators=form.indicators,
        setting=Setting.ASYLUM_SCREENING,
        accompanied=form.accompanied,
        accompanying_adults=accompanying(form.adults),
        sponsor=form.sponsor,
    )
    yield told.says(encounter, screened.at, screened)
    yield told.says(referral, form.written_at, screened)
    yield from told.says_missing(form.missing, form.indicators)


KIND = FormKind(NAME, "asylum-screening", ScreeningReferral, say)
FORMAT = format_of(KIND)
