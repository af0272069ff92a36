"""`python -m services.casefeed.pages.catalogue`: every sentence of the pages, as a template for translators (.pot)."""

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment

from services.casefeed.pages.words import SENTENCES, english
from services.core import codes, denials, indicators, ladder, letters, rights
from services.core.audit import Action, Outcome
from services.core.case import CaseStatus
from services.core.oncall.alerts import AlertKind, AlertReason, Answer, Severity
from services.core.radar import PatternKind
from services.runtime.signin import pages

_HERE = Path(__file__).parent


def messages() -> list[str]:
    """Every sentence, each once, in a steady order."""
    found = {*_templates(), *_spelt(), *_codes(), *_fixed(), *SENTENCES}
    return sorted(found)


def template(sentences: list[str]) -> str:
    """The sentences as gettext's template for translators."""
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    return head + "".join(f'\nmsgid "{_escaped(sentence)}"\nmsgstr ""\n' for sentence in sentences)


def _templates() -> Iterator[str]:
    reader = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    for path in sorted((_HERE.parent / "templates").glob("*.html")):
        for _, _, said in reader.extract_translations(path.read_text("utf-8")):  # type: ignore[attr-defined]  # the extension adds it
            yield from (said,) if isinstance(said, str) else (one for one in said or () if one)


def _spelt() -> Iterator[str]:
    for group in tomllib.loads((_HERE / "words.toml").read_text("utf-8")).values():
        yield from group.values()


def _codes() -> Iterator[str]:
    """What a code is called that has no words of its own."""
    spelt = tomllib.loads((_HERE / "words.toml").read_text("utf-8"))
    shared = [getattr(codes, name) for name in codes.__all__]
    own = [denials.Reason, indicators.Indicator, ladder.Rung, rights.PersonRole, letters.Step]
    paging = [AlertKind, AlertReason, Answer, Severity]
    for kind in (*shared, *own, *paging, Action, Outcome, CaseStatus, PatternKind):
        yield from (english(spelt, kind.__name__, str(one.value)) for one in kind)


def _fixed() -> Iterator[str]:
    """What enquirers are told, and what signing in has to say."""
    for words in letters.WORDS.values():
        yield from (words.say, words.letter, *words.do)
    for title, sentence in (pages.NOT_SIGNED_IN, pages.UNAVAILABLE, pages.NOT_SET_UP, pages.SIGNED_OUT):
        yield from (title, sentence)


def _escaped(sentence: str) -> str:
    return sentence.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


if __name__ == "__main__":
    sys.stdout.write(template(messages()))
