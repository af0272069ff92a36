"""A police coming-to-notice report: a child came to notice through an offence, a home visit, or as a missing person.

After Appendix 2, "Police". A child who came to notice as a missing person is missing until the report says otherwise.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from services.core.codes import MissingKind, PoliceCircumstance, YesNo
from services.core.facts import ChildMissing, PoliceContact
from services.core.statements import Statement
from services.formats.form_parts import AgencyForm, Indicators, Occasion
from services.formats.forms import FormKind, Told, format_of

NAME = "police-coming-to-notice/1"
_AS_MISSING = PoliceCircumstance.MISSING_PERSON_REFERRAL


class ComingToNotice(AgencyForm):
    """A police coming-to-notice report."""

    format: Literal["police-coming-to-notice/1"]
    came_to_notice: Occasion
    circumstance: PoliceCircumstance
    still_missing: Annotated[YesNo, Field(description="After a missing person's referral; unknown means missing.")] = (
        YesNo.UNKNOWN
    )
    indicators: Indicators = ()


def say(told: Told[ComingToNotice]) -> Iterator[Statement]:
    form, noticed = told.form, told.form.came_to_notice
    yield told.says(PoliceContact(form.circumstance, form.indicators), noticed.at, noticed)
    if form.circumstance is _AS_MISSING and form.still_missing is not YesNo.NO:
        yield told.says(ChildMissing(MissingKind.MISSING, form.indicators), noticed.at, noticed)


def _reports_missing(document: Mapping[str, object]) -> bool:
    return document.get("circumstance") == _AS_MISSING and document.get("still_missing") != YesNo.NO


KIND = FormKind(NAME, "coming-to-notice", ComingToNotice, say, _reports_missing)
FORMAT = format_of(KIND)
