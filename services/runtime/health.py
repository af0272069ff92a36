"""A service's light: green while it can work, red with fixed reasons while it cannot."""

from enum import StrEnum

from services.runtime.metrics import Metrics


class Reason(StrEnum):
    """Why a light is red."""

    STARTING = "starting"
    STOPPING = "stopping"
    KAFKA_UNAVAILABLE = "kafka_unavailable"
    KAFKA_DOES_NOT_ACKNOWLEDGE = "kafka_does_not_acknowledge"
    KAFKA_BYTES_CORRUPT = "kafka_bytes_corrupt"
    KAFKA_LOST_RECORDS = "kafka_lost_records"
    DATABASE_UNAVAILABLE = "database_unavailable"
    RULE_BROKEN = "rule_broken"
    KEYS_NOT_RENEWED = "keys_not_renewed"
    KEY_MISSING = "key_missing"
    PAGES_NOT_SENT = "pages_not_sent"
    PAGES_LOST = "pages_lost"
    HEARTBEAT_NOT_SENT = "heartbeat_not_sent"


class Health:
    """The light of one process; it starts red, because nothing works yet."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._reasons: set[Reason] = set()
        self.red(Reason.STARTING)

    def red(self, reason: Reason) -> None:
        self._reasons.add(reason)
        self._metrics.health_light.labels(reason.value).set(1)

    def green(self, reason: Reason) -> None:
        """Take one reason away; the light is green when none is left."""
        self._reasons.discard(reason)
        self._metrics.health_light.labels(reason.value).set(0)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return tuple(sorted(self._reasons))
