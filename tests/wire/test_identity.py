"""An identity token is taken from the provider alone, for our own clients, in its time, and says who somebody is."""

import base64
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws, jwt
from joserfc.jwk import ECKey, OctKey

from services.core.codes import OrganisationKind, Sector
from services.core.rights import PersonRole
from services.wire.identity import ALGORITHMS, LONGEST_SECONDS, MAX_TOKEN_BYTES, TokenRefused, Unfit, load_keys, verify
from tests.builders import START
from tests.wire.provider_keys import ISSUER, TRUSTED, claims, key_set, published, signing_key, token

NOW = int(START.timestamp())
PEOPLE_KEY = bytes(32)


def refusal(spoilt: str, *kids: str, **asked: Any) -> Unfit:
    """Why a token is refused."""
    with pytest.raises(TokenRefused) as caught:
        verify(spoilt, TRUSTED, published(*kids), START, **asked)
    return caught.value.reason


def b64(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def test_a_good_token_says_who_it_is_about() -> None:
    found = verify(token(), TRUSTED, published(), START, nonce="nonce-1")
    assert (found.subject, found.role, found.kind, found.sector) == (
        "worker-1",
        PersonRole.SOCIAL_WORKER,
        OrganisationKind.LOCAL_AUTHORITY,
        Sector.LOCAL_AUTHORITY,
    )
    assert found.expires_at == START + timedelta(hours=1)


@pytest.mark.parametrize("audience", ["lantern", "lantern-cli", ["lantern"]])
def test_a_token_for_any_one_client_of_ours_is_taken(audience: object) -> None:
    assert verify(token(aud=audience), TRUSTED, published(), START).subject == "worker-1"


def test_any_key_that_the_provider_publishes_will_do() -> None:
    assert verify(token("two"), TRUSTED, published("one", "two"), START).subject == "worker-1"


def test_an_elliptic_curve_will_do() -> None:
    key = ECKey.generate_key("P-256", {"kid": "curve"}, private=True)
    keys = load_keys(json.dumps({"keys": [key.as_dict(private=False)]}))
    signed = jwt.encode({"alg": "ES256", "kid": "curve"}, claims(), key)
    assert verify(signed, TRUSTED, keys, START).subject == "worker-1"


def test_a_token_without_a_signature_is_refused() -> None:
    unsigned = f"{b64({'alg': 'none'})}.{b64(claims())}."
    assert refusal(unsigned) is Unfit.FORGED


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused() -> None:
    signed = f"{b64({'alg': 'HS256', 'kid': 'one'})}.{b64(claims())}"
    for secret in (signing_key().as_pem(private=False), signing_key().as_der(private=False)):
        mac = base64.urlsafe_b64encode(hmac.digest(secret, signed.encode(), "sha256")).rstrip(b"=").decode()
        assert refusal(f"{signed}.{mac}") is Unfit.FORGED


def test_that_token_would_be_taken_by_who_lets_the_token_choose_how_it_is_checked() -> None:
    secret = OctKey.import_key(signing_key().as_pem(private=False).hex())
    forged = jws.serialize_compact({"alg": "HS256"}, json.dumps(claims()).encode(), secret, ["HS256"])
    assert jws.deserialize_compact(forged, secret, ["HS256", *ALGORITHMS]).payload
    assert refusal(forged) is Unfit.FORGED


def test_a_symmetric_key_among_the_published_ones_verifies_nothing() -> None:
    secret = OctKey.generate_key(256, {"kid": "secret"})
    with pytest.raises(TokenRefused):
        load_keys(json.dumps({"keys": [secret.as_dict()]}))


def test_a_token_signed_with_a_key_of_another_provider_is_refused() -> None:
    assert refusal(jwt.encode({"alg": "RS256", "kid": "one"}, claims(), signing_key("other"))) is Unfit.FORGED


def test_a_token_signed_with_a_key_that_is_not_published_is_told_apart_so_that_keys_can_be_fetched_again() -> None:
    assert refusal(token("new")) is Unfit.UNKNOWN_KEY


OTHER = [
    ({"iss": "https://evil.example"}, Unfit.OTHER_ISSUER),
    ({"iss": f"{ISSUER}/"}, Unfit.OTHER_ISSUER),
    ({"aud": "another-client"}, Unfit.OTHER_AUDIENCE),
    ({"aud": ["lantern", "another-client"]}, Unfit.OTHER_AUDIENCE),
    ({"aud": []}, Unfit.OTHER_AUDIENCE),
    ({"azp": "another-client"}, Unfit.OTHER_AUDIENCE),
    ({"exp": NOW}, Unfit.EXPIRED),
    ({"exp": NOW + LONGEST_SECONDS + 60}, Unfit.EXPIRED),
    ({"iat": NOW + 120}, Unfit.NOT_YET),
    ({"auth_time": NOW + 120}, Unfit.NOT_YET),
    ({"lantern_sector": "police"}, Unfit.STRANGER),
    ({"lantern_role": "statutory_return"}, Unfit.STRANGER),
    ({"lantern_role": "administrator"}, Unfit.STRANGER),
    ({"lantern_organisation_kind": "friends"}, Unfit.STRANGER),
    ({"exp": "soon"}, Unfit.STRANGER),
    ({"exp": True}, Unfit.STRANGER),
    ({"sub": ""}, Unfit.STRANGER),
]


@pytest.mark.parametrize(("other", "reason"), OTHER)
def test_a_token_that_says_something_else_is_refused(other: dict[str, Any], reason: Unfit) -> None:
    assert refusal(token(**other)) is reason


@pytest.mark.parametrize("name", sorted(claims().keys() - {"nonce"}))
def test_a_token_without_one_of_its_claims_is_refused(name: str) -> None:
    without: dict[str, Any] = {name: None}
    assert refusal(token(**without)) is Unfit.STRANGER


@pytest.mark.parametrize("nonce", [None, "nonce-2", ""])
def test_a_token_that_answers_another_request_is_refused(nonce: str | None) -> None:
    assert refusal(token(nonce=nonce), nonce="nonce-1") is Unfit.OTHER_NONCE


@given(st.text(max_size=200))
def test_what_is_no_token_is_refused(text: str) -> None:
    assert refusal(text) in {Unfit.MALFORMED, Unfit.FORGED, Unfit.UNKNOWN_KEY}


def test_a_token_that_is_too_long_is_not_even_read() -> None:
    assert refusal("x" * (MAX_TOKEN_BYTES + 1)) is Unfit.MALFORMED


@given(st.data())
def test_a_token_of_which_one_character_is_altered_is_refused(data: st.DataObject) -> None:
    good = token()
    at = data.draw(st.integers(0, len(good) - 2))  # the last one has bits to spare
    other = data.draw(st.sampled_from([one for one in "Aa0_-." if one != good[at]]))
    refusal(good[:at] + other + good[at + 1 :])


def test_one_person_has_one_handle_whatever_the_token() -> None:
    first = verify(token(), TRUSTED, published(), START).person(PEOPLE_KEY)
    again = verify(token("two", aud="lantern-cli", name="Other"), TRUSTED, published("two"), START).person(PEOPLE_KEY)
    assert first == again
    assert first != verify(token(sub="worker-2"), TRUSTED, published(), START).person(PEOPLE_KEY)


def test_an_identity_does_not_show_a_name() -> None:
    assert "Familyname" not in repr(verify(token(), TRUSTED, published(), START))


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"keys": 1}', '{"keys": []}', '{"keys": [{"kty": "RSA"}]}'])
def test_what_is_no_key_set_is_refused(text: str) -> None:
    with pytest.raises(TokenRefused):
        load_keys(text)


def test_keys_for_other_uses_are_left_out() -> None:
    other = {**signing_key().as_dict(private=False), "use": "enc"}
    with pytest.raises(TokenRefused):
        load_keys(json.dumps({"keys": [other]}))
    assert load_keys(key_set(signing_key()))
