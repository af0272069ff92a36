"""One file of passwords a principal, made once, so that each service is told of its own alone."""

import json
import secrets
from pathlib import Path

from services.runtime.local.errors import EditionFailed
from services.runtime.local.files import make_private_folder, write_private
from services.runtime.local.principals import ADMIN, DATABASE_ROLES, PRINCIPALS

OPERATOR_TOKEN = "operator_token"  # noqa: S105 - the name of a file
RECEIPTS_TOKEN = "receipts_token"  # noqa: S105 - the same


def make_missing(folder: Path) -> None:
    make_private_folder(folder)
    for principal in PRINCIPALS:
        if not path_of(folder, principal).exists():
            write_private(path_of(folder, principal), _new(principal))
    for token in (OPERATOR_TOKEN, RECEIPTS_TOKEN):
        if not (folder / token).exists():
            write_private(folder / token, secrets.token_urlsafe(32))


def path_of(folder: Path, principal: str) -> Path:
    return folder / f"{principal}.json"


def kafka_password(folder: Path, principal: str) -> str:
    return _read(folder, principal)["kafka_password"]


def database_password(folder: Path, role: str) -> str:
    return _read(folder, role)["database_password"]


def _new(principal: str) -> str:
    passwords = {"kafka_password": secrets.token_urlsafe(32)}
    if principal in (*DATABASE_ROLES, ADMIN):
        passwords["database_password"] = secrets.token_urlsafe(32)
    return json.dumps(passwords)


def _read(folder: Path, principal: str) -> dict[str, str]:
    path = path_of(folder, principal)
    try:
        content: dict[str, str] = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise EditionFailed(
            f"The passwords of {principal} cannot be read from {path}. Restore that file from a copy: "
            f"the broker and the database know only the passwords that stood in it."
        ) from error
    return content
