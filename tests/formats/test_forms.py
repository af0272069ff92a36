"""The agencies' own forms: what each says, what stays sealed, what is refused where and why, and what is never lost."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.codes import Connection, MissingKind, PoliceCircumstance, SealedField, Sector, YesNo
from services.core.facts import ChildFound, ChildMissing, PoliceContact, ReferralMade, Sighting
from services.core.radar import PatternKind, signs
from services.core.sharing import Decision, Outcome
from services.core.statements import ProblemReason
from services.formats.catalogue import READS, cut_files
from services.formats.schemas import FORMS
from services.wire.avro import load_schemas
from services.wire.records import from_record, to_record
from tests.conftest import HOME
from tests.formats.agency_forms import EVENTS, NAMES, SPEAKS, decided, filled, form, of_example, types, where


def test_every_form_has_an_example() -> None:
    assert sorted(kind.name.split("/")[0] for kind in FORMS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_shared_as_its_events_without_a_problem(name: str) -> None:
    outcome = of_example(name)
    assert (outcome.problems, types(outcome)) == ((), EVENTS[name])


@pytest.mark.parametrize("indent", [None, 4])
@pytest.mark.parametrize("name", NAMES)
def test_a_form_is_told_by_its_content(name: str, indent: int | None) -> None:
    content = json.dumps(form(name), indent=indent).encode()
    sectors = [sector for sector in Sector if any(each.name.startswith(name) for each in READS[sector])]
    assert [cut_files(sector, [content])[0].cut.format for sector in sectors] == [f"{name}/1"] * len(sectors)


def test_the_referral_form_is_read_of_every_agency() -> None:
    assert all("trafficked-child-referral/1" in {each.name for each in READS[sector]} for sector in Sector)


def test_a_form_quoted_in_a_narrative_is_not_taken_for_one() -> None:
    quoted = form("trafficked-child-referral", narrative='He sent "format": "police-missing-person/1".')
    assert cut_files(Sector.POLICE, [json.dumps(quoted).encode()])[0].cut.format == "trafficked-child-referral/1"


def test_forms_of_one_child_are_one_record_and_stand_or_fall_alone() -> None:
    two = [form("police-coming-to-notice", reference=reference) for reference in ("CTN-1", "CTN-2")]
    outcome = decided(two[0] | {"circumstance": "boredom"}, two[1], kind=SPEAKS["police-coming-to-notice"])
    assert types(outcome) == ["PoliceContact"]
    assert where(outcome) == [(1, "circumstance", ProblemReason.UNKNOWN_CODE)]


# What is sealed.


@pytest.mark.parametrize("kind", FORMS, ids=lambda kind: kind.table)
def test_every_free_text_that_a_form_can_hold_is_sealed_and_stands_in_no_event(kind: Any) -> None:
    name = kind.name.split("/")[0]
    document, canaries = filled(name, kind.model.model_json_schema())
    outcome = decided(document, kind=SPEAKS[name])
    sealed = str([dict(fact.content) for fact in outcome.sealed_facts])
    assert (outcome.problems, len(canaries) > 25) == ((), True)
    assert [canary for canary in canaries if canary not in sealed] == []
    assert "canary" not in str(outcome.events)


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_places_people_and_words_are_sealed(name: str) -> None:
    outcome = of_example(name)
    fields = {fact.field for fact in outcome.sealed_facts}
    assert {SealedField.LOCATION, SealedField.NARRATIVE, SealedField.IDENTIFIERS} <= fields
    shared = str(outcome.events)
    for secret in ("Officer", "Teacher", "Adult ", "House ", "Street", "Station", "Port 1", "Flight", "example.org"):
        assert secret not in shared


@pytest.mark.parametrize("kind", FORMS, ids=lambda kind: kind.table)
def test_another_place_person_or_word_changes_no_shared_byte(kind: Any) -> None:
    name = kind.name.split("/")[0]
    document, _ = filled(name, kind.model.model_json_schema())
    other = json.loads(json.dumps(document).replace("canary", "elsewhere"))
    assert decided(document, kind=SPEAKS[name]).events == decided(other, kind=SPEAKS[name]).events


# What is said.


def test_an_age_puts_the_birth_between_two_days() -> None:
    (event, *_) = of_example("police-missing-person").events
    assert [birth.value for birth in event.subject.dates_of_birth] == ["2011-03-02/2012-03-01"]


def test_what_became_of_a_missing_child_names_the_episode() -> None:
    missing, seen, found = of_example("police-missing-person").events
    assert isinstance(seen.fact, Sighting)
    assert isinstance(found.fact, ChildFound)
    assert seen.fact.episode == found.fact.episode == missing.head.fact_id


@pytest.mark.parametrize(
    ("circumstance", "still_missing", "is_missing"),
    [
        ("missing_person_referral", None, True),
        ("missing_person_referral", "unknown", True),
        ("missing_person_referral", "yes", True),
        ("missing_person_referral", "no", False),
        ("criminal_activity", "unknown", False),
    ],
)
def test_a_child_who_came_to_notice_as_missing_is_missing_until_the_report_says_otherwise(
    circumstance: str,
    still_missing: str | None,
    is_missing: bool,  # noqa: FBT001 - the expected answer
) -> None:
    said = {"still_missing": still_missing} if still_missing else {}
    outcome = of_example("police-coming-to-notice", circumstance=circumstance, **said)
    assert ("ChildMissing" in types(outcome)) is is_missing
    contact = outcome.events[0].fact
    assert isinstance(contact, PoliceContact)
    assert contact.circumstance is PoliceCircumstance(circumstance)


def test_only_the_adults_who_are_with_the_child_are_said_to_accompany_them() -> None:
    referral = of_example("ukba-port-referral").events[1].fact
    assert isinstance(referral, ReferralMade)
    assert (referral.accompanying_adults, referral.sponsor) == ((Connection.AUNT_OR_UNCLE,), YesNo.YES)


@pytest.mark.parametrize(("connection", "kinds"), [("family_friend", [PatternKind.TELEPHONE]), ("carer", [])])
def test_the_signs_of_an_adult_around_children_are_compared_and_a_carers_never(
    connection: str, kinds: list[PatternKind]
) -> None:
    adult = {"connection": connection, "telephone": "01632 960002"}
    location = location_of(of_example("police-missing-person", adults=[adult]))
    assert [sign.kind for sign in signs(location)] == kinds
    assert "01632 960002" in location["related_person"]


def location_of(outcome: Outcome) -> dict[str, str]:
    return dict(next(fact.content for fact in outcome.sealed_facts if fact.field is SealedField.LOCATION))


def test_a_missing_report_of_unknown_kind_says_missing() -> None:
    missing = of_example("police-missing-person", missing={}).events[0].fact
    assert missing == ChildMissing(MissingKind.MISSING, missing.indicators if isinstance(missing, ChildMissing) else ())


@pytest.mark.parametrize("name", NAMES)
def test_every_event_of_an_example_goes_over_the_wire_and_comes_back(name: str) -> None:
    schemas = load_schemas(HOME)
    for event in of_example(name).events:
        record = schemas.decode(schemas.encode(event.type, to_record(event)))
        assert from_record(*record) == event


# What is refused.


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ({"zz": 1}, None, ProblemReason.UNKNOWN_FIELD),
        ({"child__street": "Street 1"}, "child", ProblemReason.UNKNOWN_FIELD),
        ({"referred__at": "yesterday"}, "referred.at", ProblemReason.NOT_A_DATE),
        ({"written_at": "2026-03-09"}, "written_at", ProblemReason.NOT_A_DATE),
        ({"setting": "moon"}, "setting", ProblemReason.UNKNOWN_CODE),
        ({"indicators": ["sad"]}, "indicators[0]", ProblemReason.UNKNOWN_CODE),
        ({"written_by__role": "wizard"}, "written_by.role", ProblemReason.UNKNOWN_CODE),
        ({"adults": [{"nickname": "N"}]}, "adults[0]", ProblemReason.UNKNOWN_FIELD),
        ({"adults": [{}] * 51}, "adults", ProblemReason.TOO_LONG),
        ({"child__ages": [{"years": 14}]}, "child.ages[0].on", ProblemReason.MISSING_FIELD),
        ({"child__ages": [{"years": 121, "on": "2026-01-01"}]}, "child.ages[0].years", ProblemReason.MALFORMED),
        ({"child__names": [{"text": "12 Street"}]}, "child.names[0].text", ProblemReason.MALFORMED),
        ({"child__upn": "u" * 501}, "child.upn", ProblemReason.TOO_LONG),
        ({"narrative": "a" * 20_001}, "narrative", ProblemReason.TOO_LONG),
        ({"format": "trafficked-child-referral/2"}, "format", ProblemReason.UNKNOWN_CODE),
        ({"source": {"subject_id": "0" * 32}}, "source.system", ProblemReason.MISSING_FIELD),
    ],
)
def test_what_is_wrong_is_listed_with_its_path_and_reason(
    changes: dict[str, Any], column: str | None, reason: ProblemReason
) -> None:
    outcome = of_example("trafficked-child-referral", **changes)
    assert (outcome.decision, outcome.unreadable_missing_report) == (Decision.REFUSED, False)
    assert (1, column, reason) in where(outcome)


@pytest.mark.parametrize("name", NAMES)
def test_every_problem_of_a_form_is_listed(name: str) -> None:
    outcome = of_example(name, written_by__role="wizard", child__sex="f", indicators=["sad"])
    assert {column for _, column, _ in where(outcome)} == {"written_by.role", "child.sex", "indicators[0]"}


@given(st.text(min_size=12, max_size=40), st.sampled_from(["", "child", "missing", "written_by", "source"]))
def test_no_problem_repeats_a_value_or_an_unknown_fields_name(text: str, place: str) -> None:
    secret = f"\u2603{text}"  # no field's name begins so
    path = f"{place}__{secret}" if place and "__" not in secret else "reference"
    assert secret not in str(of_example("police-missing-person", **{path: secret * 20}).problems)


def test_only_those_who_may_say_that_a_child_was_found() -> None:
    outcome = of_example("police-missing-person", written_by__role="unverified")
    assert types(outcome) == ["ChildMissing", "Sighting"]
    assert [problem.reason for problem in outcome.problems] == [ProblemReason.NOT_AUTHORISED_TO_SAY]
