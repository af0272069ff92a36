import pytest

from services.formats.cut import looks_missing


@pytest.mark.parametrize(
    "content",
    [
        b'{"event": "ChildMissing"',
        b'{"event":"child_missing"',
        b'{"event" : "ReportedMissing"',
        "CHILD,DOB,MISSING,MIS_START".encode("utf-16"),
        b"a missing child",
        b'"missing_person_referral"',
        b'{"text": "Child went missing"}',
    ],
)
def test_what_may_be_a_missing_report_is_told_where_it_cannot_be_read(content: bytes) -> None:
    assert looks_missing(content)


@pytest.mark.parametrize("content", [b"", b'{"event": "ReferralMade"}', b"some pages are missing"])
def test_what_cannot_be_a_missing_report_raises_no_alarm(content: bytes) -> None:
    assert not looks_missing(content)
