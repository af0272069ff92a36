"""No sentence of a page stands outside gettext, every one is in the translators' catalogue, and a catalogue is used."""

import re
import struct
from gettext import NullTranslations
from pathlib import Path

import pytest

from services.casefeed.pages.assets import Assets
from services.casefeed.pages.catalogue import messages, template
from services.casefeed.pages.shell import TEMPLATES, environment, languages, spoken
from services.core.codes import Sector
from services.core.letters import WORDS, Step

PAGES = sorted(TEMPLATES.glob("*.html"))
JINJA = re.compile(r"{{.*?}}|{%.*?%}|{#.*?#}", re.DOTALL)
TAGS = re.compile(r"<code>.*?</code>|<[^>]*>", re.DOTALL)
SAID = re.compile(r'\b(?:aria-label|alt|title|placeholder|data-(?:paused?|resume|lost|over|live|connecting))="([^"]*)"')
LETTERS = re.compile(r"(?:&\w+;)|([A-Za-z]{2,})")


def bare(text: str) -> list[str]:
    """Words that a reader is shown, or that are read to them, and that no translator would see."""
    plain = JINJA.sub("", text)
    shown = [TAGS.sub(" ", plain), *SAID.findall(plain)]
    return [word for part in shown for word in LETTERS.findall(part) if word]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_word_of_a_page_stands_outside_gettext(path: Path) -> None:
    assert bare(path.read_text("utf-8")) == []


@pytest.mark.parametrize("text", ["<p>Hello</p>", '<nav aria-label="Menu">', '<img alt="A {{ kind }} lamp">'])
def test_a_word_outside_gettext_is_found(text: str) -> None:
    assert bare(text) != []


def test_the_catalogue_has_every_sentence_of_templates_codes_and_letters() -> None:
    told = set(messages())
    used = {one for path in PAGES for one in re.findall(r'\b_\("([^"]*)"', path.read_text("utf-8"))}
    assert used <= told
    assert {"UKBA", "Local authority", "Child reported missing", WORDS[Step.ACKNOWLEDGED].say} <= told


def test_the_catalogue_can_be_read_by_translators() -> None:
    text = template(['Say "yes"', "Two\nlines"])
    assert 'msgid "Say \\"yes\\""\nmsgstr ""\n' in text
    assert 'msgid "Two\\nlines"' in text


def compiled(pairs: dict[str, str]) -> bytes:
    """A catalogue as gettext reads it."""
    told = sorted({"": "Content-Type: text/plain; charset=UTF-8\n", **pairs}.items())
    ids, texts = ([one.encode() for one in column] for column in zip(*told, strict=True))
    start, lengths, at = 28 + 16 * len(told), [], 28 + 16 * len(told)
    for one in (*ids, *texts):
        lengths += [len(one), at]
        at += len(one) + 1
    head = struct.pack("<7I", 0x950412DE, 0, len(told), 28, 28 + 8 * len(told), 0, start)
    return head + struct.pack(f"<{len(lengths)}I", *lengths) + b"".join(one + b"\0" for one in (*ids, *texts))


def test_a_language_with_a_catalogue_is_spoken_to_who_asks_for_it(tmp_path: Path) -> None:
    folder = tmp_path / "cy" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "pages.mo").write_bytes(compiled({"Local authority": "Awdurdod lleol"}))
    known = languages(tmp_path)
    assert [spoken(asked, known) for asked in ("cy-GB,cy;q=0.9,en;q=0.8", "fr, en", "")] == ["cy", "en", "en"]
    welsh = environment(Assets(), known["cy"]).from_string("{{ words.code(sector) }}")
    assert welsh.render(sector=Sector.LOCAL_AUTHORITY) == "Awdurdod lleol"


def test_english_needs_no_catalogue(tmp_path: Path) -> None:
    assert type(languages(tmp_path)["en"]) is NullTranslations
