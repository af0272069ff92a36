"""Reports that nobody can read: each calls every agency that owes it no answer yet, on pages of its own."""

from services.core.codes import Sector
from services.wire.topics import MISSING_CHILDREN
from tests.oncall.fakes import OFFICERS, OnCall
from tests.vault.edge import Stored

POLICE, COUNCIL, HEALTH = Sector.POLICE, Sector.LOCAL_AUTHORITY, Sector.HEALTH


def paged(oncall: OnCall) -> set[str]:
    """Who was paged since this was asked before."""
    recipients = set(oncall.post.recipients)
    oncall.post.sent.clear()
    return recipients


def duty_of(*agencies: Sector) -> set[str]:
    return {OFFICERS[agency][0] for agency in agencies}


async def test_what_cannot_be_read_pages_also_where_its_source_is_a_header_without_a_value(oncall: OnCall) -> None:
    headers: tuple[tuple[str, bytes | None], ...] = (("ce_source", None),)
    await oncall.take(Stored(0, b"rubbish", MISSING_CHILDREN, b"", headers))
    assert paged(oncall) == duty_of(POLICE, COUNCIL)
