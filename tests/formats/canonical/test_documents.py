"""Each event as canonical JSON: what is read, and what is refused where and why, without its value."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.core.codes import IdentifierScheme, OrganisationKind, Precision, SealedField
from services.core.facts import (
    FACTS,
    AgencyCheckReturned,
    ChildFound,
    EnquirerInterviewed,
    KinshipClaimed,
    Sighting,
)
from services.core.statements import ProblemReason
from services.formats.canonical.documents import field_names
from services.formats.canonical.values import standard_identifier
from tests.formats.documents import EVENTS, SAID_BY, SIGNED_IN, decided, example, without

BIRTH = "subject.dates_of_birth[0].value"


def problems(*documents: dict[str, Any], kind: OrganisationKind = OrganisationKind.LOCAL_AUTHORITY) -> list[Any]:
    return [(problem.row, problem.column, problem.reason) for problem in decided(*documents, kind=kind).problems]


def test_every_event_type_has_an_example() -> None:
    assert sorted(FACTS) == EVENTS


@pytest.mark.parametrize("event", EVENTS)
def test_every_example_is_read_without_a_problem(event: str) -> None:
    kind = SAID_BY.get(event, OrganisationKind.LOCAL_AUTHORITY)
    said = example(event), example(event, in_answer_to="0" * 32)
    outcome = decided(*said, kind=kind, author=SIGNED_IN.get(event))
    assert outcome.problems == ()
    assert {each.type for each in outcome.events} == {event}


@pytest.mark.parametrize("event", EVENTS)
def test_a_field_that_the_format_does_not_have_is_refused(event: str) -> None:
    where = (1, None, ProblemReason.UNKNOWN_FIELD)
    assert where in problems(example(event, zz=1), kind=SAID_BY.get(event, OrganisationKind.LOCAL_AUTHORITY))


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ({"fact__decision": "perhaps"}, "fact.decision", ProblemReason.UNKNOWN_CODE),
        ({"fact__street": "Street 1"}, "fact", ProblemReason.UNKNOWN_FIELD),
        ({"event": "ReferralMad"}, "event", ProblemReason.UNKNOWN_CODE),
        ({"event": 5}, "event", ProblemReason.UNKNOWN_CODE),
        ({"format": "lantern/2"}, "format", ProblemReason.UNKNOWN_CODE),
        ({"key": ""}, "key", ProblemReason.MALFORMED),
        ({"key": "a\nb"}, "key", ProblemReason.MALFORMED),
        ({"key": "a" * 101}, "key", ProblemReason.TOO_LONG),
        ({"key": 1}, "key", ProblemReason.MALFORMED),
        ({"source__child": None}, "source.child", ProblemReason.MALFORMED),
        ({"source": {"subject_id": "0" * 32}}, "source.system", ProblemReason.MISSING_FIELD),
        ({"occurred_at": "2026-02-30"}, "occurred_at", ProblemReason.NOT_A_DATE),
        ({"occurred_at": "2026-02-03T10:00:00"}, "occurred_at", ProblemReason.NOT_A_DATE),
        ({"occurred_at": "1770000000"}, "occurred_at", ProblemReason.NOT_A_DATE),
        ({"occurred_at": 1770000000}, "occurred_at", ProblemReason.NOT_A_DATE),
        ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "occurred_at", ProblemReason.NOT_A_DATE),
        ({"recorded_at": "2026-03-03"}, "recorded_at", ProblemReason.NOT_A_DATE),
        ({"role": "wizard"}, "role", ProblemReason.UNKNOWN_CODE),
        ({"in_answer_to": "no id"}, "in_answer_to", ProblemReason.MALFORMED),
        ({"location__street": "Street 1"}, "location", ProblemReason.UNKNOWN_CODE),
        ({"location__address": "a" * 501}, "location.address", ProblemReason.TOO_LONG),
        ({"narrative": "a" * 20_001}, "narrative", ProblemReason.TOO_LONG),
        ({"subject__sex": "f"}, "subject.sex", ProblemReason.UNKNOWN_CODE),
        ({"subject__nationalities": ["GB", "UK"]}, "subject.nationalities[1]", ProblemReason.UNKNOWN_CODE),
        ({"subject__languages": ["xx"]}, "subject.languages[0]", ProblemReason.UNKNOWN_CODE),
        ({"subject__names": [{"text": "12 Street"}]}, "subject.names[0].text", ProblemReason.MALFORMED),
        ({"subject__names": [{"text": "a" * 81}]}, "subject.names[0].text", ProblemReason.TOO_LONG),
        ({"subject__names": [{"text": "A"}] * 51}, "subject.names", ProblemReason.TOO_LONG),
        ({"subject__dates_of_birth": [{"value": "2009-02-31"}]}, BIRTH, ProblemReason.NOT_A_DATE),
        ({"subject__dates_of_birth": [{"value": "09"}]}, BIRTH, ProblemReason.NOT_A_DATE),
        (
            {"subject__identifiers": [{"scheme": "nhs_number", "value": "9990000019"}]},
            "subject.identifiers[0]",
            ProblemReason.NOT_AN_IDENTIFIER,
        ),
        (
            {"subject__identifiers": [{"scheme": "upn", "value": "A000000000001"}]},
            "subject.identifiers[0].scheme",
            ProblemReason.UNKNOWN_CODE,
        ),
    ],
)
def test_what_is_wrong_is_listed_with_its_path_and_reason(
    changes: dict[str, Any], column: str, reason: ProblemReason
) -> None:
    assert (1, column, reason) in problems(example("ReferralDecided", **changes))


@pytest.mark.parametrize("scheme", ["passport", "nrm_reference", "home_office_reference", "pnc_id"])
@pytest.mark.parametrize(
    "value", ["ZZ99 9ZZ", "zz99-9zz", "ZZ1/1ZZ", "020 7946 0000", "0161-496-0000", "442079460000", "A000000000001"]
)
def test_what_looks_like_a_postcode_a_telephone_or_a_upn_is_no_identifier(scheme: str, value: str) -> None:
    claimed = [{"scheme": scheme, "value": value, "status": "documented"}]
    outcome = decided(example("ReferralMade", subject__identifiers=claimed))
    assert [problem.reason for problem in outcome.problems] == [ProblemReason.NOT_AN_IDENTIFIER]


@pytest.mark.parametrize("name", ["format", "source", "key", "occurred_at", "recorded_at", "fact"])
def test_a_field_that_must_be_there_is_missed(name: str) -> None:
    assert (1, name, ProblemReason.MISSING_FIELD) in problems(without(example("ReferralDecided"), name))


def test_every_problem_of_a_document_is_listed() -> None:
    wrong = example("ReferralDecided", key=1, role="wizard", subject__sex="f")
    assert {column for _, column, _ in problems(wrong)} == {"key", "role", "subject.sex"}


@given(secret=st.text(min_size=12, max_size=40), place=st.sampled_from(["", "subject", "fact", "location", "source"]))
def test_no_problem_repeats_a_value_or_an_unknown_fields_name(secret: str, place: str) -> None:
    assume(not any(secret in name for name in field_names()))
    path = f"{place}__{secret}" if place and "__" not in secret else "key"
    found = decided(example("ReferralDecided", **{path: secret * 20})).problems
    assert secret not in str(found)


def test_one_bad_document_does_not_touch_its_neighbours() -> None:
    outcome = decided(example("ReferralDecided", key=1), example("ReferralDecided"))
    assert (len(outcome.events), outcome.problems[0].row) == (1, 1)


@pytest.mark.parametrize(
    ("said", "precision"),
    [("2026-03-04", Precision.DAY), ("2026-03-04T22:15:00+01:00", Precision.INSTANT), (None, Precision.UNKNOWN)],
)
def test_a_time_is_as_precise_as_it_was_said(said: str | None, precision: Precision) -> None:
    (event,) = decided(example("ChildMissing", occurred_at=said)).events
    assert event.head.precision is precision


def test_a_place_and_a_word_are_sealed_and_stand_in_no_event() -> None:
    outcome = decided(example("KinshipClaimed"))
    sealed = {fact.field: fact.content for fact in outcome.sealed_facts}
    said = example("KinshipClaimed")
    assert sealed[SealedField.NARRATIVE] == {"text": said["narrative"]}
    assert sealed[SealedField.LOCATION] == said["location"] | {"enquirer_reference": said["fact"]["enquirer"]}
    assert not any(text in str(outcome.events) for text in (*said["location"].values(), said["narrative"]))


def test_an_enquirer_is_shared_as_a_handle() -> None:
    (event,) = decided(example("KinshipClaimed")).events
    assert isinstance(event.fact, KinshipClaimed)
    assert len(event.fact.enquirer) == 32


@pytest.mark.parametrize("event", ["Sighting", "ChildFound"])
def test_an_episode_is_named_by_the_agencys_own_key_or_by_the_hubs_id(event: str) -> None:
    kind = OrganisationKind.POLICE_FORCE
    missing = example("ChildMissing")
    own, other = example(event), example(event, key="other", fact={"episode": "e" * 32})
    first, *rest = decided(missing, own, other, kind=kind).events
    facts = [each.fact for each in rest if isinstance(each.fact, Sighting | ChildFound)]
    assert [fact.episode for fact in facts] == [first.head.fact_id, "e" * 32]


def test_an_episode_named_in_two_ways_is_a_contradiction() -> None:
    found = problems(example("ChildFound", fact__episode="e" * 32), kind=OrganisationKind.POLICE_FORCE)
    assert found == [(1, "fact.episode_key", ProblemReason.MALFORMED)]


def test_an_adult_keeps_the_handle_of_the_claim_in_what_the_same_body_finds_out() -> None:
    claim, interview = decided(example("KinshipClaimed"), example("EnquirerInterviewed")).events
    assert isinstance(claim.fact, KinshipClaimed)
    assert isinstance(interview.fact, EnquirerInterviewed)
    assert interview.fact.enquirer == claim.fact.enquirer


def test_another_body_names_an_adult_by_the_handle_that_the_hub_shows() -> None:
    (event,) = decided(example("AgencyCheckReturned"), kind=OrganisationKind.POLICE_FORCE).events
    assert isinstance(event.fact, AgencyCheckReturned)
    assert event.fact.enquirer == example("AgencyCheckReturned")["fact"]["enquirer_handle"]


@pytest.mark.parametrize(
    ("adults", "column", "reason"),
    [
        ({"enquirer": "E-1", "enquirer_handle": f"{6:032x}"}, "fact.enquirer_handle", ProblemReason.MALFORMED),
        ({}, "fact.enquirer", ProblemReason.MISSING_FIELD),
    ],
)
def test_an_adult_is_named_once_and_in_one_way(adults: dict[str, str], column: str, reason: ProblemReason) -> None:
    assert (1, column, reason) in problems(example("EnquirerInterviewed", fact={"officer": "person-1", **adults}))


@pytest.mark.parametrize("event", ["LocationDisclosed", "ParentsContacted"])
def test_what_concerns_no_adult_names_none(event: str) -> None:
    document = example(event)
    document["fact"] = {name: value for name, value in document["fact"].items() if "enquirer" not in name}
    (shared,) = decided(document).events
    assert getattr(shared.fact, "enquirer", "none") is None


def test_a_rung_makes_no_new_location_of_the_child() -> None:
    sealed = decided(without(example("RiskAssessed"), "location")).sealed_facts
    assert SealedField.LOCATION not in {fact.field for fact in sealed}


def test_a_decision_about_identity_says_nothing_about_the_child() -> None:
    named = example("RecordsLinked", subject={"names": [{"text": "Givenname"}]})
    assert problems(named) == [(1, "subject", ProblemReason.MALFORMED)]


def test_no_record_is_linked_to_itself() -> None:
    assert problems(example("RecordsLinked", fact__other=f"{1:032x}")) == [(1, "fact.other", ProblemReason.MALFORMED)]


def test_a_record_holds_one_child() -> None:
    found = problems(example("ReferralDecided"), example("ReferralDecided", source__child="CHILD-2"))
    assert found == [(2, "source", ProblemReason.MALFORMED)]


@pytest.mark.parametrize(
    ("scheme", "value", "standard"),
    [
        (IdentifierScheme.NHS_NUMBER, "999 000 0018", "9990000018"),
        (IdentifierScheme.NHS_NUMBER, "999-000-0018", "9990000018"),
        (IdentifierScheme.NHS_NUMBER, "9990000017", None),
        (IdentifierScheme.NHS_NUMBER, "\u0669990000018", None),
        (IdentifierScheme.HOME_OFFICE_REFERENCE, "z0000001", "Z0000001"),
        (IdentifierScheme.HOME_OFFICE_REFERENCE, "1212-0001-0001-0001", "1212-0001-0001-0001"),
        (IdentifierScheme.HOME_OFFICE_REFERENCE, "Dover", None),
        (IdentifierScheme.PNC_ID, "2001/0000001x", "2001/0000001X"),
        (IdentifierScheme.PNC_ID, "0000001X", None),
        (IdentifierScheme.PASSPORT, "000 000 001", "000000001"),
        (IdentifierScheme.PASSPORT, "NUMBER", None),
        (IdentifierScheme.PASSPORT, "LS1 4YU", None),
        (IdentifierScheme.PASSPORT, "ls104yu", None),
        (IdentifierScheme.NRM_REFERENCE, "NRM-0001", "NRM-0001"),
        (IdentifierScheme.NRM_REFERENCE, "12 High Street, Town", None),
        (IdentifierScheme.NRM_REFERENCE, "SW1A 1AA", None),
    ],
)
def test_an_identifier_is_compared_in_one_form_and_is_no_place(
    scheme: IdentifierScheme, value: str, standard: str | None
) -> None:
    assert standard_identifier(scheme, value) == standard


@pytest.mark.parametrize("name", ["Nguyễn Thị", "O'Example-Name Jr.", "محمد", "阮"])
def test_a_name_may_be_in_any_script(name: str) -> None:
    assert problems(example("ReferralDecided", subject__names=[{"text": name}])) == []


# The rule beside the rule: no refusal swallows a report that a child is missing.
