"""A call in CAP 1.2: valid, sent by the hub, of one area, by a decision of the police alone."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from services.core.codes import OrganisationKind, Sector
from services.core.oncall.alerts import Severity
from services.core.oncall.broadcast import Broadcast, NotThePolices, decide, take_back
from services.core.rights import Person, PersonRole
from services.oncall.cap import AREA, cap

SHAPE = etree.XMLSchema(etree.parse(Path(__file__).with_name("cap-1.2.xsd")))
POLICE = Person("a" * 32, PersonRole.DUTY_OFFICER, "b" * 32, OrganisationKind.POLICE_FORCE, Sector.POLICE)
SENDER, LINK = "lantern.example", "https://lantern.example"
AT = datetime.fromisoformat("2026-11-22T23:00:00.123456+00:00")

identifiers = st.binary(min_size=16, max_size=16).map(bytes.hex)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.timezones())  # noqa: DTZ001 - hypothesis adds the zone
calls = st.builds(decide, st.just(POLICE), identifiers, st.sampled_from(Severity), moments, drill=st.booleans())


def texts(broadcast: Broadcast) -> dict[str, str | None]:
    root = etree.fromstring(cap(broadcast, SENDER, LINK))
    return {str(one.tag).rpartition("}")[2]: one.text for one in root.iter() if not len(one)}


@given(calls)
def test_every_call_has_the_shape_of_the_specification(call: Broadcast) -> None:
    SHAPE.assertValid(etree.fromstring(cap(call, SENDER, LINK)))


@given(calls, identifiers)
def test_a_call_taken_back_has_it_too_and_says_which(call: Broadcast, identifier: str) -> None:
    over = take_back(POLICE, identifier, call, call.decided_at + timedelta(hours=1))
    SHAPE.assertValid(etree.fromstring(cap(over, SENDER, LINK)))
    references = texts(over)["references"] or ""
    assert references.split(",")[:2] == [SENDER, call.identifier]


def test_the_shape_refuses_what_the_specification_does() -> None:
    good = cap(decide(POLICE, "c" * 32, Severity.HIGH, AT), SENDER, LINK).decode()
    for fault in (good.replace("-00:00", "Z"), good.replace("Severe", "Terrible"), good.replace("urgency", "hurry")):
        assert not SHAPE.validate(etree.fromstring(fault.encode()))


@given(calls)
def test_the_hub_is_the_sender_and_the_area_says_nothing(call: Broadcast) -> None:
    said = texts(call)
    assert (said["sender"], said["areaDesc"]) == (SENDER, AREA)
    assert not {"polygon", "circle", "geocode", "contact", "source", "incidents", "description"} & said.keys()


@given(calls, calls)
def test_two_calls_differ_in_number_time_severity_and_drill_alone(one: Broadcast, other: Broadcast) -> None:
    differ = {name for name, text in texts(one).items() if texts(other).get(name) != text}
    assert differ <= {"identifier", "sent", "status", "severity", "expires", "note"}


def test_a_drill_is_an_exercise() -> None:
    assert texts(decide(POLICE, "c" * 32, Severity.HIGH, AT, drill=True))["status"] == "Exercise"
    assert texts(decide(POLICE, "c" * 32, Severity.HIGH, AT))["status"] == "Actual"


@pytest.mark.parametrize("role", PersonRole)
@pytest.mark.parametrize("kind", OrganisationKind)
def test_nobody_but_a_duty_officer_of_the_police_calls_or_takes_back(role: PersonRole, kind: OrganisationKind) -> None:
    somebody = Person("a" * 32, role, "b" * 32, kind, Sector.POLICE)
    if (role, kind) == (PersonRole.DUTY_OFFICER, OrganisationKind.POLICE_FORCE):
        return
    with pytest.raises(NotThePolices):
        decide(somebody, "c" * 32, Severity.HIGH, AT)
    with pytest.raises(NotThePolices):
        take_back(somebody, "c" * 32, decide(POLICE, "d" * 32, Severity.HIGH, AT), AT)
