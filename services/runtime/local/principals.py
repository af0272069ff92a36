"""Who there is in the local edition: its processes, the principals of Kafka and the roles of PostgreSQL."""

from services.core.codes import Sector

AGENCIES = tuple(sector.value for sector in Sector)
SERVICES = (*AGENCIES, "correlator", "vault", "casefeed", "oncall")
DATABASE_ROLES = ("correlator", "vault", "casefeed", "oncall")
WITH_PEOPLE = ("vault", "casefeed", "oncall")
"""The services that people sign in to."""

ADMIN = "admin"
OPERATOR = "operator"
PRINCIPALS = (*SERVICES, *(f"publisher.{agency}" for agency in AGENCIES), OPERATOR, ADMIN)
