"""What a message says of itself outside its record: CloudEvents 1.0 headers in Kafka's binary content mode."""

from datetime import datetime

from services.core.codes import Sector

Headers = tuple[tuple[str, bytes], ...]

CONTENT_TYPE = b"application/avro"


def headers(event_id: str, type_: str, sector: Sector, time: datetime) -> Headers:
    """The headers of one event; its source is the sector alone, because an organisation can locate a child.

    `time` is aware and in UTC, as in every head.
    """
    return (
        ("ce_specversion", b"1.0"),
        ("ce_id", event_id.encode()),
        ("ce_type", f"lantern.{type_}".encode()),
        ("ce_source", f"/lantern/{sector.value}".encode()),
        ("ce_time", time.isoformat().encode()),
        ("content-type", CONTENT_TYPE),
    )


def own_headers(service: str, type_: str, number: int) -> Headers:
    """The headers of message `number` of one of the hub's own services; its times stand in the message itself."""
    return (
        ("ce_specversion", b"1.0"),
        ("ce_id", str(number).encode()),
        ("ce_type", f"lantern.{type_}".encode()),
        ("ce_source", f"/lantern/{service}".encode()),
        ("content-type", CONTENT_TYPE),
    )


def checkpoint_headers(service: str, chain: str, number: int, time: datetime) -> Headers:
    """The headers of a service's checkpoint of its audit; `time` is aware and in UTC."""
    return (
        ("ce_specversion", b"1.0"),
        ("ce_id", f"{chain}/{number}/{time.isoformat()}".encode()),
        ("ce_type", b"lantern.AuditCheckpoint"),
        ("ce_source", f"/lantern/{service}".encode()),
        ("ce_time", time.isoformat().encode()),
        ("content-type", CONTENT_TYPE),
    )
