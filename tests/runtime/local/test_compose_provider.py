"""In Compose the processors read the identity provider's keys from a file; it holds what the provider publishes."""

from datetime import UTC, datetime
from pathlib import Path

from services.core.codes import OrganisationKind, Sector
from services.runtime.local.compose import publish_provider_keys
from services.runtime.settings import IdentitySettings, KeySettings
from services.runtime.witness import witness_of
from tests.identity_provider import RunningProvider


def test_a_processor_believes_a_token_by_the_keys_that_were_published(
    provider: RunningProvider, tmp_path: Path
) -> None:
    now, told = datetime.now(UTC), IdentitySettings(oidc_issuer=provider.issuer)
    assert publish_provider_keys(tmp_path, told, now)
    witness = witness_of(Sector.POLICE, KeySettings(keys=tmp_path, public_keys=tmp_path), told)
    assert witness.shown(provider.token("police-officer"), now).kind is OrganisationKind.POLICE_FORCE
    assert "private" not in (tmp_path / "provider.jwks").read_text()
