"""What is around every page: who is signed in, where they can go, and the languages in which it can be said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from types import MappingProxyType

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from services.casefeed.pages.assets import Assets
from services.casefeed.pages.rows import made_once
from services.casefeed.pages.words import Words, in_uk, short
from services.core.rights import Action, reach
from services.runtime.signin.doorkeeper import Doorkeeper, SignedIn

TEMPLATES = Path(__file__).parents[1] / "templates"
LOCALE = Path(__file__).parents[1] / "locale"
ENGLISH = "en"
NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Room:
    """A page that the navigation leads to; `needs` None: everybody who signs in."""

    name: str
    path: str
    needs: Action | None


ROOMS: Sequence[Room] = (
    Room("feed", "/", Action.READ_CASES),
    Room("cases", "/cases", Action.READ_CASES),
    Room("missing", "/missing", Action.READ_CASES),
    Room("enquirers", "/enquirers", Action.HANDLE_ENQUIRY),
    Room("deadlines", "/deadlines", Action.READ_CASES),
    Room("more", "/more", None),
)
"""What the navigation leads to, in its order."""

FURTHER: Sequence[Room] = (
    Room("oncall", "/oncall", Action.ANSWER_ALERT),
    Room("rota", "/rota", Action.READ_ROTA),
    Room("night", "/night", Action.READ_CASES),
    Room("counter", "/counter", None),
    Room("nrm", "/nrm", Action.READ_CASES),
    Room("links", "/links", Action.DECIDE_LINK),
    Room("patterns", "/patterns", Action.READ_PATTERNS),
    Room("statistics", "/statistics", Action.READ_CASES),
    Room("audit", "/audit", Action.READ_AUDIT),
    Room("help", "/help", None),
)
"""What is found under "More"."""


class Shell:
    """Renders a template for one person, in their language."""

    def __init__(self, door: Doorkeeper, assets: Assets, locale: Path = LOCALE) -> None:
        self._door = door
        self._languages = {name: environment(assets, found) for name, found in languages(locale).items()}

    def page(
        self,
        request: Request,
        template: str,
        who: SignedIn | None = None,
        told: Mapping[str, object] = NOTHING,
        status: int = 200,
    ) -> HTMLResponse:
        """A whole page, or a piece of one."""
        language = spoken(request.headers.get("accept-language", ""), self._languages)
        text = (
            self._languages[language]
            .get_template(template)
            .render(
                language=language,
                path=request.url.path,
                invented=self._door.invented,
                now=self._door.now(),
                person=who.person if who else None,
                csrf=(who.csrf if who else None) or "",
                rooms=led_to(ROOMS, who),
                **told,
            )
        )
        return HTMLResponse(text, status, {"content-language": language})

    def refusal(self, request: Request, kind: str, status: int, reference: str) -> HTMLResponse:
        """The page of what is not there, not theirs, or failed: the same whichever of the first two it is."""
        return self.page(request, "refused.html", None, {"kind": kind, "reference": reference}, status)


def languages(locale: Path) -> Mapping[str, NullTranslations]:
    """English, which the templates are written in, and each language that has a compiled catalogue."""
    found: dict[str, NullTranslations] = {ENGLISH: NullTranslations()}
    for path in sorted(locale.glob("*/LC_MESSAGES/pages.mo")):
        with path.open("rb") as catalogue:
            found[path.parents[1].name] = GNUTranslations(catalogue)
    return found


def environment(assets: Assets, translations: NullTranslations) -> Environment:
    """Where templates are rendered in one language; nothing in it can be left undefined, or unescaped."""
    pages = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    pages.globals |= {"asset": assets.url, "words": Words(translations.gettext), "in_uk": in_uk, "short": short}
    pages.globals["feed_row"] = made_once(pages)
    return pages


def spoken(accepted: str, known: Mapping[str, object]) -> str:
    """The first language of a browser's list that there is; English when there is none."""
    for part in accepted.split(","):
        language = part.partition(";")[0].strip().partition("-")[0].lower()
        if language in known:
            return language
    return ENGLISH


def led_to(rooms: Sequence[Room], who: SignedIn | None) -> list[Room]:
    """Which of these somebody is shown the way to."""
    return [one for one in rooms if who and (one.needs is None or reach(who.person, one.needs) is not None)]
