"""Whatever their schemas allow: nothing that the case feed is told stops it, nor hides a report."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from services.casefeed.projecting import project_batch
from services.runtime.database import Session
from services.runtime.fence import Place
from services.wire.topics import CASE_UPDATES, LINK_CANDIDATES, PATTERNS, VAULT_DECISIONS
from tests.builders import START, an_id
from tests.vault.edge import Stored
from tests.vault.messages import case_update, place_of
from tests.wire.strange import AT_MS, IDS, SCHEMAS, few, frames, updates

_OFFSETS: defaultdict[str, "count[int]"] = defaultdict(count)
_NAMED = {"one": IDS, "other": IDS, "pattern_id": IDS, "decision_id": IDS, "subject_id": IDS}


def told(topic: str, *names: str) -> st.SearchStrategy[Stored]:
    frame = st.sampled_from(names).flatmap(lambda name: frames(name, **_NAMED))
    return frame.map(lambda value: Stored(0, value, topic, b"", (), AT_MS))


OTHERS = (
    told(PATTERNS, "PatternFound")
    | told(LINK_CANDIDATES, "LinkProposed")
    | told(VAULT_DECISIONS, "DecisionWaiting", "DecisionAnswered")
)


async def project(session: Session, records: Sequence[Stored]) -> int:
    """Project records behind those before them; gives how many could not be read."""
    batch: defaultdict[Place, list[Stored]] = defaultdict(list)
    for one in records:
        batch[place_of(one.topic)].append(replace(one, offset=next(_OFFSETS[one.topic])))
    done = await session.run(lambda connection: project_batch(connection, batch, SCHEMAS, telling=True))
    return done.dead_letters


@few
@given(st.lists(updates(), max_size=3), st.lists(OTHERS, max_size=8))
async def test_whatever_the_schemas_allow_stops_no_projection(
    session: Session, said: list[Stored], others: list[Stored]
) -> None:
    assert await project(session, [*said, *others]) <= len(said) + len(others)


async def test_a_zero_byte_in_what_speaks_for_a_link_is_no_evidence_and_stops_nothing(session: Session) -> None:
    evidence = [{"field": "a\x00b", "level": "same", "bits": 1.0}]
    proposed = {"one": an_id(1), "other": an_id(2), "proposed_by": "sealed_numbers", "verdict": "ask"}
    frame = SCHEMAS.encode("LinkProposed", proposed | {"evidence": evidence, "version": 1, "known_at": START})
    assert await project(session, [Stored(0, frame, LINK_CANDIDATES)]) == 1


async def test_a_zero_byte_in_an_episode_s_name_hides_no_report_of_its_update(session: Session) -> None:
    name, told = SCHEMAS.decode(case_update(SCHEMAS, an_id(1), [an_id(1)]).value or b"")
    episode = {"episode": "a\x00b", "since": None, "kind": "missing"}
    state = told["state"] | {"status": "missing", "open_episodes": [episode]}
    update = SCHEMAS.encode(name, {**told, "state": state})
    assert await project(session, [Stored(0, update, CASE_UPDATES)]) == 0
