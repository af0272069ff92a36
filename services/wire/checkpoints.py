"""A service's signed word on where its audit stands: written to audit-checkpoints.v1, held by whoever reads it."""

from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from services.core.audit import Checkpoint, checkpoint_bytes
from services.wire.avro import Record
from services.wire.signing import load_private, load_public

NAME = "AuditCheckpoint"


class Signer:
    """Signs with a service's own key."""

    def __init__(self, secret: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(secret)

    def record(self, checkpoint: Checkpoint) -> Record:
        """The lantern.AuditCheckpoint of a checkpoint."""
        return {
            "service": checkpoint.service,
            "chain": checkpoint.chain,
            "number": checkpoint.number,
            "hash": checkpoint.hash,
            "at": checkpoint.at,
            "signature": self._key.sign(checkpoint_bytes(checkpoint)),
        }


class NotSigned(ValueError):
    """This is not what the service that it names has signed."""


def verified(record: Record, public: Ed25519PublicKey) -> Checkpoint:
    """What a record says, if the holder of the key has said it.

    Raises:
        NotSigned: somebody else said it, or something else was signed.
    """
    try:
        checkpoint = Checkpoint(*(record[name] for name in ("service", "chain", "number", "hash", "at")))
        public.verify(record["signature"], checkpoint_bytes(checkpoint))
    except (InvalidSignature, KeyError, ValueError, OverflowError):
        raise NotSigned from None
    return checkpoint


def load_signer(folder: Path) -> Signer:
    """Make a signer with the signing key in a service's own folder of keys.

    Raises:
        Misconfigured: it is missing or has another size.
    """
    return Signer(load_private(folder))


def load_public_key(folder: Path, service: str) -> Ed25519PublicKey:
    """Read a service's public half from the folder of everybody's public keys.

    Raises:
        Misconfigured: it is missing or is no public key.
    """
    return Ed25519PublicKey.from_public_bytes(load_public(folder, service))
