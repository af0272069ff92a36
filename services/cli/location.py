"""`lantern location`: decisions on where a child is. What one opens is seen on the vault's page, and nowhere else."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli import client, signed_in
from services.cli.casewords import clock, short, words
from services.cli.enquiry.asking import speaker
from services.cli.enquiry.documents import Document, Enquiry, rung
from services.cli.enquiry.telling import Details, Speaker, tell, telling
from services.core.codes import Purpose

_VAULT = "vault"
_WHOLE_ID = 32

Number = Annotated[str, typer.Argument(metavar="DECISION", help="The decision's number, 32 digits.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Answer = dict[str, Any]


def request(
    case: Annotated[str, typer.Argument(metavar="ID", help="The case, or at least its first 6 digits.")],
    purpose: Annotated[Purpose, typer.Option(help="What the location is needed for.")],
    enquirer: Annotated[str | None, typer.Option(help="For a release: the adult's handle, 32 digits.")] = None,
    as_json: Json = False,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """Ask for a decision; the answer is its number and the page on which you open it.

    A release to an enquirer then needs two approvals; all else needs a colleague, or two minutes without an answer.

    Example: lantern location request 3f2a9c1e --purpose search_for_child
    """
    if purpose is Purpose.UNKNOWN:
        raise typer.BadParameter("Say what the location is needed for: without a purpose none ever opens.")
    if (purpose is Purpose.RELEASE_TO_ENQUIRER) is (enquirer is None):
        raise typer.BadParameter("A release to an enquirer names the --enquirer; nothing else does.")
    wish = {"subject": _whole(case, data), "purpose": purpose.value, "enquirer": enquirer}
    with signed_in.asking(data, _VAULT) as vault:
        _print(client.answer(vault.post("/api/decisions", json=wish)), data, as_json=as_json)


def status(number: Number, as_json: Json = False, data: client.Data = client.DEFAULT_DATA) -> None:
    """Say how a decision stands: your own, or one that you may answer for.

    Example: lantern location status 5d0f2c7be41a9386d1c04f7a9b3e6d58
    """
    _print(_read(number, data), data, as_json=as_json)


def approve(number: Number, as_json: Json = False, data: client.Data = client.DEFAULT_DATA) -> None:
    """Say yes to a colleague's decision: as the second person of a search, or as one of two who approve a release.

    An approval of a release goes signed through your own agency, and counts for this decision and assessment alone.

    Example: lantern location approve 5d0f2c7be41a9386d1c04f7a9b3e6d58
    """
    found = _read(number, data)
    if found["enquirer"] is None:
        found = _act(number, "second", data)
    else:
        who = speaker(data)
        tell(who, approval(found, who), data)
    _print(found, data, as_json=as_json)


def review(number: Number, as_json: Json = False, data: client.Data = client.DEFAULT_DATA) -> None:
    """Say that you have looked into a location that opened for a colleague alone.

    Example: lantern location review 5d0f2c7be41a9386d1c04f7a9b3e6d58
    """
    _print(_act(number, "review", data), data, as_json=as_json)


def withdraw(number: Number, as_json: Json = False, data: client.Data = client.DEFAULT_DATA) -> None:
    """End a decision for good: your own, because nobody needs it, or a colleague's, because you object.

    Example: lantern location withdraw 5d0f2c7be41a9386d1c04f7a9b3e6d58
    """
    act = "withdraw" if _read(number, data)["is_own"] else "object"
    _print(_act(number, act, data), data, as_json=as_json)


def waiting(as_json: Json = False, data: client.Data = client.DEFAULT_DATA) -> None:
    """List the decisions that wait for a colleague's answer, or for the review of what opened without one.

    Example: lantern location waiting
    """
    with signed_in.asking(data, "casefeed") as feed:
        found = client.answer(feed.get("/api/waiting"))["waiting"]
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    if not found:
        typer.echo("No decision waits for anybody.")
    for one in found:
        typer.echo(
            f"{one['decision_id']}  {words(one['waits_for'])}, due {clock(one['due_at'])}: "
            f"{words(one['purpose'])}, asked by {words(one['sector'])}, record {short(one['subject_id'])}"
        )


def doubts(
    settle_until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%dT%H:%M:%S%z"], help="You have looked into all of them up to this time."),
    ] = None,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """For the operator: list what the vault could not read or verify; while it is not settled, it denies releases.

    What a record said counts only once it is said anew: settle it when its agency has sent it again.

    Example: lantern location doubts --settle-until 2026-11-24T12:00:00+0000
    """
    with client.http(data, _VAULT) as vault:
        if settle_until is not None:
            done = client.answer(vault.post("/doubts/settled", json={"until": settle_until.isoformat()}))
            typer.echo(f"{done['settled']} settled.")
        typer.echo(json.dumps(client.answer(vault.get("/doubts"))["doubts"], indent=2))


def commands() -> typer.Typer:
    """Every command of `lantern location`."""
    app = typer.Typer(no_args_is_help=True, help=__doc__)
    for command in (request, status, waiting, approve, withdraw, review, doubts):
        app.command()(command)
    return app


def approval(found: Mapping[str, Any], who: Speaker) -> Document:
    """What one of the two people says who approve a release: of this decision and this assessment alone.

    Raises:
        Failed: nobody has assessed the risk.
    """
    if found["assessment"] is None:
        raise client.Failed("There is no risk assessment to approve: `lantern enquiry show` says what is missing.")
    fact = {"decision": found["decision_id"], "assessment": found["assessment"]}
    part = f"{found['decision_id']}/{who.mark}"
    return rung(
        "ReleaseApproved", Enquiry(found["enquirer"], found["subject"]), fact, telling(None, Details()), part=part
    )


def _whole(case: str, data: Path) -> str:
    """The case's id; its first digits are completed by the case feed."""
    if len(case) == _WHOLE_ID:
        return case
    with signed_in.asking(data, "casefeed") as feed:
        found: str = client.answer(feed.get(f"/api/cases/{case}"))["case_id"]
    return found


def _read(number: str, data: Path) -> Answer:
    with signed_in.asking(data, _VAULT) as vault:
        found: Answer = client.answer(vault.get(f"/api/decisions/{number}"))
    return found


def _act(number: str, act: str, data: Path) -> Answer:
    with signed_in.asking(data, _VAULT) as vault:
        found: Answer = client.answer(vault.post(f"/api/decisions/{number}/{act}"))
    return found


def told(found: Answer, page: str) -> list[str]:
    """How a decision stands, and what this person can do about it, a line each."""
    lines = [f"Decision {found['decision_id']}: {found['purpose']}, {found['stands']}."]
    if found["can_look"]:
        lines.append(f"Open it here, when no enquirer can see your screen: {page}")
    if found["can_review"]:
        lines.append("It opened for a colleague alone: find out why, then review it.")
    if found["can_second"]:
        lines.append(
            f"A colleague waits for your answer, and may open it alone from {clock(found['answer_due_at'])}: "
            "approve or withdraw it."
        )
    return lines


def print_answer(found: Answer, page: str, *, as_json: bool) -> None:
    typer.echo(json.dumps({**found, "page": page}, indent=2) if as_json else "\n".join(told(found, page)))


def _print(found: Answer, data: Path, *, as_json: bool) -> None:
    page = f"{client.read_edition(data).url(_VAULT)}/decisions/{found['decision_id']}"
    print_answer(found, page, as_json=as_json)
