"""The vault's own web application: its page, and what the command line asks; nobody else's page shows a location."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from services.runtime.audit import Trail
from services.runtime.database import Session
from services.runtime.signin.auditors import auditor_routes
from services.runtime.signin.doorkeeper import Doorkeeper
from services.runtime.signin.routes import mounted
from services.vault.deciding import Deciding
from services.vault.looking_up import LookingUp
from services.vault.pages import Pages
from services.vault.routes.api import ApiRoutes
from services.vault.routes.decisions import DecisionRoutes
from services.vault.routes.directory import DirectoryRoutes
from services.vault.routes.refusing import Refused, Refusing

TEMPLATES = Path(__file__).parent / "templates"
STYLE = Path(__file__).parent / "static" / "vault.css"


def create_app(deciding: Deciding, looking_up: LookingUp, door: Doorkeeper, trail: Trail, asking: Session) -> ASGIApp:
    """Make the application; `door` says who asks, and by its clock; `trail` is told why somebody was refused.

    Auditors read the trail through `asking`.
    """
    templates = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    pages, refusing = Pages(templates, door), Refusing(templates.get_template("refused.html"), trail)
    app = Starlette(
        routes=[
            *ApiRoutes(deciding, door).routes,
            *auditor_routes(asking, trail, door),
            *DecisionRoutes(deciding, door, pages).routes,
            *DirectoryRoutes(looking_up, door, pages).routes,
            Route("/vault.css", style),
        ],
        exception_handlers={Refused: refusing.refused, HTTPException: refusing.failed},
    )
    return mounted(app, door, pages.of_signing_in)


async def style(_: Request) -> Response:
    return FileResponse(STYLE, media_type="text/css")
