"""Somebody who is signed in at a terminal, as far as the command line knows: no service would believe this token."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.cli import signed_in
from services.cli.signed_in import SignedIn

HOUR = timedelta(hours=1)


def token(lasts: timedelta = HOUR) -> str:
    """A token of which the signature is worth nothing."""
    claims = {
        "exp": int((datetime.now(UTC) + lasts).timestamp()),
        "name": "Givenname Familyname",
        "lantern_role": "social_worker",
        "lantern_organisation": "EXAMPLE-COUNCIL",
    }
    return f"e30.{base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b'=').decode()}.signature"


def somebody(data: Path, lasts: timedelta = HOUR, invented: str | None = None) -> SignedIn:
    """Sign somebody in to the edition in `data`, for a while."""
    (data / "secrets").mkdir(parents=True, exist_ok=True)
    made = SignedIn(token(lasts), invented)
    signed_in.keep(data, made)
    return made
