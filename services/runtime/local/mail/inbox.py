"""The folder of caught mail: one private file a message, the newest kept."""

import email
import email.policy
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from services.runtime.local.files import make_private_folder, write_private

KEPT = 1000
_STAMP = "%Y%m%dT%H%M%S.%fZ"


@dataclass(frozen=True)
class Caught:
    """One e-mail as it was caught; `message_id` is the same for one that was sent again."""

    caught_at: datetime
    to: str
    subject: str
    message_id: str
    body: str


class Inbox:
    """What was caught, in the order in which it came."""

    def __init__(self, folder: Path, kept: int = KEPT) -> None:
        self.folder = folder
        self._kept = kept
        self._numbers = itertools.count()

    def keep(self, content: bytes, at: datetime) -> None:
        """Keep a message, in any thread; when there are too many, the oldest go, a tenth at a time."""
        make_private_folder(self.folder)
        number = next(self._numbers)
        write_private(self.folder / f"{at.strftime(_STAMP)}-{number:06}.eml", content)
        if number % max(self._kept // 10, 1) == 0:
            for path in self._paths()[: -self._kept]:
                path.unlink(missing_ok=True)

    def messages(self) -> Iterator[Caught]:
        """Every message that is kept, the oldest first."""
        return (_read(path) for path in self._paths()[-self._kept :])

    def _paths(self) -> list[Path]:
        return sorted(self.folder.glob("[!.]*.eml"))


def _read(path: Path) -> Caught:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    at = datetime.strptime(path.name.partition("-")[0] + "+0000", f"{_STAMP}%z")
    head = {name: str(message[name] or "") for name in ("to", "subject", "message-id")}
    return Caught(at, head["to"], head["subject"], head["message-id"], _text(message))


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    return body.get_content().replace("\r\n", "\n") if body else ""
