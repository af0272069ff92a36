"""`lantern audit verify` reads the whole chain of each service and says what is wrong with it; `show` what it holds."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from nacl.signing import SigningKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from typer.testing import CliRunner, Result

from services.cli import signed_in
from services.cli.__main__ import commands
from services.cli.audit import SERVICES, line_of
from services.core.audit import Action, Checkpoint, Entry, Outcome, Recorded, extend, genesis
from services.wire.audit_lines import entry_line, entry_of, link_line, link_of
from services.wire.checkpoints import Signer
from services.wire.signing import public_file
from tests.core.chains import BEGAN, CHAIN, Chain, witness
from tests.serving_each import serving_each

KEYS = {service: bytes([number]) * 32 for number, service in enumerate(SERVICES, 1)}


def chain_of(service: str, links: int = 3) -> Chain:
    """A chain of links of one entry; the last head was witnessed."""
    made, held = [genesis(service, CHAIN, BEGAN)], list[Recorded]()
    for number in range(1, links):
        link, entries = extend(made[-1], BEGAN + timedelta(minutes=number), [Entry(Action.CASE_READ, count=number)])
        made.append(link)
        held += entries
    return Chain(tuple(made), tuple(held), (replace(witness(made[-1]), service=service),))


class Service:
    """Hands out a chain as every service does (tests/e2e holds it to that)."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.asked: list[Mapping[str, str]] = []

    async def extent(self, _: Request) -> Response:
        last = max([link.number for link in self.chain.links] + [one.link for one in self.chain.entries])
        return JSONResponse({"chain": CHAIN, "last_link": last, "last_entry": len(self.chain.entries) - 1})

    async def links(self, request: Request) -> Response:
        after, before = int(request.query_params["after"]), int(request.query_params["before"])
        return JSONResponse({
            "links": [link_line(one) for one in self.chain.links if after <= one.number < before],
            "entries": [entry_line(one) for one in self.chain.entries if after <= one.link < before],
        })  # fmt: skip

    async def entries(self, request: Request) -> Response:
        self.asked.append(request.query_params)
        after = int(request.query_params["after"])
        page = [one for one in self.chain.entries if one.number > after][:1]
        lines = [{"at": BEGAN.isoformat(), **entry_line(one)} for one in page]
        return JSONResponse({"entries": lines, "next": page[-1].number if page else None})

    def app(self) -> Starlette:
        paths = {"/audit": self.extent, "/audit/links": self.links, "/audit/entries": self.entries}
        paths["/api/audit/entries"] = self.entries
        return Starlette(routes=[Route(path, answer) for path, answer in paths.items()])


@pytest.fixture
def services() -> dict[str, Service]:
    return {name: Service(chain_of(name)) for name in SERVICES}


@asynccontextmanager
async def edition(folder: Path, services: Mapping[str, Service]) -> AsyncIterator[None]:
    async with serving_each({name: service.app() for name, service in services.items()}) as ports:
        (folder / "secrets").mkdir()
        (folder / "secrets" / "operator_token").write_text("token-of-the-tests")
        (folder / "edition.json").write_text(json.dumps({"version": 1, "ports": ports}))
        public = folder / "keys" / "public"
        public.mkdir(parents=True)
        for name, secret in KEYS.items():
            half = base64.b64encode(bytes(SigningKey(secret).verify_key)).decode()
            (public / public_file(name)).write_text(json.dumps({"public_key": half}))
        yield


def kept(*checkpoints: Checkpoint, by: Mapping[str, bytes] = KEYS) -> str:
    """Checkpoints as `lantern topics read` prints them."""
    return "\n".join(json.dumps({"record": _shown(Signer(by[one.service]).record(one))}) for one in checkpoints)


def _shown(record: Mapping[str, Any]) -> dict[str, Any]:
    spelt = {name: base64.b64encode(record[name]).decode() for name in ("hash", "signature")}
    return {**record, **spelt, "at": record["at"].isoformat()}


async def verified(folder: Path, services: Mapping[str, Service], copy: str | None = None, *words: str) -> Result:
    """What `lantern audit verify` comes to, with an agency's copy of every checkpoint, or of these."""
    everything = kept(*(one for service in services.values() for one in service.chain.checkpoints))
    (folder / "copy").write_text(everything if copy is None else copy)
    async with edition(folder, services):
        asked = ["audit", "verify", "--data", str(folder), "--copy", str(folder / "copy"), *words]
        return await asyncio.to_thread(CliRunner().invoke, commands(), asked)


async def test_chains_that_nobody_touched_are_said_to_be_whole(tmp_path: Path, services: dict[str, Service]) -> None:
    result = await verified(tmp_path, services)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        f"{name}: whole. 3 links with 2 entries, witnessed up to link 2." for name in SERVICES
    ]


async def test_the_entry_that_was_changed_is_named_and_the_exit_status_is_1(
    tmp_path: Path, services: dict[str, Service]
) -> None:
    chain = services["vault"].chain
    spoilt = replace(chain.entries[1], entry=replace(chain.entries[1].entry, count=7))
    services["vault"].chain = replace(chain, entries=(chain.entries[0], spoilt))
    result = await verified(tmp_path, services)
    assert result.exit_code == 1
    assert (
        "vault: NOT WHOLE, entry 1 of link 2 is not what it was. Before that, 2 links with 1 entries" in result.stdout
    )
    assert result.stdout.count("whole.") == len(SERVICES) - 1


async def test_json_says_which_fault_where(tmp_path: Path, services: dict[str, Service]) -> None:
    chain = services["casefeed"].chain
    services["casefeed"].chain = replace(chain, links=chain.links[:2], entries=chain.entries[:1])
    result = await verified(tmp_path, services, None, "--service", "casefeed", "--json")
    [told] = json.loads(result.stdout)
    assert (result.exit_code, told["service"], told["links"]) == (1, "casefeed", 2)
    assert told["finding"] == {"fault": "truncated", "link": 2, "entry": None, "since": 2}


async def test_a_chain_of_several_pages_is_read_whole(tmp_path: Path, services: dict[str, Service]) -> None:
    services["vault"].chain = chain_of("vault", 1201)
    result = await verified(tmp_path, services, None, "--service", "vault")
    assert result.stdout == "vault: whole. 1201 links with 1200 entries, witnessed up to link 1200.\n"


async def test_what_stands_before_the_first_link_or_behind_the_last_is_seen(
    tmp_path: Path, services: dict[str, Service]
) -> None:
    chain = services["vault"].chain
    stray = replace(chain.entries[0], number=99, link=77)
    services["vault"].chain = replace(chain, entries=(*chain.entries, stray))
    result = await verified(tmp_path, services, None, "--service", "vault")
    assert "vault: NOT WHOLE, entry 99 of link 77 was added." in result.stdout


async def test_without_any_checkpoint_a_chain_is_not_called_whole(tmp_path: Path, services: dict[str, Service]) -> None:
    result = await verified(tmp_path, services, "", "--service", "vault")
    assert result.exit_code == 1
    assert "nobody has witnessed it" in result.stdout


async def test_a_checkpoint_that_another_service_signed_vouches_for_nothing(
    tmp_path: Path, services: dict[str, Service]
) -> None:
    forged = kept(*services["vault"].chain.checkpoints, by={"vault": KEYS["casefeed"]})
    result = await verified(tmp_path, services, forged, "--service", "vault")
    assert (result.exit_code, "nobody has witnessed it" in result.stdout) == (1, True)


async def test_forged_checkpoints_beside_true_ones_are_told_of(tmp_path: Path, services: dict[str, Service]) -> None:
    [true] = services["vault"].chain.checkpoints
    copy = "\n".join([kept(true), kept(replace(true, hash=bytes(32)), by={"vault": bytes(32)})])
    result = await verified(tmp_path, services, copy, "--service", "vault")
    assert result.exit_code == 1
    assert "the chain is whole, but somebody has published checkpoints in its service's name" in result.stdout


async def test_a_service_that_does_not_answer_hides_nothing_of_the_others(
    tmp_path: Path, services: dict[str, Service]
) -> None:
    gone = Service(chain_of("vault"))
    gone.app = Starlette  # type: ignore[method-assign]  # it has no routes
    result = await verified(tmp_path, {**services, "vault": gone})
    assert result.exit_code == 1
    assert "vault: NOT READ. The service answered with status 404." in result.stdout
    assert result.stdout.count("whole.") == len(SERVICES) - 1


async def test_a_copy_that_is_none_is_refused(tmp_path: Path, services: dict[str, Service]) -> None:
    result = await verified(tmp_path, services, '{"record": {"service": "vault"}}')
    assert result.exit_code == 1
    assert "line 1: no message of audit-checkpoints.v1" in str(result.exception)


async def test_a_service_that_is_none_is_wrong_usage(tmp_path: Path, services: dict[str, Service]) -> None:
    result = await verified(tmp_path, services, None, "--service", "police")
    assert result.exit_code == 2


async def shown(folder: Path, services: Mapping[str, Service], *words: str) -> Result:
    """What `lantern audit show` prints for somebody who is signed in."""
    async with edition(folder, services):
        claims = base64.urlsafe_b64encode(json.dumps({"exp": 2**33}).encode()).decode()
        signed_in.keep(folder, signed_in.SignedIn(f"head.{claims}.signature"))
        asked = ["audit", "show", "--data", str(folder), *words]
        return await asyncio.to_thread(CliRunner().invoke, commands(), asked)


async def test_show_reads_every_page_of_every_service(tmp_path: Path, services: dict[str, Service]) -> None:
    result = await shown(tmp_path, services, "--json")
    told = json.loads(result.stdout)
    assert sorted((line["service"], line["number"]) for line in told) == sorted(
        (name, number) for name in SERVICES for number in range(2)
    )


async def test_show_asks_for_what_was_asked_for_and_no_more(tmp_path: Path, services: dict[str, Service]) -> None:
    await shown(tmp_path, services, "--service", "vault", "--who", "operator", "--action", "case_read")
    asked = dict(services["vault"].asked[0])
    assert (asked.pop("who"), asked.pop("action"), asked) == (
        "operator",
        "case_read",
        {"after": "-1", "at_most": "500"},
    )
    assert services["casefeed"].asked == []


async def test_show_prints_an_entry_a_line(tmp_path: Path, services: dict[str, Service]) -> None:
    result = await shown(tmp_path, services, "--service", "vault")
    assert result.stdout.splitlines() == [
        "2026-11-24T09:00:00Z  vault  service  case_read  done  x1",
        "2026-11-24T09:00:00Z  vault  service  case_read  done  x2",
    ]


def test_a_line_says_who_in_which_role_was_denied_what_and_why() -> None:
    entry = Entry(Action.CASE_READ, Outcome.DENIED, "ab" * 16, "manager", ("asked:abcdef",), ("not_known",), 0)
    _, [held] = extend(genesis("vault", CHAIN, BEGAN), BEGAN, [entry])
    line = line_of({"at": BEGAN.isoformat(), "service": "casefeed", **entry_line(held)})
    assert line.endswith(f"casefeed  {'ab' * 16} as manager  case_read  denied not_known  x0  asked:abcdef")


def test_a_link_and_an_entry_are_read_back_as_they_were() -> None:
    chain = chain_of("vault")
    assert [link_of(link_line(link)) for link in chain.links] == list(chain.links)
    assert [entry_of(entry_line(one)) for one in chain.entries] == list(chain.entries)
