"""How a page is asked for: by whom, where, and with which words in the address; what makes no sense is not asked."""

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import TypeVar

from fastapi import APIRouter, Request
from starlette.responses import Response

LARGEST = 2**62

Page = Callable[[Request], Awaitable[Response]]
CodeT = TypeVar("CodeT", bound=StrEnum)


def routed(pages: Mapping[str, Page], method: str = "GET") -> APIRouter:
    """Routes to pages by their paths; their rights stand in `access`."""
    routes = APIRouter()
    for path, page in pages.items():
        routes.add_api_route(path, page, methods=[method], include_in_schema=False, response_model=None)
    return routes


def code(request: Request, name: str, kind: type[CodeT]) -> CodeT | None:
    """A code of a closed list in an address; None for anything else."""
    given = request.query_params.get(name, "")
    return kind(given) if given in set(kind) else None


def number(request: Request, name: str) -> int | None:
    """A whole number in an address; None for anything else."""
    given = request.query_params.get(name, "")
    return min(int(given), LARGEST) if given.isascii() and given.isdigit() and len(given) < 20 else None  # noqa: PLR2004 - digits of 2**64
