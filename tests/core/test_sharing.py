import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from services.core.claims import Name, Subject
from services.core.codes import (
    ClaimStatus,
    FoundHow,
    MissingKind,
    NameKind,
    OrganisationKind,
    Role,
    SealedField,
    Sector,
)
from services.core.events import Event
from services.core.facts import (
    ChildFound,
    ChildMissing,
    HealthAttendance,
    KinshipClaimed,
    PlacementStarted,
    RecordsLinked,
    ReferralMade,
    ReportWithdrawn,
)
from services.core.ids import FactId, SubjectId
from services.core.reasons import Reason
from services.core.sharing import Decision, Edge, SealedFact, share
from services.core.statements import SENTENCES, Problem, ProblemReason, Record
from services.core.wording import shared_fields
from tests.core.said import EDGE, KEYS, NOW, WORDS, born, edges, locations, record, records, statement

MISSING = ChildMissing(MissingKind.MISSING)
UNREADABLE = Problem("lantern", 1, None, ProblemReason.NOT_JSON, missing_report=True)


def unsealed(events: Iterable[Event]) -> str:
    return str(list(events))


def test_every_reason_to_refuse_has_its_sentence() -> None:
    assert set(SENTENCES) == set(ProblemReason)


def test_a_record_without_a_reason_is_held_back_and_kept_nowhere() -> None:
    outcome = share(record(), EDGE)
    assert (outcome.decision, outcome.events, outcome.sealed_facts, outcome.quarantine) == (
        Decision.HELD_BACK,
        (),
        (),
        False,
    )


def test_a_fact_without_a_reason_of_its_own_is_shared_beside_one_that_has() -> None:
    authority = replace(EDGE, sector=Sector.LOCAL_AUTHORITY)
    placed = statement(PlacementStarted(), role=Role.SOCIAL_WORKER)
    said = record(placed, statement(MISSING), kind=OrganisationKind.LOCAL_AUTHORITY)
    assert [event.type for event in share(said, authority).events] == ["PlacementStarted", "ChildMissing"]


def test_what_a_body_may_not_say_is_refused_and_the_rest_is_shared() -> None:
    outcome = share(record(statement(PlacementStarted(), role=Role.POLICE_OFFICER), statement(MISSING)), EDGE)
    assert [event.type for event in outcome.events] == ["ChildMissing"]
    assert [problem.reason for problem in outcome.problems] == [ProblemReason.NOT_AUTHORISED_TO_SAY]


def test_what_has_not_happened_yet_is_refused() -> None:
    outcome = share(record(statement(ReferralMade(), on=NOW + timedelta(days=2))), EDGE)
    assert [problem.reason for problem in outcome.problems] == [ProblemReason.IN_THE_FUTURE]


def test_an_ending_of_what_is_still_to_be_reported_is_refused_unless_it_names_its_episode() -> None:
    def shared(found: ChildFound, hours: int) -> bool:
        said = statement(found, on=NOW + timedelta(hours=hours), role=Role.POLICE_OFFICER)
        return "ChildFound" in {event.type for event in share(record(statement(MISSING), said), EDGE).events}

    assert [shared(ChildFound(), hours) for hours in (1, 2)] == [True, False]
    assert shared(ChildFound(FactId("1" * 32)), 20)


def test_a_record_of_which_all_is_an_adults_is_refused() -> None:
    outcome = share(record(statement(ReferralMade(), subject=born("1980-01-01"))), EDGE)
    assert (outcome.decision, [problem.reason for problem in outcome.problems]) == (
        Decision.REFUSED,
        [ProblemReason.ADULT_AT_DATE_OF_FACT],
    )


def test_an_adults_record_without_a_reason_is_refused_as_an_adults_and_kept_nowhere() -> None:
    edge = replace(EDGE, sector=Sector.HEALTH)
    attended = statement(HealthAttendance(), role=Role.CLINICIAN, subject=born("1980-01-01"))
    outcome = share(record(attended, kind=OrganisationKind.HEALTH_BODY), edge)
    assert (outcome.decision, [problem.reason for problem in outcome.problems]) == (
        Decision.REFUSED,
        [ProblemReason.ADULT_AT_DATE_OF_FACT],
    )
    assert (outcome.events, outcome.sealed_facts, outcome.quarantine) == ((), (), False)


def test_a_missing_report_that_cannot_be_read_is_kept_although_it_stands_beside_an_adults_fact() -> None:
    said = record(statement(ReferralMade(), subject=born("1980-01-01")))
    assert share(replace(said, problems=(UNREADABLE,)), EDGE).quarantine


def test_a_record_of_which_nothing_could_be_read_is_refused_and_raises_the_alarm() -> None:
    outcome = share(Record("ORGANISATION-1", OrganisationKind.POLICE_FORCE, "", problems=(UNREADABLE,)), EDGE)
    assert (outcome.decision, outcome.subject_id, outcome.unreadable_missing_report) == (Decision.REFUSED, None, True)


def test_a_found_child_is_tied_to_the_episode_by_the_agencys_own_key() -> None:
    found = replace(statement(ChildFound(how=FoundHow.SEEN_IN_PERSON), role=Role.POLICE_OFFICER), episode_key="e-1")
    episode, end = share(record(statement(MISSING, key="e-1"), found), EDGE).events
    assert isinstance(end.fact, ChildFound)
    assert end.fact.episode == episode.head.fact_id


def test_a_report_is_taken_back_as_the_very_fact_that_it_was() -> None:
    made, back = (
        statement(MISSING, key="episode-1"),
        statement(ReportWithdrawn(), key="episode-1", role=Role.POLICE_OFFICER),
    )
    facts = [event.head.fact_id for event in share(record(made, back), EDGE).events]
    assert facts[0] == facts[1]


def test_an_enquirer_has_one_handle_and_no_reference_in_what_is_shared() -> None:
    claims = [replace(statement(KinshipClaimed(""), key=key), enquirer_reference="REF-1") for key in ("a", "b")]
    events = share(record(*claims), EDGE).events
    handles = {event.fact.enquirer for event in events if isinstance(event.fact, KinshipClaimed)}
    assert (len(handles), "REF-1" in unsealed(events), "" in handles) == (1, False, False)


def test_a_decision_about_identity_stands_under_the_record_that_it_is_about() -> None:
    decided = statement(RecordsLinked(SubjectId("b" * 32)), role=Role.COORDINATOR)
    said = Record(
        "O", OrganisationKind.POLICE_FORCE, "lantern/1", subject_id=SubjectId("a" * 32), statements=(decided,)
    )
    outcome = share(said, EDGE)
    assert outcome.subject_id == "a" * 32
    assert outcome.reasons == {Reason.IDENTITY_DECIDED}


def test_nothing_is_recorded_after_it_was_received() -> None:
    (event,) = share(record(statement(MISSING, recorded_at=NOW + timedelta(days=9999))), EDGE).events
    assert event.head.recorded_at == NOW


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=8))
def test_what_was_recorded_after_its_receipt_keeps_its_order(hours: list[int]) -> None:
    said = [
        replace(statement(MISSING, recorded_at=NOW + timedelta(hours=hour)), natural_key=str(number))
        for number, hour in enumerate(hours)
    ]
    at = [event.head.recorded_at for event in share(record(*said), EDGE).events]
    assert max(at) <= NOW
    assert [(a < b, a == b) for a, b in pairwise(at)] == [(a < b, a == b) for a, b in pairwise(hours)]


def test_a_field_that_is_empty_is_no_part_of_an_events_id() -> None:
    (event,) = share(record(statement(MISSING)), EDGE).events
    assert "subject_key" not in json.loads(shared_fields(event))["head"]


def test_a_corrected_claim_is_another_event_of_the_same_fact() -> None:
    named = Subject(names=(Name("Given Family", NameKind.FULL, ClaimStatus.CLAIMED),))
    (before,), (after,) = (share(record(statement(MISSING, subject=s)), EDGE).events for s in (Subject(), named))
    assert (before.head.fact_id == after.head.fact_id, before.head.event_id == after.head.event_id) == (True, False)


@given(records(missing=True), edges)
def test_a_record_with_a_missing_report_is_always_shared(said: Record, edge: Edge) -> None:
    outcome = share(said, edge)
    assert (outcome.decision, Reason.MISSING in outcome.reasons) == (Decision.SHARED, True)
    assert any(isinstance(event.fact, ChildMissing) for event in outcome.events)


@given(records(), edges)
def test_what_is_not_shared_leaves_nothing_behind(said: Record, edge: Edge) -> None:
    outcome = share(said, edge)
    if outcome.decision is not Decision.SHARED:
        assert (outcome.events, outcome.sealed_facts, outcome.reasons) == ((), (), frozenset())


@given(records(), edges)
def test_every_statement_is_shared_or_its_record_held_back_or_a_problem_says_why_not(said: Record, edge: Edge) -> None:
    outcome = share(said, edge)
    refused = sum(problem.table == "lantern" for problem in outcome.problems)
    if outcome.decision is Decision.SHARED:
        assert len(outcome.events) + refused <= len(said.statements)
        assert refused or len(outcome.events) == len(said.statements)


@given(records(), edges, st.lists(locations, min_size=6, max_size=6), st.lists(WORDS, min_size=6, max_size=6))
def test_another_place_or_another_word_changes_no_shared_byte(
    said: Record, edge: Edge, places: list[dict[str, str]], words: list[str]
) -> None:
    moved = replace(
        said,
        sealed_identifiers={"upn": words[0]},
        statements=tuple(
            replace(each, location=place, narrative=word)
            for each, place, word in zip(said.statements, places, words, strict=False)
        ),
    )
    before, after = share(said, edge), share(moved, edge)
    assert (before.events, before.problems, before.reasons) == (after.events, after.problems, after.reasons)


@given(records(missing=True), edges)
def test_the_same_record_received_later_says_the_same_events(said: Record, edge: Edge) -> None:
    later = replace(edge, received_at=edge.received_at + timedelta(days=1))
    ids = [[event.head.event_id for event in share(said, at).events] for at in (edge, later)]
    assert ids[0] == ids[1]


@given(records(missing=True), edges)
def test_no_sealed_text_stands_in_a_shared_event(said: Record, edge: Edge) -> None:
    """Each sealed text is made one that nothing permitted can be, and looked for."""
    mark = "\u2603"
    assume(mark not in repr(said))
    marked = replace(
        said,
        organisation=said.organisation + mark,
        system=said.system + mark,
        source_id=f"{said.source_id}{mark}",
        sealed_identifiers={key: text + mark for key, text in said.sealed_identifiers.items()},
        statements=tuple(
            replace(
                each,
                natural_key=each.natural_key + mark,
                location={key: text + mark for key, text in each.location.items()},
                narrative=each.narrative + mark,
                enquirer_reference=each.enquirer_reference and each.enquirer_reference + mark,
                people={name: subject + mark for name, subject in each.people.items()},
                episode_key=each.episode_key and each.episode_key + mark,
            )
            for each in said.statements
        ),
    )
    outcome = share(marked, edge)
    contents = [sealed.content for sealed in outcome.sealed_facts]
    assert (mark in unsealed(outcome.events), mark in str(contents)) == (False, True)
    assert mark not in repr(marked) + repr(outcome)


@given(records(missing=True), edges)
def test_every_sealed_fact_hangs_on_its_fact_or_on_the_record(said: Record, edge: Edge) -> None:
    outcome = share(said, edge)
    own = {event.head.fact_id for event in outcome.events}
    of_facts = [sealed for sealed in outcome.sealed_facts if sealed.fact_id in own]
    assert SealedField.ORGANISATION not in {sealed.field for sealed in of_facts}
    assert len({sealed.fact_id for sealed in outcome.sealed_facts} - own) <= 1
    assert {sealed.subject_id for sealed in outcome.sealed_facts} == {outcome.subject_id}


def test_another_key_gives_other_ids() -> None:
    one, other = (
        share(record(statement(MISSING)), replace(EDGE, keys=keys)) for keys in (KEYS, replace(KEYS, own=b"other"))
    )
    assert one.subject_id != other.subject_id
    assert one.events[0].head.org != other.events[0].head.org


def test_a_sealed_fact_says_what_it_seals_in_plain_words_for_the_vault() -> None:
    outcome = share(record(statement(MISSING, location={"last_seen": "Station 1"}, narrative="Seen there.")), EDGE)
    assert {sealed.field: sealed.content for sealed in outcome.sealed_facts} == {
        SealedField.ORGANISATION: {
            "organisation": "ORGANISATION-1",
            "kind": "police_force",
            "handle": outcome.events[0].head.org,
        },
        SealedField.IDENTIFIERS: {"system": "system-1", "child": "CHILD-1"},
        SealedField.LOCATION: {"last_seen": "Station 1"},
        SealedField.NARRATIVE: {"text": "Seen there."},
    }
    assert all(isinstance(sealed, SealedFact) for sealed in outcome.sealed_facts)
