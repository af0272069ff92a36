"""The vault's own web application: its page, and what the command line asks; nobody else's page shows a location."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from services.runtime.audit import Trail
from services.runtime.database import Session
from services.runtime.signin.auditors import auditor_routes
from services.runtime.signin.doorkeeper import Doorkeeper
from services.runtime.signin.routes import mounted
from services.vault.deciding import Deciding
from services.vault.routes.api import ApiRoutes
from services.vault.routes.pages import PageRoutes
from services.vault.routes.refusing import Refused, Refusing

TEMPLATES = Path(__file__).parent / "templates"


def create_app(deciding: Deciding, door: Doorkeeper, trail: Trail, asking: Session) -> ASGIApp:
    """Make the application; `door` says who asks, and by its clock; `trail` is told why somebody was refused.

    Auditors read the trail through `asking`.
    """
    pages = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    refusing = Refusing(pages.get_template("refused.html"), trail)
    app = Starlette(
        routes=[
            *ApiRoutes(deciding, door).routes,
            *auditor_routes(asking, trail, door),
            *PageRoutes(deciding, door, pages).routes,
        ],
        exception_handlers={Refused: refusing.refused, HTTPException: refusing.failed},
    )
    return mounted(app, door)
