"""Portraits and edges as a store keeps them, and back. Pure."""

from functools import lru_cache

import orjson

from services.core.matching.groups import Pair
from services.core.matching.scoring import Evidence, Verdict
from services.correlator.likeness import Edge
from services.correlator.said import Portrait, Trait

_REMEMBERED = 20_000


def portrait_to(portrait: Portrait) -> bytes:
    """The same bytes for the same portrait; no text, because Avro's strings may hold a zero."""
    return orjson.dumps([[kind, value] for kind, value in sorted(portrait)])


@lru_cache(_REMEMBERED)
def portrait_from(kept: bytes) -> Portrait:
    """The portrait that `portrait_to` wrote."""
    return frozenset(Trait(kind, value) for kind, value in orjson.loads(kept))


def evidence_to(edge: Edge) -> str:
    """The evidence of an edge: how far each field agrees, never on what."""
    return orjson.dumps([[one.field, one.level, one.bits] for one in edge.evidence]).decode()


def edge_from(pair: Pair, verdict: str, evidence: str) -> Edge:
    """The edge of which `evidence_to` wrote the evidence."""
    said = orjson.loads(evidence)
    return Edge(pair, Verdict(verdict), tuple(Evidence(field, level, bits) for field, level, bits in said))
