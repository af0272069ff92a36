"""A UKBA referral from a port: an officer met the child at the border and refers them to children's social care.

After Appendix 2 ("Immigration Service") and ¶4.23, 5.2-5.8, 5.14.
"""

from collections.abc import Iterator
from typing import Literal

from services.core.codes import Documents, Setting, YesNo
from services.core.facts import BorderEncounter, ReferralMade
from services.core.statements import Statement
from services.formats.form_parts import AgencyForm, Concerns, Indicators, Missing, Occasion, accompanying
from services.formats.forms import FormKind, Told, format_of

NAME = "ukba-port-referral/1"


class PortReferral(AgencyForm):
    """A UKBA referral from a port."""

    format: Literal["ukba-port-referral/1"]
    encounter: Occasion
    accompanied: YesNo = YesNo.UNKNOWN
    documents: Documents = Documents.UNKNOWN
    asylum_claimed: YesNo = YesNo.UNKNOWN
    sponsor: YesNo = YesNo.UNKNOWN
    concerns: Concerns = ()
    indicators: Indicators = ()
    missing: Missing | None = None


def say(told: Told[PortReferral]) -> Iterator[Statement]:
    form, met = told.form, told.form.encounter
    encounter = BorderEncounter(form.indicators, form.accompanied, form.documents, form.asylum_claimed)
    referral = ReferralMade(
        concerns=form.concerns,
        indicators=form.indicators,
        setting=Setting.PORT_OF_ENTRY,
        accompanied=form.accompanied,
        accompanying_adults=accompanying(form.adults),
        sponsor=form.sponsor,
    )
    yield told.says(encounter, met.at, met)
    yield told.says(referral, form.written_at, met)
    yield from told.says_missing(form.missing, form.indicators)


KIND = FormKind(NAME, "port-referral", PortReferral, say)
FORMAT = format_of(KIND)
