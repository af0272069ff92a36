"""`lantern bench`: floors, rates, latency, memory, and where the CPU goes."""

import asyncio
import json
import logging
import os
import uuid
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from services.cli.bench import generating, rates, usage, watchers
from services.cli.bench.again import made_again
from services.cli.bench.figures import Figures, percentile, show
from services.cli.bench.floors import floors
from services.cli.bench.latency import latencies
from services.cli.bench.target import Target, target
from services.runtime.local.principals import SERVICES
from services.runtime.local.programs import PARTS

Data = Annotated[
    Path | None,
    typer.Option(
        "--data", metavar="DIR", help="A running edition, which keeps what is generated; else a fresh one is made."
    ),
]
Quick = Annotated[bool, typer.Option("--quick", help="Few events: does it work at all?")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_RATE = 100.0
_ALONE = 2
"""So many times as many events for the correlator alone: it is watched every tenth of a second, and is quick."""
_QUICK_EVENTS, _QUICK_SECONDS = 1_500, 3.0
_SECONDS = 20.0
_IDLE_SECONDS, _QUICK_IDLE_SECONDS = 10.0, 2.0


def commands() -> typer.Typer:
    """`lantern bench`, and what of it is measured by itself."""
    app = typer.Typer(invoke_without_command=True)
    app.callback()(bench)
    app.command("watchers")(watched)
    return app


def bench(
    context: typer.Context,
    data: Data = None,
    events: Annotated[
        int, typer.Option(min=1_500, help="Events for the whole path; twice as many for the correlator alone.")
    ] = 10_000,
    quick: Quick = False,
    as_json: Json = False,
) -> None:
    """Measure how fast the hub is, with generated events, beside what this machine can do at all.

    Example: lantern bench --events 20000
    """
    if context.invoked_subcommand:
        return
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what it says of a broken connection, we say better
    with target(data) as measured:
        figures = asyncio.run(_measure(measured, _QUICK_EVENTS if quick else events, quick))
    if as_json:
        typer.echo(json.dumps(figures.to_json(), indent=2))
    else:
        show(Console(soft_wrap=True), figures)


def watched(data: Data = None, quick: Quick = False, as_json: Json = False) -> None:
    """Measure how soon each of 10, and of 200, watchers of the feed sees what is published, and what one costs.

    Of the 200, two see every case and the others one in twenty.

    Example: lantern bench watchers --json
    """
    with target(data) as measured:
        figures = asyncio.run(watchers.measure(measured, quick=quick))
    if as_json:
        typer.echo(json.dumps(figures.to_json(), indent=2))
    else:
        watchers.show(Console(soft_wrap=True), figures)


async def _measure(measured: Target, events: int, quick: bool) -> Figures:
    run = uuid.uuid4().hex[:8].upper()
    await asyncio.gather(*(rates.ready(measured, service) for service in SERVICES))
    idle = await _idle(measured, _QUICK_IDLE_SECONDS if quick else _IDLE_SECONDS)
    floor = await floors(measured, events)
    path, path_cpu = await rates.whole_path(measured, generating.files(generating.tellings(3, f"{run}A", events)))
    taken = await latencies(measured, f"{run}B", _RATE, _QUICK_SECONDS if quick else _SECONDS)
    memory = usage.memory(measured.pids(), PARTS)
    again = await made_again(measured)
    waiting = generating.files(generating.tellings(4, f"{run}C", _ALONE * events))
    alone, alone_cpu = await rates.correlator_alone(measured, waiting)
    return Figures(
        cores=os.cpu_count() or 1,
        events=events,
        floors=floor,
        whole_path=path,
        whole_path_cpu=path_cpu,
        correlator_alone=alone,
        correlator_alone_cpu=alone_cpu,
        made_again=again,
        feed_rate=_RATE,
        feed_p50=percentile(taken.feed, 0.5),
        feed_p99=percentile(taken.feed, 0.99),
        alerts=len(taken.pages),
        page_p50=percentile(taken.pages, 0.5),
        page_p99=percentile(taken.pages, 0.99),
        idle_cpu=idle,
        memory=memory,
    )


async def _idle(measured: Target, seconds: float) -> dict[str, float]:
    """The share of a core that each process takes while nothing is sent."""
    before = usage.cpu_seconds(measured.pids())
    await asyncio.sleep(seconds)
    after = usage.cpu_seconds(measured.pids())
    return {name: (after[name] - before[name]) / seconds for name in before if name != usage.BENCH}
