"""A session is known by its secret alone and lasts as long as it may; what is in the tables is of no use."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.codes import OrganisationKind, Sector
from services.core.rights import Person, PersonRole
from services.runtime.database import Connection, Session
from services.runtime.signin import sessions
from services.runtime.signin.provider import Request
from services.runtime.signin.sessions import ABSOLUTE, IDLE, PENDING, Held, Pending, alive
from tests.builders import START, an_id

PERSON = Person(an_id(1), PersonRole.SOCIAL_WORKER, an_id(2), OrganisationKind.LOCAL_AUTHORITY, Sector.LOCAL_AUTHORITY)
SECRET = "s" * 43
HELD = Held(PERSON, "the.identity.token", START, START, START)
PENDING_ONE = Pending(Request("state", "nonce", "verifier"), anew=False, next_path="/", began_at=START)
MINUTE = timedelta(minutes=1)

Find = Callable[[str, datetime], object]


async def begin(session: Session, secret: str = SECRET, held: Held = HELD) -> None:
    await session.run(lambda connection: sessions.begin(connection, secret, held))


async def find(session: Session, secret: str, now: datetime) -> Held | None:
    return await session.run(lambda connection: sessions.find(connection, secret, now))


async def watch(session: Session, now: datetime, *secrets: str) -> dict[str, Held | None]:
    return await session.run(lambda connection: sessions.find_all(connection, secrets, now))


async def execute(session: Session, statement: str) -> None:
    async def work(connection: Connection) -> None:
        await connection.execute(statement.encode())

    await session.run(work)


async def test_a_session_says_who_is_signed_in(session: Session) -> None:
    await begin(session)
    assert await find(session, SECRET, START + MINUTE) == HELD


@pytest.mark.parametrize("secret", ["", "t" * 43, SECRET[:-1], SECRET.upper()])
async def test_no_other_secret_does(session: Session, secret: str) -> None:
    await begin(session)
    assert await find(session, secret, START) is None


async def test_a_session_that_is_not_used_ends_after_half_an_hour(session: Session) -> None:
    await begin(session)
    assert await watch(session, START + IDLE - MINUTE, SECRET) == {SECRET: HELD}
    assert await find(session, SECRET, START + IDLE) is None


async def test_a_session_that_is_used_lives_on_and_ends_after_twelve_hours(session: Session) -> None:
    await begin(session)
    now = START
    while now < START + ABSOLUTE:
        assert await find(session, SECRET, now)
        now += IDLE - MINUTE
    assert await find(session, SECRET, START + ABSOLUTE) is None


async def test_watching_is_no_use(session: Session) -> None:
    await begin(session)
    for minutes in range(0, 30, 5):
        assert await watch(session, START + MINUTE * minutes, SECRET) == {SECRET: HELD}
    assert await watch(session, START + IDLE, SECRET) == {SECRET: None}


async def test_each_of_many_browsers_is_found_as_it_would_be_by_itself(session: Session) -> None:
    ages = {secret: MINUTE * minutes for secret, minutes in {"a": 0, "b": 10, "c": 29, "d": 30, "e": 700}.items()}
    for number, (secret, age) in enumerate(ages.items()):
        who = Person(an_id(number), *_rest(PERSON))
        await begin(session, secret, Held(who, secret, START, START - age, START - age))
    alone = {secret: (await watch(session, START, secret))[secret] for secret in (*ages, "f")}
    assert await watch(session, START, *ages, "f") == alone
    assert [secret for secret, held in alone.items() if held and held.token == secret] == ["a", "b", "c"]


@given(
    began=st.integers(0, 24 * 60), seen=st.integers(0, 24 * 60), now=st.integers(0, 24 * 60), later=st.integers(0, 600)
)
def test_what_has_ended_never_lives_again(began: int, seen: int, now: int, later: int) -> None:
    times = START + MINUTE * began, START + MINUTE * seen
    assert alive(*times, START + MINUTE * now) or not alive(*times, START + MINUTE * (now + later))


async def test_a_session_that_was_ended_is_nobodys(session: Session) -> None:
    await begin(session)
    await session.run(lambda connection: sessions.end(connection, SECRET))
    assert await find(session, SECRET, START) is None


async def test_all_sessions_of_a_person_can_be_ended_and_no_others(session: Session) -> None:
    other = Held(Person(an_id(3), *_rest(PERSON)), "token", START, START, START)
    await begin(session, "a")
    await begin(session, "b")
    await begin(session, "c", other)
    assert await session.run(lambda connection: sessions.end_all(connection, PERSON.handle)) == 2
    assert [await find(session, secret, START) for secret in "abc"] == [None, None, other]


def _rest(person: Person) -> tuple[PersonRole, str, OrganisationKind, Sector]:
    return person.role, person.organisation, person.kind, person.sector


async def test_the_tables_hold_neither_the_secret_nor_the_token_nor_the_role(session: Session) -> None:
    await begin(session)

    async def everything(connection: Connection) -> str:
        found = await connection.execute("SELECT sessions::text FROM sessions")
        return str(await found.fetchall())

    text = await session.run(everything)
    found = [word for word in (SECRET, HELD.token, PERSON.role.value) if word in text or word.encode().hex() in text]
    assert found == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sessions SET sealed = set_byte(sealed, 30, get_byte(sealed, 30) # 1)",
        "UPDATE sessions SET sealed = 'short'",
        "UPDATE sessions AS mine SET sealed = other.sealed FROM sessions AS other WHERE other.person <> mine.person",
    ],
)
async def test_a_session_that_somebody_altered_in_the_tables_is_none(session: Session, statement: str) -> None:
    await begin(session)
    await begin(session, "other", Held(Person(an_id(3), *_rest(PERSON)), "token", START, START, START))
    await execute(session, statement)
    assert await find(session, SECRET, START) is None


async def test_a_sign_in_is_answered_once(session: Session) -> None:
    await session.run(lambda connection: sessions.begin_sign_in(connection, SECRET, PENDING_ONE))
    taken = [await session.run(lambda c: sessions.take_sign_in(c, SECRET, START)) for _ in range(2)]
    assert taken == [PENDING_ONE, None]


async def test_a_sign_in_that_took_too_long_is_none(session: Session) -> None:
    await session.run(lambda connection: sessions.begin_sign_in(connection, SECRET, PENDING_ONE))
    assert await session.run(lambda c: sessions.take_sign_in(c, SECRET, START + PENDING)) is None


async def test_another_browsers_sign_in_is_not_taken(session: Session) -> None:
    await session.run(lambda connection: sessions.begin_sign_in(connection, SECRET, PENDING_ONE))
    assert await session.run(lambda c: sessions.take_sign_in(c, "other", START)) is None
    assert await session.run(lambda c: sessions.take_sign_in(c, SECRET, START)) == PENDING_ONE


async def test_what_is_over_is_forgotten(session: Session) -> None:
    await begin(session)
    later = START + ABSOLUTE
    await begin(session, "later", Held(PERSON, "token", later, later, later))

    async def count(connection: Connection) -> int:
        found = await (await connection.execute("SELECT count(*) FROM sessions")).fetchone()
        assert found is not None
        return int(found[0])

    assert await session.run(count) == 1


def test_no_two_secrets_are_the_same_and_each_is_long() -> None:
    made = {sessions.new_secret() for _ in range(100)}
    assert len(made) == 100
    assert {len(secret) for secret in made} == {43}


def test_neither_a_session_nor_a_sign_in_shows_what_it_must_not() -> None:
    assert "identity" not in repr(HELD)
    assert "verifier" not in repr(PENDING_ONE)
