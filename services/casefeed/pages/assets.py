"""Style sheet, script and mark of the pages, as `make` built them: named after their content, kept for a year."""

import json
from collections.abc import Mapping
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from services.core.errors import Misconfigured

PREFIX = "/assets/"
BUILT = Path(__file__).parents[1] / "static"
_UNCHANGING = "public, max-age=31536000, immutable"
_NOT_FOUND = 404
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


class Assets:
    """The built files in a folder, by the names under which templates ask for them."""

    def __init__(self, folder: Path = BUILT) -> None:
        """Read which files there are.

        Raises:
            Misconfigured: they have not been built.
        """
        try:
            names: Mapping[str, str] = json.loads((folder / "names.json").read_text("utf-8"))
        except OSError:
            raise Misconfigured("The pages' style sheet and script have not been built: run `make`.") from None
        self._folder = folder
        self._names = names

    def url(self, name: str) -> str:
        """Where a browser finds the file that is called so in the source."""
        return PREFIX + self._names[name]

    async def show(self, request: Request) -> Response:
        """One of the files; compressed for whoever can read that, which tells nothing: every reader gets the same."""
        name = request.path_params["name"]
        if name not in self._names.values():
            raise HTTPException(_NOT_FOUND)
        compressed = "gzip" in request.headers.get("accept-encoding", "")
        headers = {"cache-control": _UNCHANGING, "vary": "accept-encoding"}
        if compressed:
            headers["content-encoding"] = "gzip"
        path = self._folder / (f"{name}.gz" if compressed else name)
        return FileResponse(path, headers=headers, media_type=_TYPES[Path(name).suffix])
