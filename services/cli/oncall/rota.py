"""`lantern oncall rota`: the rota of one's own agency, and its staff."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from services.cli import client
from services.cli.oncall.asking import Json, get, send, show, wall
from services.cli.oncall.pages import rota_page, staff_table, versions_table
from services.core.oncall.coverage import LONGEST, known_zone

_DAYS = 28

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, metavar="FILE")]
Check = Annotated[bool, typer.Option("--check", help="Only say what would be wrong; publish nothing.")]
Days = Annotated[int, typer.Option(min=1, max=400, help="How many days ahead.")]


def shown(
    days: Days = _DAYS,
    document: Annotated[bool, typer.Option("--document", help="Print what `publish` takes, to be edited.")] = False,
    as_json: Json = False,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """Show your agency's rota: who has which shift, and what is to be mended before it happens.

    Example: lantern oncall rota show --document > rota.json
    """
    found = get(data, "/api/rota", days=days)
    if document:
        typer.echo(json.dumps({"based_on": found["version"], "rota": found["rota"]}, indent=2))
    else:
        show(found, rota_page(found), as_json=as_json)


def publish(file: File, check: Check = False, data: client.Data = client.DEFAULT_DATA) -> None:
    """Publish a rota; where nobody, or two, would be on duty at some time, it is refused with the dates.

    The file holds what `rota show --document` prints, or a rota alone, which is then based on the one that counts now.

    Example: lantern oncall rota publish rota.json --check
    """
    said = _document(file)
    if "based_on" not in said:
        said = {"based_on": get(data, "/api/rota", days=1)["version"], "rota": said}
    _tell(send(data, "POST", "/api/rota", {**said, "check_only": check}), check=check)


def override(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A colleague, by name or handle.")],
    start: Annotated[str, typer.Option("--from", metavar="TIME", callback=wall, help="As in 2026-11-28T22:00.")],
    until: Annotated[str, typer.Option(metavar="TIME", callback=wall, help="As in 2026-11-29T09:00.")],
    level: Annotated[int, typer.Option(min=0, max=2, help="0: on duty; 1, 2: who stands behind.")] = 0,
    replace: Annotated[bool, typer.Option("--replace", help="In the place of other overrides in that time.")] = False,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """Put somebody on duty whatever the rota says; times are those that clocks of the rota show.

    Example: lantern oncall rota override "Dana Invented" --from 2026-11-28T22:00 --until 2026-11-29T09:00
    """
    one = {"person": name, "start": start, "end": until, "level": level}
    _tell(send(data, "POST", "/api/rota/overrides", {"overrides": [one], "replace": replace}), check=False)


def versions(as_json: Json = False, data: client.Data = client.DEFAULT_DATA) -> None:
    """List what was published of your agency's rota, by whom and why; none of it ever changes.

    Example: lantern oncall rota versions
    """
    found = get(data, "/api/rota/versions")["versions"]
    show(found, versions_table(found), as_json=as_json)


def staff(
    file: Annotated[
        Path | None,
        typer.Argument(
            exists=True, dir_okay=False, metavar="FILE", help='JSON: {"people": [{"sign_in", "name", "role"}]}.'
        ),
    ] = None,
    as_json: Json = False,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """List who can be on duty in your agency; with a file, make those people its staff, and nobody else.

    Example: lantern oncall rota staff staff.json
    """
    found = send(data, "PUT", "/api/staff", _document(file)) if file else get(data, "/api/staff")
    show(found["staff"], staff_table(found["staff"]), as_json=as_json)


def exported(days: Days = _DAYS, data: client.Data = client.DEFAULT_DATA) -> None:
    """Print your agency's rota as iCalendar: who and when, and no place.

    Example: lantern oncall rota export --days 90 > rota.ics
    """
    from services.formats.rota_calendar import CalendarShift, write_calendar  # noqa: PLC0415 - slow to read in

    found = get(data, "/api/rota", days=days)
    shifts = []
    for one in found["shifts"]:
        who, handle = one["person"]["name"] or "", one["person"]["person"]
        shifts.append((CalendarShift(who, _time(one["start"]), _time(one["end"]), one["level"]), handle))
    typer.echo(write_calendar(shifts, datetime.now(UTC)).decode(), nl=False)


def imported(
    file: File,
    zone: Annotated[str, typer.Option(help="Whose clocks show the times that name no zone.")] = "Europe/London",
    check: Check = False,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """Lay the shifts of an iCalendar file over your agency's rota, each of the person whom it names.

    Where there is no rota yet, the file's shifts are all of it: they must then leave no gap from now on.

    Example: lantern oncall rota import rota.ics --check
    """
    from services.formats.rota_calendar import read_calendar  # noqa: PLC0415 - slow to read in

    if not known_zone(zone):
        raise typer.BadParameter("There is no such time zone: name one as in Europe/London.")
    now, before = datetime.now(UTC), get(data, "/api/rota", days=1)
    found = read_calendar(file.read_bytes(), ZoneInfo(zone), now, now + LONGEST - timedelta(days=1))
    overrides = [
        {"person": one.who, "start": one.start.isoformat(), "end": one.end.isoformat(), "level": one.level}
        for one in found
    ]
    ends = max(one.end for one in found)
    until = max(ends, _time(before["rota"]["until"])) if before["rota"] else ends
    said = {"overrides": overrides, "replace": True, "until": until.isoformat(), "zone": zone, "check_only": check}
    _tell(send(data, "POST", "/api/rota/overrides", said), check=check)


def commands() -> typer.Typer:
    """Every command of `lantern oncall rota`."""
    app = typer.Typer(no_args_is_help=True, help="Your agency's rota: who is on duty when.")
    every: dict[str, Callable[..., None]] = {
        "show": shown,
        "publish": publish,
        "override": override,
        "versions": versions,
        "staff": staff,
        "export": exported,
        "import": imported,
    }
    for name, command in every.items():
        app.command(name)(command)
    return app


def _document(file: Path) -> dict[str, Any]:
    try:
        said = json.loads(file.read_bytes())
    except ValueError:
        raise typer.BadParameter(
            "The file is not whole JSON: it was cut short, or has a slip in it. Nothing was changed."
        ) from None
    if not isinstance(said, dict):
        raise typer.BadParameter("The file does not hold a JSON object: nothing was changed.")
    return said


def _tell(made: dict[str, Any], *, check: bool) -> None:
    if check:
        typer.echo("Nothing is wrong with it; nothing was published.")
    else:
        typer.echo(f"Version {made['version']} of your agency's rota counts from now on.")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
