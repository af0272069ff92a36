"""The way to people while no channel is set up."""

from services.core.oncall.pages import Failed, NotSent, Page


class NoChannel:
    """Sends nothing: every page waits, and the light is red."""

    async def send(self, _: Page, __: str) -> Failed:
        return Failed(NotSent.NO_CHANNEL)
