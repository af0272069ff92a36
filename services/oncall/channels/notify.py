"""GOV.UK Notify: text messages and e-mails, the key as reference; it tells at /receipts/notify what became of them."""

import asyncio
from collections.abc import Mapping

import requests
from notifications_python_client.errors import APIError
from notifications_python_client.errors import HTTPError as NotifyError
from notifications_python_client.notifications import NotificationsAPIClient
from pydantic import SecretStr

from services.core.errors import Misconfigured
from services.core.oncall.pages import Failed, NotSent, Sent, Way
from services.core.oncall.receipts import Rung
from services.oncall.channels.carriers import CARRIED_WITHIN_SECONDS, Message, NotTaken, in_time
from services.runtime.paging_settings import NotifySettings

_KEY_LENGTH = 73
_SERVER_ERROR = 500

RUNGS: Mapping[str, Rung] = {
    "created": Rung.QUEUED,
    "sending": Rung.SENT,
    "pending": Rung.SENT,
    "sent": Rung.SENT,
    "delivered": Rung.DELIVERED,
    "permanent-failure": Rung.FAILED,
    "temporary-failure": Rung.FAILED,
    "technical-failure": Rung.FAILED,
}
"""What Notify's words for a message's status mean here (its documentation, "Message statuses")."""


class Notify:
    """One way through Notify: text messages, or e-mails."""

    promises = True

    def __init__(
        self,
        way: Way,
        settings: NotifySettings,
        key: SecretStr,
        template: str,
        within_seconds: float = CARRIED_WITHIN_SECONDS,
    ) -> None:
        if len(key.get_secret_value()) < _KEY_LENGTH:
            raise Misconfigured("The file of Notify's API key holds something else: copy the whole key again.")
        self.way = way
        self._url = settings.notify_url
        self._key = key
        self._template = template
        self._within = within_seconds

    async def carry(self, message: Message) -> Sent | Failed:
        """Hand one page over to Notify."""
        return await in_time(lambda: asyncio.to_thread(self._hand_over, message), self._within)

    def _hand_over(self, message: Message) -> None:
        # The client is made anew each time, for it must not be shared between threads.
        client = NotificationsAPIClient(self._key.get_secret_value(), self._url, self._within)
        address, words = message.address.get_secret_value(), message.words
        try:
            if self.way is Way.NOTIFY_SMS:
                client.send_sms_notification(address, self._template, {"words": words.short}, message.key)
            else:
                put_in = {"subject": words.subject, "words": words.body}
                client.send_email_notification(address, self._template, put_in, message.key)
        except APIError as error:
            reason = _reason(error)
        else:
            return
        finally:
            client.request_session.close()
        raise NotTaken(reason)


def _reason(error: APIError) -> NotSent:
    """Of a library's error keep what kind it is: its words repeat the address."""
    if isinstance(error.__cause__, requests.Timeout):
        return NotSent.TIMED_OUT
    refused = isinstance(error, NotifyError) and error.response is not None and error.status_code < _SERVER_ERROR
    return NotSent.REFUSED if refused else NotSent.UNAVAILABLE
