"""Opens a sealed fact with the vault's private key; what it says is in no text, log or error of this process."""

from services.core.errors import Unreadable, UnreadableBytes
from services.core.ids import FactId, MalformedId, SubjectId, well_formed
from services.vault.handlers import Arrival, Saying
from services.vault.keys import DigestKey
from services.wire.avro import Schemas
from services.wire.opening import Opener
from services.wire.sealed_facts import PURPOSE, envelope_of, reference_of

SEALED_FACT = ("SealedFact",)


class Reader:
    """Reads the frames of sealed-facts.v1."""

    def __init__(self, schemas: Schemas, opener: Opener, digest_key: DigestKey) -> None:
        self._schemas = schemas
        self._opener = opener
        self._digest_key = digest_key

    def renew(self, opener: Opener) -> None:
        """Open from now on with other keys; those that were destroyed are forgotten with the old opener."""
        self._opener = opener

    def read(self, frame: bytes) -> Arrival:
        """Open one sealed fact.

        Raises:
            UnreadableBytes: the frame is none, was sealed to another key, or was altered.
        """
        _, record = self._schemas.decode(frame, SEALED_FACT)
        plaintext = self._opener.open(envelope_of(record), PURPOSE, reference_of(record))
        subject, fact, field = _id(record["subject_id"]), _id(record["fact_id"]), record["field"]
        digest = self._digest_key.digest(plaintext, subject, fact, field)
        return Arrival(SubjectId(subject), FactId(fact), field, Saying(record["recorded_at"], digest), plaintext)


def _id(text: str) -> str:
    try:
        return well_formed(text)
    except MalformedId:
        raise UnreadableBytes(Unreadable.UNKNOWN_VALUE) from None
