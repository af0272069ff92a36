"""A record that comes with an identity token is said by whoever the token shows, and by nobody else."""

from pathlib import Path
from typing import Any

import pytest

from services.core import ids
from services.runtime.intake import Answers
from services.wire.avro import Schemas
from tests.builders import an_id
from tests.runtime.edge import EDGE_KEYS, NOW, Edge, document, of_the_police, trusting
from tests.wire.provider_keys import token

CHECK = document(
    "AgencyCheckReturned",
    fact={"enquirer_handle": an_id(6), "officer": "another-person", "result": "clear"},
    location={},
)
OFFICER = of_the_police("police_officer")


@pytest.fixture
def edge(schemas: Schemas, tmp_path: Path) -> Edge:
    return trusting(schemas, tmp_path)


def answered(edge: Edge, said: dict[str, Any], kid: str = "one", **claims: Any) -> Answers:
    return edge.answers(edge.report(said, token=token(kid, **{**OFFICER, **claims})))


def test_the_officer_and_the_organisation_are_those_of_the_token(edge: Edge) -> None:
    (event,) = edge.read(answered(edge, CHECK).said, "AgencyCheckReturned")

    assert event["officer"] == ids.person_handle(EDGE_KEYS.people, "police_officer-1")
    assert event["head"]["org"] == ids.org_handle(EDGE_KEYS.own, "TOKEN-FORCE")


@pytest.mark.parametrize(
    ("forged", "reason"),
    [
        ({"kid": "two"}, "unknown_key"),
        ({"aud": "another-client"}, "other_audience"),
        ({"iss": "https://other.example"}, "other_issuer"),
        ({"exp": NOW}, "expired"),
        ({"lantern_sector": "ukba", "lantern_organisation_kind": "ukba"}, "other_agency"),
        ({"lantern_role": "auditor"}, "says_nothing"),
    ],
)
def test_a_token_that_does_not_hold_says_nothing_and_all_are_told_the_same(
    edge: Edge, forged: dict[str, Any], reason: str
) -> None:
    answers = answered(edge, CHECK, **forged)

    (told,) = edge.read(answers.replies, "Receipt")
    assert answers.said == ()
    assert [problem["reason"] for problem in told["problems"]] == ["not_authorised_to_say"]
    assert answers.tokens_refused == {reason: 1}


@pytest.mark.parametrize("nonsense", ["", "junk", "a.b.c", "x" * 20_000, "\x00"])
def test_whatever_stands_where_a_token_should_a_missing_child_is_heard(edge: Edge, nonsense: str) -> None:
    answers = edge.answers(edge.report(document(), token=nonsense))

    (event,) = edge.read(answers.said, "ChildMissing")
    assert event["head"]["role"] == "unverified"


def test_a_role_that_the_token_does_not_give_is_not_taken_from_the_record(edge: Edge) -> None:
    answers = answered(edge, {**CHECK, "role": "police_officer"}, lantern_role="clinician")

    assert answers.said == ()


def test_a_record_without_a_token_is_said_by_its_agency(edge: Edge) -> None:
    (event,) = edge.read(edge.answers(edge.report(CHECK)).said, "AgencyCheckReturned")

    assert event["officer"] == ids.person_handle(EDGE_KEYS.people, "another-person")
