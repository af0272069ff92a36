"""What a processor makes of what it is sent: every record is answered, and nothing that locates leaves in clear."""

from typing import Any, NoReturn

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from services.core.codes import OrganisationKind, Sector
from services.core.errors import BadData, BrokenRule
from services.core.sharing import Decision, Outcome
from services.core.statements import Opened, Problem, ProblemReason
from services.runtime.intake import Answers
from services.runtime.replies import QUARANTINE_PURPOSE
from services.wire import sealed_facts, topics
from services.wire.avro import Record, Schemas
from services.wire.opening import Opener
from services.wire.signing import SignedMessage, Verifier
from services.wire.submissions import MAX_CONTENT_BYTES, PURPOSE, envelope_of, reference_of
from tests.builders import an_id, day
from tests.formats.agency_forms import decided, form
from tests.runtime.edge import CHILD, ORGANISATION, PLACE, POLICE, SIGNING, SUBMISSION, VAULT, Edge, document, received

HEALTH_CONTACT = document("PoliceContact", fact={}, location={})


@pytest.fixture(scope="module")
def edge(schemas: Schemas) -> Edge:
    return Edge(schemas)


def receipt(edge: Edge, answers: Answers) -> Record:
    """The only receipt."""
    (found,) = edge.read(answers.replies, "Receipt")
    return found


def quarantined(edge: Edge, answers: Answers) -> Record:
    """The only record in quarantine."""
    (found,) = edge.read(answers.replies, "Quarantined")
    return found


def kept(record: Record) -> bytes:
    """What the agency gets back from quarantine with its own key."""
    reference = f"{record['submission_id']}:{record['source_seq']}"
    return Opener(POLICE).open(envelope_of(record), QUARANTINE_PURPOSE, reference)


def test_a_report_becomes_an_event_on_its_topic_under_its_childs_key(edge: Edge) -> None:
    answers = edge.answers(edge.report(document()))

    (event,) = edge.read(answers.said, "ChildMissing")
    (message,) = [one for one in answers.said if one.topic == topics.MISSING_CHILDREN]
    assert message.key.decode() == event["head"]["subject_id"]
    assert dict(message.headers)["ce_id"].decode() == event["head"]["event_id"]


def test_an_event_that_gates_judge_from_is_signed_by_its_agency(edge: Edge) -> None:
    said = [one for one in edge.answers(edge.report(document())).said if one.topic == topics.MISSING_CHILDREN]

    public = Ed25519PrivateKey.from_private_bytes(SIGNING).public_key().public_bytes_raw()
    (event,) = [
        Verifier({Sector.POLICE: public}).event(SignedMessage(one.topic, one.key, one.value, one.headers), edge.schemas)
        for one in said
    ]
    assert event.type == "ChildMissing"


def test_a_receipt_names_the_events_that_were_shared(edge: Edge) -> None:
    answers = edge.answers(edge.report(document(), seq=4))

    (event,) = edge.read(answers.said, "ChildMissing")
    told = receipt(edge, answers)
    assert told["events"] == [{"event_type": "ChildMissing", "event_id": event["head"]["event_id"]}]
    assert (told["submission_id"], told["source_seq"], told["outcome"]) == (SUBMISSION.submission_id, 4, "shared")
    assert told["reasons"] == ["missing"]


def test_what_one_record_says_is_shared_however_many_events_it_makes(edge: Edge) -> None:
    sightings = [{"reference": str(number)} for number in range(50)]
    forms = [form("police-missing-person", reference=f"R-{number}", sightings=sightings) for number in range(100)]
    outcome = decided(*forms, kind=OrganisationKind.POLICE_FORCE)

    answers = Edge(edge.schemas, lambda *_: outcome).answers(edge.frame({}))

    assert len(edge.read(answers.said, "Sighting")) == 100 * 50
    assert receipt(edge, answers)["outcome"] == "shared"


def test_what_locates_a_child_is_in_no_message_in_clear(edge: Edge) -> None:
    answers = edge.answers(edge.report(document()), edge.report(document(fact={"kind": "no such kind"})))

    clear = b"".join(message.key + message.value + repr(message.headers).encode() for message in everything(answers))
    for secret in (PLACE, CHILD, ORGANISATION):
        assert secret.encode() not in clear


def test_what_locates_a_child_opens_for_the_vault_alone(edge: Edge) -> None:
    sealed = edge.read(edge.answers(edge.report(document())).said, "SealedFact")

    texts = [
        Opener(VAULT).open(envelope_of(one), sealed_facts.PURPOSE, sealed_facts.reference_of(one)) for one in sealed
    ]
    assert sum(PLACE.encode() in text for text in texts) == 1


def test_the_same_record_read_again_is_the_same_event_byte_for_byte(edge: Edge) -> None:
    frame = edge.report(document())

    first, again = (
        [message for message in edge.answers(frame).said if message.topic != topics.SEALED_FACTS] for _ in range(2)
    )
    assert first == again


def test_an_event_was_received_when_the_broker_took_it(edge: Edge) -> None:
    (event,) = edge.read(edge.answers(edge.report(document())).said, "ChildMissing")

    assert event["head"]["received_at"] == day(3)


def test_a_record_without_a_reason_to_share_is_counted_and_answered_and_nothing_else(edge: Edge) -> None:
    answers = edge.answers(edge.report(HEALTH_CONTACT))

    told = receipt(edge, answers)
    assert (answers.said, len(answers.replies), answers.held_back) == ((), 1, 1)
    assert (told["outcome"], told["subject_id"], told["events"]) == ("held_back", None, [])


def test_a_record_that_is_partly_readable_is_shared_and_its_problems_are_told(edge: Edge) -> None:
    answers = edge.answers(edge.report(document(), document("Sighting", key="2", fact={"seen_by": "nobody we know"})))

    told = receipt(edge, answers)
    assert told["outcome"] == "shared"
    assert [problem["row"] for problem in told["problems"]] == [2]
    assert kept(quarantined(edge, answers)) != b""


def test_what_was_refused_is_counted_by_reason(edge: Edge) -> None:
    answers = edge.answers(b"", b"junk", edge.report(document(fact={"kind": "no such kind"})))

    assert answers.refused["unreadable_record"] == 2
    assert sum(answers.refused.values()) == 3


def altered(edge: Edge) -> bytes:
    """A record moved to another place of its submission."""
    record = edge.record({"documents": []}, seq=1)
    return edge.schemas.encode("IntakeRecord", record | {"source_seq": 2})


def too_large(edge: Edge) -> bytes:
    return edge.frame({"documents": ["x" * MAX_CONTENT_BYTES]})


def to_another(edge: Edge) -> bytes:
    return edge.frame({"documents": []}, to=VAULT)


@pytest.mark.parametrize("make", [altered, too_large, to_another])
def test_a_record_that_does_not_open_is_answered_as_a_possible_missing_report(edge: Edge, make: Any) -> None:
    frame = make(edge)
    answers = edge.answers(frame)

    told, found = receipt(edge, answers), quarantined(edge, answers)
    assert (told["outcome"], told["submission_id"]) == ("refused", SUBMISSION.submission_id)
    assert found["unreadable_missing_report"]
    assert kept(found) == frame


def test_bytes_that_are_no_record_are_answered_to_the_submission_that_their_key_names(edge: Edge) -> None:
    told = receipt(edge, edge.answers(b"junk"))

    assert (told["submission_id"], told["source_seq"], told["outcome"]) == (SUBMISSION.submission_id, -1, "refused")


@pytest.mark.parametrize("key", [b"", b"junk", b"\xff" * 32])
def test_bytes_that_name_no_submission_are_kept_all_the_same(edge: Edge, key: bytes) -> None:
    answers = edge.intake.answers([received(b"junk", key=key)])

    assert receipt(edge, answers)["submission_id"] == an_id(0)
    assert kept(quarantined(edge, answers)) == b"junk"


@pytest.mark.parametrize("error", [BadData, BrokenRule])
def test_a_record_that_breaks_a_rule_is_kept_and_its_neighbours_are_shared(edge: Edge, error: type[Exception]) -> None:
    def decide(opened: Opened, *more: Any) -> Any:
        if opened.record == {}:
            raise error
        return edge.decide(opened, *more)

    answers = Edge(edge.schemas, decide).answers(edge.frame({}), edge.report(document(), seq=1))

    outcomes = {told["source_seq"]: told["outcome"] for told in edge.read(answers.replies, "Receipt")}
    assert outcomes == {0: "refused", 1: "shared"}
    assert quarantined(edge, answers)["unreadable_missing_report"]


def test_an_answer_that_no_message_takes_is_given_in_short(edge: Edge) -> None:
    def decide(*_: Any) -> Outcome:
        problem = Problem("lantern", 1, "x" * 2000, ProblemReason.MALFORMED)
        return Outcome(Decision.REFUSED, problems=(problem,) * 200)

    answers = Edge(edge.schemas, decide).answers(edge.report(document()))

    assert [problem["reason"] for problem in receipt(edge, answers)["problems"]] == ["unreadable_record"]
    assert quarantined(edge, answers)["unreadable_missing_report"]


def test_an_error_of_ours_is_not_taken_for_bad_data(edge: Edge) -> None:
    def decide(*_: Any) -> NoReturn:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Edge(edge.schemas, decide).answers(edge.report(document()))


@given(value=st.binary(max_size=300), key=st.none() | st.binary(max_size=40))
def test_any_bytes_are_answered_once(schemas: Schemas, value: bytes, key: bytes | None) -> None:
    edge = Edge(schemas)
    answers = edge.intake.answers([received(value, key=key)])

    assert (receipt(edge, answers)["outcome"], kept(quarantined(edge, answers))) == ("refused", value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@given(said=st.dictionaries(st.sampled_from(["documents", "unreadable", "child", "rows"]) | st.text(max_size=9), JSON))
def test_any_content_is_answered_once(schemas: Schemas, said: dict[str, Any]) -> None:
    edge = Edge(schemas)

    assert receipt(edge, edge.answers(edge.frame(said)))["outcome"] in {"refused", "held_back"}


@given(st.data())
def test_a_document_with_anything_in_any_field_is_answered_once(schemas: Schemas, data: st.DataObject) -> None:
    edge = Edge(schemas)
    spoilt = document() | {data.draw(st.sampled_from(sorted(document()))): data.draw(JSON)}
    said = {"documents": [{"table": "lantern", "row": 1, "document": spoilt}]}

    assert receipt(edge, edge.answers(edge.frame(said)))["source_seq"] == 0


def test_what_a_connector_seals_is_bound_to_everything_beside_it(edge: Edge) -> None:
    record = edge.record({"documents": []})

    assert Opener(POLICE).open(envelope_of(record), PURPOSE, reference_of(record))


def everything(answers: Answers) -> tuple[Any, ...]:
    """All messages of a batch."""
    return answers.said + answers.replies
