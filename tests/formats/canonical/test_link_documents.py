"""A person's decision about two records is a document that every agency's processor reads as what was decided."""

import json

import pytest

from services.core.codes import LinkGround, OrganisationKind, Precision
from services.core.ids import SubjectId
from services.core.matching.components import Verdict
from services.core.matching.stated import VERDICTS
from services.core.statements import Opened
from services.formats.canonical.cut import cut
from services.formats.canonical.link_documents import link_document
from services.formats.canonical.parse import parse
from tests.builders import an_id, day

ENDS = SubjectId(an_id(1)), SubjectId(an_id(2))
KINDS = {verdict: kind for kind, verdict in VERDICTS.items()}


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("narrative", ["", "They told\r\nme so."])
def test_it_is_read_as_the_decision_its_ground_and_its_moment(verdict: Verdict, narrative: str) -> None:
    document = link_document(verdict, ENDS, LinkGround.DOCUMENTS_COMPARED, day(3), narrative)
    (record,) = cut([json.dumps(document).encode()]).records
    read = parse(Opened("lantern/1", "BODY", OrganisationKind.HEALTH_BODY, day(3), record))
    (said,) = read.statements
    assert (read.problems, read.subject_id) == ((), ENDS[0])
    assert said.fact == KINDS[verdict](ENDS[1], LinkGround.DOCUMENTS_COMPARED)
    assert (said.occurred_at, said.precision, said.narrative) == (day(3), Precision.INSTANT, narrative)
    assert said.location == {}


def test_said_again_later_it_is_another_fact() -> None:
    first, again = (link_document(Verdict.LINKED, ENDS, LinkGround.OTHER, day(at)) for at in (1, 2))
    assert first["key"] != again["key"]
