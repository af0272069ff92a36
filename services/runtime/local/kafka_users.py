"""SCRAM users: one a principal, made where it is missing."""

from collections.abc import Mapping
from concurrent.futures import Future
from typing import cast

from confluent_kafka.admin import (
    AdminClient,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialAlteration,
    UserScramCredentialUpsertion,
)

from services.runtime.local.principals import ADMIN

# The passwords are 256 random bits: more rounds would only make every connection slower.
ITERATIONS = 4096
ANSWER_SECONDS = 30


def provision(admin: AdminClient, passwords: Mapping[str, str]) -> None:
    """Makes each user who is not there yet; the administrator is there since the storage was formatted."""
    everybody = cast("Future[Mapping[str, object]]", admin.describe_user_scram_credentials())
    known = everybody.result(ANSWER_SECONDS)
    missing = passwords.keys() - known.keys() - {ADMIN}
    if missing:
        wanted: list[UserScramCredentialAlteration] = [_upsertion(name, passwords[name]) for name in sorted(missing)]
        for done in admin.alter_user_scram_credentials(wanted).values():
            done.result(ANSWER_SECONDS)


def _upsertion(name: str, password: str) -> UserScramCredentialUpsertion:
    info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, ITERATIONS)
    return UserScramCredentialUpsertion(name, info, password.encode())
