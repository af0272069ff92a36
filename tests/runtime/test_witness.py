"""A processor believes the provider's keys as they stand in a file, and nobody where there is none."""

from pathlib import Path

import pytest

from services.core.codes import Sector
from services.runtime.settings import IdentitySettings, KeySettings
from services.runtime.witness import PROVIDER_KEYS, Witness, witness_of
from services.wire.identity import TokenRefused, Unfit
from tests.builders import START
from tests.wire.provider_keys import CLIENT, ISSUER, TRUSTED, key_set, signing_key, token


def write(folder: Path, kid: str) -> Path:
    """The keys that the provider publishes now."""
    path, draft = folder / PROVIDER_KEYS, folder / "draft"
    draft.write_text(key_set(signing_key(kid)))
    draft.replace(path)
    return path


def test_keys_that_the_provider_changed_are_read_without_a_restart(tmp_path: Path) -> None:
    witness = Witness(Sector.LOCAL_AUTHORITY, TRUSTED, write(tmp_path, "one"))
    assert witness.shown(token("one"), START).author.subject == "worker-1"

    write(tmp_path, "two")

    assert witness.shown(token("two"), START).author.subject == "worker-1"
    with pytest.raises(TokenRefused):
        witness.shown(token("one"), START)


@pytest.mark.parametrize("content", [None, "", "{}"])
def test_without_keys_nobody_is_shown(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / PROVIDER_KEYS).write_text(content)
    with pytest.raises(TokenRefused) as caught:
        Witness(Sector.LOCAL_AUTHORITY, TRUSTED, tmp_path / PROVIDER_KEYS).shown(token(), START)
    assert caught.value.reason is Unfit.UNKNOWN_KEY


def test_without_a_provider_nobody_is_shown(tmp_path: Path) -> None:
    keys = KeySettings(keys=tmp_path, public_keys=write(tmp_path, "one").parent)
    with pytest.raises(TokenRefused):
        witness_of(Sector.LOCAL_AUTHORITY, keys, IdentitySettings()).shown(token(), START)


@pytest.mark.parametrize("client", [CLIENT, "lantern-cli"])
def test_whoever_signed_in_on_a_page_or_with_the_command_is_shown(tmp_path: Path, client: str) -> None:
    keys = KeySettings(keys=tmp_path, public_keys=write(tmp_path, "one").parent)
    witness = witness_of(Sector.LOCAL_AUTHORITY, keys, IdentitySettings(oidc_issuer=ISSUER))
    assert witness.shown(token(aud=client), START).author.subject == "worker-1"
