"""A processor's witness of who speaks: the identity provider's published keys as a file has them, never fetched."""

from datetime import datetime
from pathlib import Path

from joserfc.jwk import KeySet

from services.core.codes import Sector
from services.runtime.settings import IdentitySettings, KeySettings
from services.wire.authors import Shown, shown
from services.wire.identity import TokenRefused, Trusted, Unfit, load_keys

PROVIDER_KEYS = "provider.jwks"


class Witness:
    """Tells who a token proves to speak through one agency; without a trusted provider, nobody."""

    def __init__(self, agency: Sector, trusted: Trusted | None, keys_file: Path) -> None:
        self._agency = agency
        self._trusted = trusted
        self._file = keys_file
        self._read: tuple[tuple[int, int], KeySet] | None = None

    def shown(self, token: str, now: datetime) -> Shown:
        """Who speaks with this token at `now`.

        Raises:
            TokenRefused: nobody whom this agency's processor may believe.
        """
        if self._trusted is None:
            raise TokenRefused(Unfit.OTHER_ISSUER)
        return shown(token, self._agency, self._trusted, self._keys(), now)

    def _keys(self) -> KeySet:
        """The keys as the file has them now: a provider changes its keys, and a processor is not restarted for it."""
        try:
            stat = self._file.stat()
            version = stat.st_mtime_ns, stat.st_ino
            if self._read is None or self._read[0] != version:
                self._read = version, load_keys(self._file.read_bytes())
        except OSError:
            raise TokenRefused(Unfit.UNKNOWN_KEY) from None
        return self._read[1]


def witness_of(agency: Sector, keys: KeySettings, tokens: IdentitySettings) -> Witness:
    """The witness of an agency's processor."""
    audiences = frozenset({tokens.oidc_client_id, tokens.oidc_command_client_id})
    trusted = Trusted(tokens.oidc_issuer, audiences) if tokens.oidc_issuer else None
    return Witness(agency, trusted, keys.public_keys / PROVIDER_KEYS)
