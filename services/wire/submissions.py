"""A submission on its way in: the connector that seals and the processor that opens agree here on what is bound."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import orjson

from services.core.codes import OrganisationKind
from services.wire.avro import Record
from services.wire.seal import BatchSealer, Envelope, sealed_record

PURPOSE = "intake"
MAX_CONTENT_BYTES = 1024 * 1024
MAX_ORGANISATION = 100
"""As many letters at most has the code of an organisation."""
NO_SUBMISSION = "0" * 32
"""What stands for the submission of a record that does not say of which it is, and has no key that does."""
# What is no JSON by itself is no JSON here either: dates and our own classes are refused, not spelt in some way.
_IN_ONE_WAY = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME


@dataclass(frozen=True, slots=True)
class Submission:
    """What an organisation sends in one go; `submission_id` is 32 hexadecimal digits, `submitted_at` is in UTC."""

    submission_id: str
    record_count: int
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class Content:
    """What one record of a submission says, and who says it; `token` is the identity token of a person, if any."""

    format: str
    organisation: str = field(repr=False)
    organisation_kind: OrganisationKind
    record: Mapping[str, object] = field(repr=False)
    token: str | None = field(default=None, repr=False)


def to_record(submission: Submission, source_seq: int, content: Content, sealer: BatchSealer) -> Record:
    """The lantern.IntakeRecord of one record, its content as canonical JSON sealed to the agency's processor."""
    record: Record = {
        "submission_id": submission.submission_id,
        "source_seq": source_seq,
        "record_count": submission.record_count,
        "submitted_at": submission.submitted_at,
    }
    record["sealed"] = sealed_record(sealer.seal(_plaintext(content), PURPOSE, reference_of(record)))
    return record


def envelope_of(record: Record) -> Envelope:
    """What the processor opens."""
    return Envelope(**record["sealed"])


def reference_of(record: Record) -> str:
    """Everything that stands beside the sealed content, so that no part of it can be changed or moved."""
    return json.dumps(
        [record["submission_id"], record["source_seq"], record["record_count"], record["submitted_at"].isoformat()]
    )


def _plaintext(content: Content) -> bytes:
    said = {
        "format": content.format,
        "organisation": content.organisation,
        "organisation_kind": content.organisation_kind.value,
        "record": content.record,
    }
    return canonical(said if content.token is None else {**said, "token": content.token})


def canonical(value: object) -> bytes:
    """JSON in one way only; what a reader of JSON cannot hold is written as it is, for its reader to refuse."""
    try:
        return orjson.dumps(value, option=_IN_ONE_WAY)
    except orjson.JSONEncodeError:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # Of text that is no valid Unicode nothing but a reader's own refusal is an answer.
    return text.encode(errors="surrogatepass")
