"""What is answered instead of what was asked: to a program a sentence, to a person a page with a reference number."""

import secrets
from collections.abc import Collection

import structlog
from fastapi import FastAPI, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from services.casefeed.pages.shell import Shell
from services.casefeed.views import View
from services.runtime.signin.pages import Said

log = structlog.get_logger()

_TITLES = {
    status.HTTP_403_FORBIDDEN: "forbidden",
    status.HTTP_404_NOT_FOUND: "not_found",
    status.HTTP_409_CONFLICT: "several",
    status.HTTP_422_UNPROCESSABLE_CONTENT: "not_understood",
    status.HTTP_503_SERVICE_UNAVAILABLE: "not_now",
}


REFUSALS: Collection[int | str] = (400, 401, 404, 409, 422, 503)
"""With which status a program may be refused."""


class Refusal(View):
    """What a program is answered that is refused."""

    error: str


class Refusing:
    """Answers for the application."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def answer_for(self, app: FastAPI) -> None:
        """Let the application answer so."""
        app.add_exception_handler(HTTPException, self._refused)  # type: ignore[arg-type]  # it is given what it is for
        app.add_exception_handler(RequestValidationError, self._misspelt)  # type: ignore[arg-type]  # as above
        app.add_exception_handler(Exception, self._failed)

    def said(self, request: Request, said: Said, code: int) -> Response:
        """A page of a title and a sentence that signing in has to say."""
        title, sentence = said
        return self._shell.page(request, "sentence.html", None, {"title": title, "sentence": sentence}, code)

    async def _refused(self, request: Request, error: HTTPException) -> Response:
        return self._answer(request, error.status_code, error.detail)

    async def _misspelt(self, request: Request, error: RequestValidationError) -> Response:
        if _is_page(request):  # a page that is asked for in a way that it never is, is not there
            return self._answer(request, status.HTTP_404_NOT_FOUND, "")
        wrong = ", ".join(sorted({str(problem["loc"][-1]) for problem in error.errors()}))
        sentence = f"The question is not understood: look at {wrong}."
        return self._answer(request, status.HTTP_422_UNPROCESSABLE_CONTENT, sentence)

    async def _failed(self, request: Request, _: Exception) -> Response:
        return self._answer(request, status.HTTP_500_INTERNAL_SERVER_ERROR, "This failed, and that is our fault.")

    def _answer(self, request: Request, code: int, sentence: str) -> Response:
        if not _is_page(request):
            return JSONResponse({"error": sentence}, code)
        reference = secrets.token_hex(4)
        log.info("Somebody was shown a page of what is not.", reference=reference, status=code)
        kind = _TITLES.get(code, "failed")
        return self._shell.refusal(request, kind, code, reference)


def _is_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/")
