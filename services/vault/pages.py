"""What the vault shows, rendered for one person; a location is on one page alone, and that page goes by itself."""

import secrets
from datetime import datetime
from urllib.parse import quote

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.core.rights import Action, reach
from services.runtime.signin.doorkeeper import Doorkeeper, SignedIn, TooLongAgo
from services.runtime.signin.pages import Said
from services.vault.deciding import Answer
from services.vault.decisions import Decision, is_over
from services.vault.routes.refusing import Refused
from services.vault.views import decision_view, hint

_POLICY = (
    "default-src 'none'; style-src 'self' 'nonce-{nonce}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


class Pages:
    """Renders for one person; only `_location` is given anything that is not public."""

    def __init__(self, pages: Environment, door: Doorkeeper) -> None:
        self._pages = pages
        self._door = door

    def page(self, name: str, who: SignedIn, status: int = 200, **more: object) -> Response:
        return HTMLResponse(self._rendered(name, who, **more), status)

    def of_signing_in(self, _: Request, said: Said, status: int) -> Response:
        """What signing in has to say; nobody is signed in."""
        title, sentence = said
        page = self._pages.get_template("signing_in.html")
        return HTMLResponse(
            page.render(role=None, invented=self._door.invented, title=title, sentence=sentence), status
        )

    def decision(self, who: SignedIn, decision: Decision, told: str | None) -> Response:
        """How a decision stands, and what this person can do about it."""
        now, number = self._door.now(), decision.asked.decision_id
        view = decision_view(decision, who.person, now)
        return self.page(
            "decision.html", who, decision=view, hint=told, fresh=not is_stale(who, now), step_up=anew(number)
        )

    def looked_at(self, who: SignedIn, answer: Answer, now: datetime) -> Response:
        """What a look came to: the location, or how the decision of this person stands.

        Raises:
            Refused: it is not theirs, or why it is denied says something of the child.
        """
        if answer.shown is not None:
            return self._location(who, answer, now)
        told = hint(answer.reasons)
        if answer.decision.asked.by != who.person.handle or not (told or is_over(answer.decision, now)):
            raise Refused
        return self.decision(who, answer.decision, told)

    def _location(self, who: SignedIn, answer: Answer, now: datetime) -> Response:
        decision, nonce = answer.decision, secrets.token_urlsafe(16)
        until = decision.lease_until or now
        left = max(1, int((until - now).total_seconds()))
        text = self._rendered(
            "location.html",
            who,
            decision_id=decision.asked.decision_id,
            places=answer.shown,
            until=until,
            seconds_left=left,
            nonce=nonce,
        )
        policy = _POLICY.format(nonce=nonce)
        return gone_after(HTMLResponse(text, headers={"content-security-policy": policy}), left)

    def _rendered(self, name: str, who: SignedIn, **more: object) -> str:
        person = who.person
        return self._pages.get_template(name).render(
            role=person.role.replace("_", " "),
            invented=self._door.invented,
            csrf=who.csrf or "",
            looks_up=reach(person, Action.LOOK_UP_COLLEAGUE) is not None,
            **more,
        )


def gone_after(page: Response, seconds: int) -> Response:
    """Let a page leave the screen by itself, without a script."""
    page.headers["refresh"] = f"{seconds};url=/over"
    return page


def is_stale(who: SignedIn, now: datetime) -> bool:
    """Whether this person must show anew who they are before they see a location."""
    try:
        who.expect_fresh(now)
    except TooLongAgo:
        return True
    return False


def anew(number: str) -> str:
    """Where they show it, and from which they come back to the decision."""
    return f"/signin?anew&next={quote(f'/decisions/{number}')}"
