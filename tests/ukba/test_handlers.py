import pytest

from services.core.codes import OrganisationKind
from services.core.sharing import Decision
from services.core.statements import Opened, ProblemReason
from services.formats.canonical.documents import NAME
from services.ukba.handlers import decide
from tests.formats.documents import KEYS, RECEIVED, example, record

KIND = OrganisationKind.UKBA


def opened(event: str, kind: OrganisationKind = KIND) -> Opened:
    return Opened(NAME, "ORGANISATION-1", kind, RECEIVED, record(example(event, in_answer_to="0" * 32)))


def test_what_this_agency_says_of_its_own_work_is_shared() -> None:
    outcome = decide(opened("BorderEncounter"), KEYS, RECEIVED)
    assert ([event.type for event in outcome.events], outcome.problems) == (["BorderEncounter"], ())


@pytest.mark.parametrize("event", ["PoliceContact", "PlacementStarted", "HealthAttendance"])
def test_what_another_agency_has_to_say_is_refused(event: str) -> None:
    outcome = decide(opened(event), KEYS, RECEIVED)
    assert [problem.reason for problem in outcome.problems] == [ProblemReason.NOT_AUTHORISED_TO_SAY]


def test_a_missing_report_of_another_agencys_body_is_shared_all_the_same() -> None:
    stranger = next(kind for kind in (OrganisationKind.POLICE_FORCE, OrganisationKind.HEALTH_BODY) if kind is not KIND)
    assert decide(opened("ChildMissing", stranger), KEYS, RECEIVED).decision is Decision.SHARED
