"""A token shows who speaks through one agency, at one time; anybody else's shows nobody."""

from datetime import timedelta
from typing import Any

import pytest

from services.core.codes import OrganisationKind, Role, Sector
from services.core.statements import Author
from services.wire.authors import Shown, shown
from services.wire.identity import TokenRefused, Unfit
from tests.builders import START
from tests.wire.provider_keys import HOUR, TRUSTED, published, token

AUTHORITY = Sector.LOCAL_AUTHORITY


def refusal(agency: Sector = AUTHORITY, kid: str = "one", **claims: Any) -> Unfit:
    with pytest.raises(TokenRefused) as caught:
        shown(token(kid, **claims), agency, TRUSTED, published(), START)
    return caught.value.reason


def test_a_token_shows_its_person_role_and_organisation() -> None:
    found = shown(token(), AUTHORITY, TRUSTED, published(), START)
    assert found == Shown(Author("worker-1", Role.SOCIAL_WORKER), "EXAMPLE-COUNCIL", OrganisationKind.LOCAL_AUTHORITY)


def test_who_somebody_is_does_not_show_when_it_is_printed() -> None:
    assert "worker-1" not in repr(shown(token(), AUTHORITY, TRUSTED, published(), START))


@pytest.mark.parametrize("agency", sorted(set(Sector) - {AUTHORITY}))
def test_a_token_of_another_agency_shows_nobody_here(agency: Sector) -> None:
    assert refusal(agency) is Unfit.OTHER_AGENCY


def test_an_auditor_says_nothing_of_a_child() -> None:
    assert refusal(lantern_role="auditor") is Unfit.SAYS_NOTHING


@pytest.mark.parametrize(
    ("claims", "unfit"),
    [
        ({"kid": "two"}, Unfit.UNKNOWN_KEY),
        ({"aud": "another-client"}, Unfit.OTHER_AUDIENCE),
        ({"iss": "https://other.example"}, Unfit.OTHER_ISSUER),
        ({"exp": int(START.timestamp()) - 1}, Unfit.EXPIRED),
        ({"lantern_role": "king"}, Unfit.STRANGER),
        ({"lantern_sector": "police"}, Unfit.STRANGER),
    ],
)
def test_a_token_that_does_not_hold_shows_nobody(claims: dict[str, Any], unfit: Unfit) -> None:
    assert refusal(**claims) is unfit


def test_a_token_that_held_when_the_broker_took_the_record_does_not_hold_for_a_later_one() -> None:
    late = START + timedelta(seconds=HOUR)
    with pytest.raises(TokenRefused):
        shown(token(), AUTHORITY, TRUSTED, published(), late)
