"""The words of a page, from a fixed table a language: nothing of the event is in them, so nothing of it can be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.core.oncall.alerts import AlertKind, Severity
from services.core.oncall.pages import Page


class Language(StrEnum):
    """In which a person is paged; another language is another line of the table."""

    ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Phrases:
    """One language's fixed sentences; in braces what the hub itself puts in. `over_`: of an alert that is withdrawn."""

    severity: Mapping[Severity, str]
    subject: str
    drill_subject: str
    body: str
    drill_body: str
    short: str
    drill_short: str
    over_subject: str
    over_body: str
    over_short: str


@dataclass(frozen=True, slots=True)
class Words:
    """A page in words: an e-mail's subject and body, and one line for a telephone or a chat."""

    subject: str
    body: str
    short: str


_ENGLISH = Phrases(
    severity={Severity.CRITICAL: "critical", Severity.HIGH: "high", Severity.STANDARD: "standard"},
    subject="Lantern: {severity} alert {reference}",
    drill_subject="Lantern drill: {severity} alert {reference}",
    body="""\
An alert waits for your answer. Its severity is {severity}.

Sign in to see it, and to answer:
{link}

Your reference: {reference}

This message says nothing more, on purpose. The reference is yours alone, and opens nothing.
If you are not on duty, sign in and say so: it then goes to whoever is.
""",
    drill_body="""\
This is a drill. No child is missing. Answer it as you would answer an alert: its severity is {severity}.

Sign in to see it, and to answer:
{link}

Your reference: {reference}
""",
    short="Lantern: {severity} alert {reference}. Sign in to see it and to answer: {link}",
    drill_short="Lantern drill: {severity} alert {reference}. Sign in to answer: {link}",
    over_subject="Lantern: nothing more is asked, {reference}",
    over_body="""\
An alert of which you were told is over. Nothing more is asked of you.

Sign in to see why:
{link}

Your reference: {reference}

This message says nothing more, on purpose. The reference is yours alone, and opens nothing.
""",
    over_short="Lantern: nothing more is asked of you, {reference}. Sign in to see why: {link}",
)
PHRASES: Mapping[Language, Phrases] = {Language.ENGLISH: _ENGLISH}


def words(page: Page, link: str, language: Language = Language.ENGLISH) -> Words:
    """Say a page; `link` is where people sign in, the same in every page."""
    phrases = PHRASES[language]
    put_in = {"severity": phrases.severity[page.severity], "reference": grouped(page.reference), "link": link}
    return Words(*(text.format_map(put_in) for text in _chosen(phrases, page)))


def _chosen(phrases: Phrases, page: Page) -> tuple[str, str, str]:
    if page.drill:
        return phrases.drill_subject, phrases.drill_body, phrases.drill_short
    if page.kind is AlertKind.WITHDRAWN:
        return phrases.over_subject, phrases.over_body, phrases.over_short
    return phrases.subject, phrases.body, phrases.short


def grouped(reference: str) -> str:
    """A reference as it is read out: two groups of four."""
    return f"{reference[:4]}-{reference[4:]}"
