"""What is told of alerts in twin worlds: which there were, and nothing of the time that pages take."""

from typing import Any

from services.wire.avro import Schemas
from tests.builders import an_id, day
from tests.leaks.told import of_alerts


def happened(schemas: Schemas, what: str, **changes: Any) -> bytes:
    told = {
        "alert_id": an_id(1), "at": day(1), "what": what, "kind": "missing", "severity": "high", "reasons": [],
        "agency": None, "person": None, "answer": None, "next_check_at": None, "page_key": None, "way": None,
    }  # fmt: skip
    return schemas.encode("AlertHappened", told | changes)


def test_pages_and_how_often_an_alert_is_told_do_not_show(schemas: Schemas) -> None:
    quick = [happened(schemas, "opened"), happened(schemas, "paged", agency="police", page_key="key")]
    slow = [happened(schemas, "opened", at=day(2), severity="critical"), happened(schemas, "opened")]
    assert list(of_alerts(schemas, quick)) == list(of_alerts(schemas, slow)) != []


def test_another_alert_and_another_end_show(schemas: Schemas) -> None:
    opened = [happened(schemas, "opened")]
    for other in (happened(schemas, "found"), happened(schemas, "opened", alert_id=an_id(2))):
        assert set(of_alerts(schemas, [*opened, other])) > set(of_alerts(schemas, opened))
