"""Every page of the scenario, and of a drill, letter by letter: the fixed words, a reference, and nothing else."""

import json
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from services.core.oncall.wording import PHRASES, Language
from services.runtime.local.waiting import until
from tests.edition import LocalEdition

LONGEST_SECONDS = 60
HEADERS = {
    "from", "to", "subject", "date", "message-id", "auto-submitted", "importance", "content-type",
    "content-transfer-encoding", "mime-version",
}  # fmt: skip


@pytest.fixture(scope="module")
def mails(edition: LocalEdition) -> list[EmailMessage]:
    """What the mail catcher has after the scenario and a drill."""
    edition.done("up", "--demo")
    signed_in = edition.done("login", "--as", "police-duty-officer")
    assert "duty officer" in signed_in
    drill = json.loads(edition.done("oncall", "drill", "--no-wait", "--json"))
    edition.done("login", "--as", "coordinator")
    assert until(lambda: any("drill" in str(mail["subject"]) for mail in caught(edition)), LONGEST_SECONDS), drill
    return list(caught(edition))


def caught(edition: LocalEdition) -> Iterator[EmailMessage]:
    for path in sorted((edition.data / "mail").glob("*.eml")):
        yield message_from_bytes(path.read_bytes(), policy=policy.default)


def said(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return f"{mail['subject']}\n{body.get_content()}".replace("\r\n", "\n")


def shapes(link: str) -> list[str]:
    """What a page may look like: the table's words, with a severity, a reference and the link put in."""
    phrases = PHRASES[Language.ENGLISH]
    severities = "|".join(map(re.escape, phrases.severity.values()))
    put_in = {"{severity}": f"(?:{severities})", "{reference}": "[0-9A-Z]{4}-[0-9A-Z]{4}", "{link}": re.escape(link)}
    kinds = ("", "drill_", "over_")
    texts = [re.escape(f"{getattr(phrases, f'{kind}subject')}\n{getattr(phrases, f'{kind}body')}") for kind in kinds]
    for name, shape in put_in.items():
        texts = [text.replace(re.escape(name), shape) for text in texts]
    return texts


def test_the_police_and_the_authority_were_paged_by_the_scenario(mails: list[EmailMessage]) -> None:
    assert len([mail for mail in mails if "drill" not in mail["subject"]]) >= 2


def test_no_page_says_anything_but_the_fixed_words(edition: LocalEdition, mails: list[EmailMessage]) -> None:
    link = f"http://127.0.0.1:{edition.parts.ports['casefeed']}"
    fits = [re.compile(shape) for shape in shapes(link)]
    assert [said(mail) for mail in mails if not any(shape.fullmatch(said(mail)) for shape in fits)] == []


def test_no_page_says_anything_in_its_headers(mails: list[EmailMessage]) -> None:
    assert {name.lower() for mail in mails for name in mail} == HEADERS
    told = [(mail["from"], mail["to"], mail["message-id"]) for mail in mails]
    shape = ("lantern@lantern.example", r"person-\d\d@on-duty\.example", r"<[0-9a-f]{32}@lantern\.example>")
    assert [head for head in told if not all(map(re.fullmatch, shape, head))] == []


def test_no_two_people_have_one_reference(mails: list[EmailMessage]) -> None:
    found = [(re.findall(r"reference: (\S+)", said(mail))[0], mail["to"]) for mail in mails]
    assert len({reference for reference, _ in found}) == len(set(found))


def test_the_terminal_shows_what_was_caught(edition: LocalEdition, mails: list[EmailMessage]) -> None:
    shown = json.loads(edition.done("oncall", "inbox", "--last", "1000", "--json"))
    assert {one["message_id"] for one in shown} >= {mail["message-id"] for mail in mails}
