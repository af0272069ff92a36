"""`lantern links`: are these two records one child's? What speaks for it, what a decision changes, and the decision."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from services.cli import client, signed_in
from services.cli.casepage import bare_table, page
from services.cli.cases import Json
from services.cli.casewords import clock, short, status, words
from services.cli.enquiry.asking import speaker
from services.cli.enquiry.telling import details_in, tell
from services.core.codes import LinkGround
from services.core.ids import SubjectId
from services.core.matching.components import Verdict
from services.core.matching.ways import USUAL_GROUND, Way
from services.formats.canonical.link_documents import EVENTS, link_document

Shown = Mapping[str, Any]

_PAGE = 200
_NOT_FOUND = 404

Record = Annotated[str, typer.Argument(metavar="ID", help="A record's id, or its first digits.")]
Ground = Annotated[LinkGround, typer.Option(help="Why you decide so.")]
Details = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, metavar="FILE", help='JSON with a "narrative", which is only sealed.'),
]


def list_all(
    decided: Annotated[bool, typer.Option("--decided", help="Also what a person has parted.")] = False,
    as_json: Json = False,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """List pairs of records that may be of one child and wait for a person, the oldest first.

    Example: lantern links list
    """
    with signed_in.asking(data, "casefeed") as api:
        found = list(_pages(api, decided))
    if as_json:
        typer.echo(json.dumps(found, indent=2))
    elif found:
        rows = bare_table("One record", "Other record", "Of the cases", "By", "What speaks for it")
        for one in found:
            cases = " and ".join(map(short, one["cases"]))
            rows.add_row(short(one["one"]), short(one["other"]), cases, _by(one), _reasons(one))
        page().print(rows)
    else:
        typer.echo("There is nothing for you to decide.")


def show(one: Record, other: Record, as_json: Json = False, data: client.Data = client.DEFAULT_DATA) -> None:
    """Show what speaks for two records being of one child, both cases, and what each decision would change.

    Example: lantern links show 3f2a9c1e 77ab03d2
    """
    with signed_in.asking(data, "casefeed") as api:
        found = _detail(api, _whole(api, one), _whole(api, other))
    if found is None:
        raise client.Failed("Nothing that was compared speaks for these two records being of one child.")
    typer.echo(json.dumps(found, indent=2) if as_json else "\n".join(told(found)))


def accept(
    one: Record,
    other: Record,
    ground: Ground = USUAL_GROUND[Way.ACCEPT],
    details: Details = None,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """You decide that two records are of one child: their cases become one.

    Where an adult asks for one of the children, two people must accept it, each signed in as themselves (¶5.65).

    Example: lantern links accept 3f2a9c1e 77ab03d2 --ground documents_compared
    """
    ends = _decide(Verdict.LINKED, one, other, ground, details, data)
    typer.echo(f"Written down: records {' and '.join(map(short, ends))} are of one child.")
    typer.echo("If an adult asks for either child, the cases become one once a second person accepts it too.")


def refuse(
    one: Record,
    other: Record,
    ground: Ground = USUAL_GROUND[Way.REFUSE],
    details: Details = None,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """You decide that two records are of two children: nothing but another decision joins them any more.

    Example: lantern links refuse 3f2a9c1e 77ab03d2 --ground person_recognised
    """
    ends = _decide(Verdict.REFUSED, one, other, ground, details, data)
    typer.echo(f"Written down: records {' and '.join(map(short, ends))} are of two children.")


def undo(
    one: Record,
    other: Record,
    ground: Ground = USUAL_GROUND[Way.UNDO],
    details: Details = None,
    as_json: Json = False,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """You undo what joined two records, and are told who was shown two children as one.

    A person's link is taken back, one that waits for a second person too; what numbers or weights would still join is
    parted for good, as by `refuse`.

    Example: lantern links undo 3f2a9c1e 77ab03d2
    """
    with signed_in.asking(data, "casefeed") as api:
        ends = _whole(api, one), _whole(api, other)
        found = _detail(api, *ends)
    if found and not found["undo"]:
        raise client.Failed("These two records are not joined: there is nothing to undo.")
    verdict = Verdict(found["undo"]) if found else Verdict.UNLINKED
    _decide(verdict, *ends, ground, details, data)
    seen = found["seen_by"] if found else []
    if as_json:
        typer.echo(json.dumps({"event": EVENTS[verdict], "seen_by": seen}, indent=2))
        return
    typer.echo("Written down: they are parted. What was allowed of a location before is void.")
    for line in _seen(seen):
        typer.echo(line)


def weights(
    version: Annotated[str | None, typer.Argument(metavar="VERSION", help="The weights to look at.")] = None,
    adopt: Annotated[bool, typer.Option("--adopt", help="Compare by them from now on.")] = False,
    as_json: Json = False,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """For the operator: what other weights would change, and to adopt them; without a version, which hold.

    Example: lantern links weights 2 --adopt
    """
    with client.http(data, "correlator") as api:
        api.timeout = httpx.Timeout(None)  # every record is weighed: a minute for some hundred thousand
        if version is None:
            found = client.answer(api.get("/weights"))
            typer.echo(json.dumps(found) if as_json else f"Records are compared by version {found['holds']} of "
                       f"{', '.join(found['versions'])}.")  # fmt: skip
            return
        found = client.answer(api.get(f"/weights/{version}"))
        typer.echo(json.dumps(found, indent=2) if as_json else "\n".join(_report(found)))
        if adopt:
            client.answer(api.post("/weights", json={"version": version, "sha256": found["sha256"]}))
            typer.echo("Adopted: the correlator weighs every record anew.", err=as_json)


def commands() -> typer.Typer:
    """Every command of `lantern links`."""
    app = typer.Typer(no_args_is_help=True, help="Who is who: which records are of one child.")
    app.command("list")(list_all)
    for command in (show, accept, refuse, undo, weights):
        app.command()(command)
    return app


def told(found: Shown) -> Iterator[str]:
    """What a person needs who decides, a line each."""
    link = found["link"]
    yield f"Compared: {_by(link)}. {_reasons(link)}"
    if link["decided"]:
        yield f"A person has decided: {words(link['decided'])}."
    if found["held_apart"]:
        yield "By these weights they are one; numbers, a person or a namesake born on nearly that day speak against it."
    for side in found["sides"]:
        names = sorted({name["text"] for claims in side["claims"] for name in claims["names"]})
        births = sorted({birth["value"] for claims in side["claims"] for birth in claims["dates_of_birth"]})
        standing = f"{status(side['status'])}, {len(side['subjects'])} records, {side['enquirers']} adults ask"
        born = ", ".join(births) or "nobody said when"
        yield f"Case {short(side['case_id'])}: {standing}; {', '.join(names)}; born {born}"
    for change in found["consequences"]:
        cases = " | ".join(", ".join(map(short, case)) for case in change["cases"])
        wait = " (until a second person accepts it too)" if change["waits"] else ""
        yield f"If {words(change['decision'])}: {cases}" + (wait or ("" if change["moved"] else " (as it is)"))
    yield from _seen(found["seen_by"])


def _decide(
    verdict: Verdict, one: str, other: str, ground: LinkGround, details: Path | None, data: Path
) -> tuple[SubjectId, SubjectId]:
    """Say a decision through the person's own agency; gives the two records."""
    with signed_in.asking(data, "casefeed") as api:
        ends = _whole(api, one), _whole(api, other)
    if ends[0] == ends[1]:
        raise client.Failed("These digits name one record: nothing was said.")
    document = link_document(verdict, ends, ground, datetime.now(UTC), details_in(details).narrative)
    tell(speaker(data), document, data)
    return ends


def _pages(api: httpx.Client, decided: bool) -> Iterator[Shown]:
    skip: int | None = 0
    while skip is not None:
        found = client.answer(api.get("/api/links", params={"skip": skip, "at_most": _PAGE, "decided": decided}))
        yield from found["links"]
        skip = found["next"]


def _whole(api: httpx.Client, digits: str) -> SubjectId:
    """The record that begins so: the first digits are enough."""
    case = client.answer(api.get(f"/api/cases/{digits}"))
    found = [subject for subject in case["subjects"] if subject.startswith(digits)]
    if len(found) != 1:
        raise client.Failed("Several records begin so: give more digits. Nothing was said.")
    return SubjectId(found[0])


def _detail(api: httpx.Client, one: str, other: str) -> Shown | None:
    answer = api.get(f"/api/links/{one}/{other}")
    return None if answer.status_code == _NOT_FOUND else client.answer(answer)


def _by(link: Shown) -> str:
    by = [", ".join(map(words, link["proposed_by"]))] if link["proposed_by"] else []
    if len(set(link["cases"])) == 1:
        by += ["they are one case"]
    elif link["decided"] == "linked":
        by += ["one person says they are, a second is needed"]
    return "; ".join(by)


def _reasons(link: Shown) -> str:
    said = [f"{one['field']} {words(one['level'])} ({one['bits']:+.1f})" for one in link["evidence"]]
    return ", ".join(said) + (f" = {link['bits']:.1f} bits" if said else "")


def _seen(seen: Iterable[Shown]) -> Iterator[str]:
    for one in seen:
        yield f"Shown both as one child's: {words(one['role'] or 'nobody')} {short(one['who'])}, {clock(one['at'])}"


def _report(found: Shown) -> Iterator[str]:
    yield f"Version {found['version']}, {found['records']} records weighed. If it is adopted:"
    yield f"  {found['pairs_joined']} pairs newly joined, {found['pairs_parted']} no longer"
    yield f"  {found['pairs_asked']} pairs newly for a person, {found['pairs_no_longer_asked']} no longer"
    yield f"  {found['records_moved']} records go to another case: {', '.join(map(short, found['cases'])) or 'none'}"
