"""A watcher of the bench hears the feed wherever its pieces are cut, and the crowds see what they are said to see."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.casefeed.feed import HEARTBEAT, encode
from services.cli.bench import generating
from services.cli.bench.watchers import CROWDS, ONE_IN_TWENTY, SPEAKING, Watcher
from services.core.codes import Sector
from tests.builders import an_id

EVENTS = [an_id(number) for number in range(1, 6)]
STREAM = b"id: 0\n\n" + HEARTBEAT.join(
    encode(number, f'{{"case_id":"{an_id(9)}","event_id":"{event}"}}') for number, event in enumerate(EVENTS, 1)
)


@given(cuts=st.sets(st.integers(1, len(STREAM) - 1)))
async def test_every_event_is_heard_once_wherever_the_stream_is_cut(cuts: set[int]) -> None:
    watcher, places = Watcher(EVENTS), [0, *sorted(cuts), len(STREAM)]
    for at, (begin, end) in enumerate(pairwise(places)):
        watcher.hear(STREAM[begin:end], at)
    assert list(watcher.at) == EVENTS
    assert (watcher.place, watcher.all.is_set()) == (b"5", True)


async def test_a_watcher_who_comes_back_goes_on_after_the_last_whole_event() -> None:
    watcher = Watcher(EVENTS)
    watcher.hear(STREAM[:-3], 1)
    watcher.cut_off()
    watcher.hear(encode(5, f'{{"event_id":"{EVENTS[-1]}"}}'), 2)
    assert (watcher.at[EVENTS[-1]], watcher.all.is_set()) == (2, True)


def test_one_report_in_twenty_is_of_a_missing_child_and_two_watchers_see_all_of_them() -> None:
    told = list(generating.sightings(1, "RUN45678A", 40, SPEAKING))
    missing = [one for one in told if any(said["event"] == "ChildMissing" for said in one.documents)]
    assert len(missing) == 2
    assert {one.agency for one in missing} == {Sector.POLICE}
    assert [sum(crowd.values()) for crowd in CROWDS] == [10, 200]
    assert CROWDS[1][ONE_IN_TWENTY] == 198
