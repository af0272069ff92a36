"""The few pages that sign-in itself shows: plain, without a script, the same for every reason."""

from collections.abc import Callable
from html import escape
from string import Template

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

Said = tuple[str, str]
"""A title and a sentence."""

Render = Callable[[Request, Said, int], Response]
"""Makes a page of what is said, with a status."""

_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title - Lantern</title>
</head>
<body>
$notice<main>
<h1>$title</h1>
<p>$sentence</p>
<p><a href="/signin">Sign in</a></p>
</main>
</body>
</html>
""")
NOTICE = "<p><strong>Invented people: this is the local edition. Nobody here exists.</strong></p>\n"

NOT_SIGNED_IN = ("You are not signed in", "The answer of the identity provider could not be used. Sign in again.")
UNAVAILABLE = (
    "Nobody new can sign in now",
    "The identity provider does not answer. Who is signed in stays signed in. Try again in a minute.",
)
NOT_SET_UP = ("Signing in is not set up", "This service was told of no identity provider: tell whoever runs it.")
SIGNED_OUT = ("You are signed out", "Close this window if others use this computer.")


def page(_: Request, said: Said, status: int, *, invented: bool) -> HTMLResponse:
    """A page of a title and a sentence."""
    title, sentence = map(escape, said)
    return HTMLResponse(_PAGE.substitute(title=title, sentence=sentence, notice=NOTICE if invented else ""), status)
