"""Headers are CloudEvents that any client can read."""

from datetime import UTC, datetime

from services.core.codes import Sector
from services.wire.envelope import headers, own_headers


def test_headers_are_cloudevents_in_binary_mode() -> None:
    moment = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert dict(headers("0" * 32, "ChildMissing", Sector.POLICE, moment)) == {
        "ce_specversion": b"1.0",
        "ce_id": b"0" * 32,
        "ce_type": b"lantern.ChildMissing",
        "ce_source": b"/lantern/police",
        "ce_time": b"2026-03-02T09:30:00+00:00",
        "content-type": b"application/avro",
    }


def test_a_service_of_the_hub_names_itself_and_counts_its_messages() -> None:
    assert dict(own_headers("vault", "DecisionWaiting", 7)) == {
        "ce_specversion": b"1.0",
        "ce_id": b"7",
        "ce_type": b"lantern.DecisionWaiting",
        "ce_source": b"/lantern/vault",
        "content-type": b"application/avro",
    }
