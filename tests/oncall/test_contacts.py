"""How colleagues are reached: sealed, each bound to its person, told to nobody else."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from services.core.errors import BrokenRule, Misconfigured
from services.core.oncall.pages import Way
from services.oncall.contacts import CONTACTS_KEY, Contacts, read_contacts_key
from services.oncall.reaching import ByWay, Contact
from services.runtime.database import Connection, Session
from tests.oncall.channels.messages import ADDRESS, AT

ONE, OTHER = "a" * 32, "b" * 32
EMAIL, SMS = ByWay(way=Way.EMAIL, at=SecretStr(ADDRESS)), ByWay(way=Way.NOTIFY_SMS, at=SecretStr("+447700900123"))


async def kept(session: Session, person: str, contact: Contact) -> Contacts:
    contacts = Contacts(b"k" * 32)
    await session.run(lambda connection: contacts.put(connection, person, contact, AT))
    return contacts


async def test_what_was_kept_is_found_in_its_order(session: Session) -> None:
    contacts = await kept(session, ONE, Contact(ways=(SMS, EMAIL)))
    found = await session.run(lambda connection: contacts.find(connection, ONE))
    assert found is not None
    assert found.order == (Way.NOTIFY_SMS, Way.EMAIL)
    assert found.at(Way.EMAIL).get_secret_value() == ADDRESS


async def test_what_is_kept_later_takes_the_place_of_what_was(session: Session) -> None:
    await kept(session, ONE, Contact(ways=(EMAIL,)))
    contacts = await kept(session, ONE, Contact(ways=(SMS,)))
    found = await session.run(lambda connection: contacts.find(connection, ONE))
    assert found is not None
    assert found.order == (Way.NOTIFY_SMS,)


async def test_what_is_forgotten_is_gone(session: Session) -> None:
    contacts = await kept(session, ONE, Contact(ways=(EMAIL,)))
    assert await session.run(lambda connection: contacts.forget(connection, ONE))
    assert await session.run(lambda connection: contacts.find(connection, ONE)) is None
    assert not await session.run(lambda connection: contacts.forget(connection, ONE))


async def test_a_contact_moved_to_another_person_does_not_open(session: Session) -> None:
    contacts = await kept(session, ONE, Contact(ways=(EMAIL,)))

    async def move(connection: Connection) -> None:
        await connection.execute("UPDATE contacts SET person = %s", [bytes.fromhex(OTHER)])

    await session.run(move)
    with pytest.raises(BrokenRule):
        await session.run(lambda connection: contacts.find(connection, OTHER))


async def test_another_key_opens_nothing(session: Session) -> None:
    await kept(session, ONE, Contact(ways=(EMAIL,)))
    with pytest.raises(BrokenRule):
        await session.run(lambda connection: Contacts(b"x" * 32).find(connection, ONE))


def test_no_text_of_a_contact_shows_where_somebody_is_reached() -> None:
    contact = Contact(ways=(EMAIL, SMS))
    assert [text for text in (repr(contact), str(contact), contact.model_dump_json()) if ADDRESS in text] == []


@pytest.mark.parametrize(
    "ways",
    [
        [],
        [{"way": "email", "at": "nobody"}],
        [{"way": "email", "at": "a@b.example\r\nBcc: c@d.example"}],
        [{"way": "notify_sms", "at": "07700 900123"}],
        [{"way": "webhook", "at": "ftp://a.example"}],
        [{"way": "chat", "at": "no chat"}],
        [{"way": "pigeon", "at": "home"}],
        [{"way": "email", "at": "a@b.example"}, {"way": "email", "at": "c@d.example"}],
    ],
)
def test_what_reaches_nobody_is_refused_without_being_repeated(ways: list[dict[str, Any]]) -> None:
    with pytest.raises(ValidationError) as refused:
        Contact.model_validate({"ways": ways})
    assert [one["at"] for one in ways if one["at"] in str(refused.value)] == []


def test_a_key_that_is_missing_or_cut_short_stops_the_service(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured):
        read_contacts_key(tmp_path)
    (tmp_path / CONTACTS_KEY).write_bytes(b"k" * 31)
    with pytest.raises(Misconfigured):
        read_contacts_key(tmp_path)
