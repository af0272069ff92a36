"""Tables of an earlier version, with what was under way in them, brought up to date."""

import shutil
from pathlib import Path

import psycopg
import pytest

from services.oncall.contacts import contacts_of
from services.runtime.database import Database, connect
from services.runtime.migrations import upgrade
from tests.conftest import HOME
from tests.runtime.secured_postgres import SecuredPostgres

CLOSED = """
    INSERT INTO alerts (alert_id, kind, state, why, severity, reasons, published_at, opened_at, ended_at, ending)
    VALUES ('one', 'missing', 'closed', 'open_episode', 'high', '{}', now(), now(), now(), 'withdrawn')"""
WAITING = """
    INSERT INTO attempts (key, alert_id, agency, kind, severity, round, step, level, recipient, reference, due_at,
                          written_at, lease_until, tries, state)
    VALUES (%(kind)s::text::bytea, 'one', 'police', %(kind)s, 'high', 0, 0, 0, 'somebody', 'r', now(), now(),
            now(), 0, 'written')"""
REACHED = """
    INSERT INTO contacts VALUES ('\\x01', '{email}', '', '2026-01-01');
    INSERT INTO carried VALUES ('page', '\\x01', 'high', 'missing', 'r', false, '2026-02-01');
    INSERT INTO receipts VALUES ('page', 'email', 1, 'delivered', '2026-02-01')"""
STATES = "SELECT kind, state FROM attempts"


@pytest.fixture
def where(postgres: SecuredPostgres) -> Database:
    return postgres.database("oncall")


def at_revision(where: Database, last: str, home: Path) -> None:
    """The tables as the version made them whose last migration this was."""
    shutil.copytree(HOME / "infra" / "migrations", home / "infra" / "migrations")
    for path in (home / "infra" / "migrations" / "oncall").glob("*.py"):
        if path.name.partition("_")[0] > last:
            path.unlink()
    upgrade(where, "oncall", home)


def test_of_what_waits_of_a_withdrawn_alert_the_word_that_it_is_withdrawn_still_leaves(
    where: Database, tmp_path: Path
) -> None:
    at_revision(where, "0070", tmp_path)
    with psycopg.connect(where.conninfo, options=where.options) as connection:
        connection.execute(CLOSED)
        for kind in ("missing", "withdrawn"):
            connection.execute(WAITING, {"kind": kind})

    upgrade(where, "oncall", HOME)

    with psycopg.connect(where.conninfo, options=where.options) as connection:
        assert dict(connection.execute(STATES).fetchall()) == {"missing": "void", "withdrawn": "written"}


async def test_whoever_was_reached_before_is_known_to_be(where: Database, tmp_path: Path) -> None:
    at_revision(where, "0080", tmp_path)
    with psycopg.connect(where.conninfo, options=where.options) as connection:
        connection.execute(REACHED)

    upgrade(where, "oncall", HOME)

    async with await connect(where) as connection:
        [email] = (await contacts_of(connection, ["01"]))["01"]
    assert email.works
