"""Webhooks and chats, through Apprise: to hosts that the settings name, and to no other."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from apprise import AppriseAsset, NotifyType
from apprise.exception import AppriseException
from apprise.plugins.base import NotifyBase
from apprise.plugins.custom_json import NotifyJSON
from apprise.plugins.google_chat import NotifyGoogleChat
from apprise.plugins.matrix import NotifyMatrix
from apprise.plugins.mattermost import NotifyMattermost
from apprise.plugins.rocketchat import NotifyRocketChat
from apprise.plugins.slack import NotifySlack
from apprise.plugins.workflows import NotifyWorkflows

from services.core.oncall.pages import Failed, NotSent, Sent, Way
from services.core.oncall.wording import Words
from services.oncall.channels.carriers import CARRIED_WITHIN_SECONDS, Message, NotTaken, in_time
from services.runtime.paging_settings import LOOPBACK

IDEMPOTENCY_HEADER = "Idempotency-Key"
CHATS: Mapping[str, type[NotifyBase]] = {
    "gchat": NotifyGoogleChat,
    "matrixs": NotifyMatrix,
    "mmost": NotifyMattermost,
    "mmosts": NotifyMattermost,
    "rockets": NotifyRocketChat,
    "slack": NotifySlack,
    "workflows": NotifyWorkflows,
}
"""Each chat by how its address begins. Others are added here, one by one: Apprise also knows how to start programs."""

_OF_SERVICES = {"gchat": "chat.googleapis.com", "slack": "hooks.slack.com"}
_PLAIN = frozenset({"http", "mmost"})
_OF_THE_TIME = 0.75
"""A server may take so much of it to be reached, and so much to answer."""


class Webhook:
    """Posts a page as JSON; the key is in a header."""

    way = Way.WEBHOOK
    promises = False

    def __init__(self, hosts: frozenset[str], within_seconds: float = CARRIED_WITHIN_SECONDS) -> None:
        self._hosts = hosts
        self._within = within_seconds

    async def carry(self, message: Message) -> Sent | Failed:
        """Post one page."""
        address = message.address.get_secret_value()
        if not _allowed(address, self._hosts):
            return Failed(NotSent.NO_CHANNEL)
        url = f"{_as_json(address)}{_joint(address)}+{IDEMPOTENCY_HEADER}={message.key}&{_limits(self._within)}"
        return await in_time(lambda: _post(NotifyJSON, url, message.words, self._hosts), self._within)


class Chat:
    """Says a page in a chat; chats have no place for a key, so a repeat is told by the page's reference alone."""

    way = Way.CHAT
    promises = False

    def __init__(self, hosts: frozenset[str], within_seconds: float = CARRIED_WITHIN_SECONDS) -> None:
        self._hosts = hosts
        self._within = within_seconds

    async def carry(self, message: Message) -> Sent | Failed:
        """Say one page."""
        address = message.address.get_secret_value()
        kind = CHATS.get(address.partition("://")[0])
        if kind is None or not _allowed(address, self._hosts):
            return Failed(NotSent.NO_CHANNEL)
        hosts = self._hosts if urlsplit(address).scheme not in _OF_SERVICES else None
        url = f"{address}{_joint(address)}{_limits(self._within)}"
        return await in_time(lambda: _post(kind, url, message.words, hosts), self._within)


async def _post(kind: type[NotifyBase], url: str, words: Words, hosts: frozenset[str] | None) -> None:
    told = kind.parse_url(url)
    if not told or not _is_named(told["host"], hosts):
        raise NotTaken(NotSent.NO_CHANNEL)
    if not await _plugin(kind, told).async_notify(
        body=words.short, title=words.subject, notify_type=NotifyType.WARNING
    ):
        raise NotTaken(NotSent.REFUSED)


def _is_named(host: object, hosts: frozenset[str] | None) -> bool:
    """Whether the host that Apprise would ask is named too: in an address with two "@" it may read another than we."""
    return hosts is None or host in hosts


def _plugin(kind: type[NotifyBase], told: dict[str, Any]) -> NotifyBase:
    """Raises NotTaken for an address that names too little, such as a chat without a room."""
    asset = AppriseAsset(app_id="Lantern", app_desc="Lantern", app_url="", storage_mode="memory")
    try:
        return kind(**told, asset=asset)
    except AppriseException:
        failure = NotTaken(NotSent.NO_CHANNEL)
    raise failure


def _allowed(address: str, hosts: frozenset[str]) -> bool:
    """Whether the settings name the host, and nobody between can read what is sent."""
    try:
        parts = urlsplit(address)
        host = _OF_SERVICES.get(parts.scheme, parts.hostname)
    except ValueError:  # a bracket that is no address of IPv6
        return False
    return host in hosts and (parts.scheme not in _PLAIN or host in LOOPBACK)


def _as_json(address: str) -> str:
    """Apprise's own way of writing the address of a webhook."""
    return address.replace("http", "json", 1)


def _limits(seconds: float) -> str:
    part = seconds * _OF_THE_TIME
    return f"cto={part}&rto={part}&redirect=no"


def _joint(address: str) -> str:
    return "&" if urlsplit(address).query else "?"
