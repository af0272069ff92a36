"""How long the vault takes to judge and to open: `pytest tests/vault/bench/test_opening.py -rP`. It asserts no time."""

import time
from collections.abc import Callable
from statistics import median, quantiles

from services.core.known import Known
from services.runtime.health import Health
from services.runtime.metrics import Metrics
from services.vault.decisions import Act, Allowed, Decision
from services.vault.horizon import kafka_horizon
from services.vault.judging import Circumstances, Material, judge
from services.wire.topics import Topic
from tests.core.enquiries import CHILD, NOW, VERSIONS, the_whole_ladder
from tests.runtime.secured_kafka import SecuredKafka
from tests.vault.deciding import a_missing_child, hub
from tests.vault.tables import Vault
from tests.vault.test_horizon import known
from tests.vault.test_judging import RELEASE, WORKER

TIMES = 200


def told(what: str, seconds: list[float]) -> None:
    p99 = quantiles(seconds, n=100)[98]
    print(f"{what}: median {1000 * median(seconds):.2f} ms, p99 {1000 * p99:.2f} ms over {len(seconds)}")  # noqa: T201


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def test_a_decision() -> None:
    said: tuple[Known, ...] = the_whole_ladder()
    found = Material(CHILD, said, VERSIONS)
    assert isinstance(judge(RELEASE, Circumstances(WORKER), found, NOW), Allowed)
    told("a gate decides", [timed(lambda: judge(RELEASE, Circumstances(WORKER), found, NOW)) for _ in range(TIMES)])


async def test_an_open(vault: Vault) -> None:
    await a_missing_child(vault)
    made, seconds = hub(vault), list[float]()
    for _ in range(TIMES):
        decision: Decision = await made.ask()
        await made.act(decision, Act.SECOND)
        began = time.perf_counter()
        answer = await made.look(decision)
        seconds.append(time.perf_counter() - began)
        assert answer.shown
    told("an open, from the question to the clear text", seconds)


async def test_how_far_the_topics_reach(kafka: SecuredKafka, topics: tuple[Topic, ...]) -> None:
    there, seconds = await known(kafka, topics), list[float]()
    async with kafka_horizon(kafka.access("vault"), there, Health(Metrics())) as horizon:
        for _ in range(TIMES):
            began = time.perf_counter()
            assert await horizon.ends()
            seconds.append(time.perf_counter() - began)
    told("Kafka says how far the vault's topics reach", seconds)
