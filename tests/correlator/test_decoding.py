"""What is taken from a record of Kafka, and which identifiers of it may join it to others."""

from random import Random

import pytest

from services.core.claims import Identifier, Subject
from services.core.codes import ClaimStatus, IdentifierScheme
from services.core.errors import Unreadable
from services.correlator.decoding import Decoder, claims_of
from services.correlator.said import Claim
from services.wire.records import record_of, to_record
from tests.builders import day
from tests.correlator.histories import a_history, said
from tests.correlator.tables import Delivered

NHS = IdentifierScheme.NHS_NUMBER


def claims(value: str, status: ClaimStatus) -> frozenset[Claim]:
    return claims_of({"subject": record_of(Subject(identifiers=(Identifier(NHS, value, status),)))})


@pytest.mark.parametrize("status", [ClaimStatus.DOCUMENTED, ClaimStatus.ASSESSED, ClaimStatus.CLAIMED])
def test_an_identifier_that_is_claimed_may_join(status: ClaimStatus) -> None:
    assert claims("1", status) == {Claim(NHS, "1", disputed=False)}


def test_an_identifier_that_is_disputed_is_taken_as_a_dispute() -> None:
    assert claims("1", ClaimStatus.DISPUTED) == {Claim(NHS, "1", disputed=True)}


def test_an_unverified_identifier_neither_joins_nor_disputes() -> None:
    assert claims("1", ClaimStatus.UNVERIFIED) == frozenset()


@pytest.mark.parametrize("value", ["", " ", "\t"])
def test_an_empty_identifier_joins_nobody(value: str) -> None:
    assert claims(value, ClaimStatus.DOCUMENTED) == frozenset()


@pytest.mark.parametrize("status", [ClaimStatus.DOCUMENTED, ClaimStatus.DISPUTED])
@pytest.mark.parametrize("value", ["0000000000", "9999999999", "1234567890", "UNKNOWN1", "00/0A", "A000000"])
def test_a_number_that_stands_where_none_is_known_joins_and_parts_nobody(value: str, status: ClaimStatus) -> None:
    assert claims(value, status) == frozenset()


def test_an_event_is_taken_as_it_was_said_and_known_since_kafka_appended_it(decoder: Decoder) -> None:
    event = next(event for event in a_history(Random(1), 50) if event.type == "PoliceContact")
    frame = decoder.schemas.encode(event.type, to_record(event))
    expected = said(event)
    appended_ms = round(day(5).timestamp() * 1000)
    [read] = decoder.decode([Delivered("contacts.v1", 3, appended_ms, frame)])
    assert read.said
    assert (read.said.claims, read.said.frame, read.said.entry.known_at) == (expected.claims, frame, day(5))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, Unreadable.NOT_FRAMED),
        (b"", Unreadable.NOT_FRAMED),
        (b"plain text", Unreadable.NOT_FRAMED),
        (b"\x00\x7f\xff\xff\xff", Unreadable.UNKNOWN_SCHEMA),
    ],
)
def test_what_cannot_be_read_has_a_reason_and_no_words(
    decoder: Decoder, value: bytes | None, reason: Unreadable
) -> None:
    [read] = decoder.decode([Delivered("contacts.v1", 3, 0, value)])
    assert (read.offset, read.said, read.unreadable) == (3, None, reason)


def test_every_prefix_of_an_event_is_refused(decoder: Decoder) -> None:
    event = a_history(Random(2), 1)[0]
    frame = decoder.schemas.encode(event.type, to_record(event))
    reads = decoder.decode([Delivered("contacts.v1", 0, 0, frame[:end]) for end in range(len(frame))])
    assert all(read.said is None and read.unreadable for read in reads)
