"""A page has no room for words: only severity, drill, reference and whether anything is asked still can differ."""

import dataclasses
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.ids import MalformedId
from services.core.oncall.alerts import AlertKind, Severity
from services.core.oncall.pages import NotAPage, Page, reference_of
from services.core.oncall.wording import PHRASES, Language, grouped, words

LINK = "https://lantern.example/signin"
handles = st.binary(min_size=16, max_size=16).map(bytes.hex)
references = st.binary(min_size=5, max_size=5).map(reference_of)
pages = st.builds(
    Page, handles, st.sampled_from(Severity), st.sampled_from(AlertKind), references, st.booleans()
)  # fmt: skip
GOOD: dict[str, Any] = {
    "recipient": "0" * 32,
    "severity": Severity.HIGH,
    "kind": AlertKind.MISSING,
    "reference": "0123ABCD",
    "drill": False,
}


@given(st.sampled_from(sorted(GOOD)), st.text())
def test_no_text_of_an_event_can_be_put_into_a_page(field: str, text: str) -> None:
    if field == "reference" and re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{8}", text):
        return
    with pytest.raises((NotAPage, MalformedId)):
        Page(**{**GOOD, field: text})


def test_a_page_has_these_fields_and_no_others() -> None:
    assert {field.name for field in dataclasses.fields(Page)} == set(GOOD)


@given(pages, st.sampled_from(Language))
def test_a_pages_words_are_the_tables_with_severity_link_and_reference_put_in(page: Page, language: Language) -> None:
    phrases = PHRASES[language]
    said = words(page, LINK, language)
    for text in (said.subject, said.body, said.short):
        bare = text.replace(grouped(page.reference), "{reference}").replace(LINK, "{link}")
        fixed = {
            fixed.replace("{severity}", phrases.severity[page.severity])
            for name in ("subject", "body", "short")
            for fixed in (getattr(phrases, kind + name) for kind in ("", "drill_", "over_"))
        }
        assert bare in fixed


@given(pages, handles, st.sampled_from(AlertKind))
def test_whom_it_is_for_and_what_happened_change_no_letter_of_it(page: Page, other: str, kind: AlertKind) -> None:
    """But that nothing more is asked, where a report was withdrawn."""
    if AlertKind.WITHDRAWN not in {page.kind, kind}:
        assert words(page, LINK) == words(dataclasses.replace(page, recipient=other, kind=kind), LINK)


@given(pages)
def test_a_page_asks_nothing_where_a_report_was_withdrawn_and_only_there(page: Page) -> None:
    said = words(dataclasses.replace(page, drill=False), LINK)
    asks_nothing = [("nothing more is asked" in text.lower()) for text in (said.subject, said.body, said.short)]
    assert asks_nothing == [page.kind is AlertKind.WITHDRAWN] * 3
    assert ("answer" in said.body) is (page.kind is not AlertKind.WITHDRAWN)


@given(pages, st.sampled_from(Severity))
def test_how_grave_an_alert_was_that_asks_nothing_more_is_not_said(page: Page, severity: Severity) -> None:
    over = dataclasses.replace(page, kind=AlertKind.WITHDRAWN, drill=False)
    assert words(over, LINK) == words(dataclasses.replace(over, severity=severity), LINK)


@given(pages)
def test_a_drill_says_that_it_is_one_and_nothing_else_does(page: Page) -> None:
    said = words(page, LINK)
    assert [("drill" in text) for text in (said.subject, said.body, said.short)] == [page.drill] * 3


@given(pages)
def test_a_text_message_fits_into_one(page: Page) -> None:
    assert len(words(page, LINK).short) <= 160


@given(pages)
def test_a_subject_is_one_line(page: Page) -> None:
    assert words(page, LINK).subject.isprintable()


@given(st.binary(min_size=5, max_size=5), st.binary(min_size=5, max_size=5))
def test_different_draws_make_different_references(one: bytes, other: bytes) -> None:
    assert (reference_of(one) == reference_of(other)) == (one == other)
