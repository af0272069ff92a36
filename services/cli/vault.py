"""`lantern vault`: what an operator does for the vault's store; no command shows what is in it."""

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from services.cli import client
from services.core.codes import SealedField

SERVICE = "vault"
_PIECE_BYTES = 1 << 20
_LOOK_AGAIN_SECONDS = 0.2

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Id = Annotated[str | None, typer.Option(metavar="ID", help="32 hexadecimal digits.")]


def commands() -> typer.Typer:
    """Every command of `lantern vault`."""
    app = typer.Typer(no_args_is_help=True, help="The vault's store: save, restore, erase, replace its key.")
    for command in (backup, restore, rotate, erase, erasures):
        app.command()(command)
    return app


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it.")],
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """Save the whole store, as it stands at one moment, in one encrypted file; the keys are not in it.

    Example: lantern vault backup vault-2026-11-25.backup
    """
    draft = file.with_name(f".{file.name}.part")
    with client.http(data, SERVICE) as api, _bar() as bar:
        task = bar.add_task("Saved", total=None)
        try:
            with _private(draft) as written, api.stream("GET", "/backup", timeout=None) as answer:
                if not answer.is_success:
                    answer.read()
                    client.answer(answer)
                for piece in answer.iter_bytes(_PIECE_BYTES):
                    written.write(piece)
                    bar.advance(task, len(piece))
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
    typer.echo(f"Saved in {file}. It opens with the vault's backup.key and key-encryption key, which are not in it: "
               "keep those apart from it.")  # fmt: skip


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="What `backup` wrote.")],
    replace: Annotated[bool, typer.Option("--replace", help="Also when the store is not empty: it is lost.")] = False,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """Put a backup in the place of an empty store, whole or not at all; the vault then reads on from where it stood.

    Example: lantern vault restore vault-2026-11-25.backup
    """
    with client.http(data, SERVICE) as api, _bar() as bar:
        task = bar.add_task("Sent", total=file.stat().st_size)

        def pieces() -> Iterator[bytes]:
            with file.open("rb") as read:
                while piece := read.read(_PIECE_BYTES):
                    yield piece
                    bar.advance(task, len(piece))

        said = client.answer(
            api.put("/backup", params={"replace": str(replace).lower()}, content=pieces(), timeout=None)
        )
    rows = sum(said["rows"].values())
    typer.echo(f"Restored: {rows} rows in {len(said['rows'])} tables. The vault starts anew from them. What was erased "
               "after the backup was made is there again: erase it again.")  # fmt: skip


def rotate(as_json: AsJson = False, data: client.Data = client.DEFAULT_DATA) -> None:
    """Replace the key-encryption key, and destroy the old one: older backups and erased contents are unreadable then.

    Example: lantern vault rotate
    """
    with client.http(data, SERVICE) as api, Progress(console=Console(stderr=True), transient=True) as bar:
        standing = client.answer(api.post("/keys"))
        task = bar.add_task("Data keys wrapped anew", total=standing["rows_left"])
        while standing["under_way"]:
            bar.update(task, completed=bar.tasks[task].total - standing["rows_left"])
            threading.Event().wait(_LOOK_AGAIN_SECONDS)
            standing = client.answer(api.get("/keys"))
    if standing["older"]:
        raise client.Failed("The old key is still needed and was kept, nothing is lost: read the vault's log for what "
                            "does not open, then start the vault again; it goes on by itself.")  # fmt: skip
    if as_json:
        typer.echo(json.dumps(standing, indent=2))
    else:
        typer.echo(f"The store is under the key {standing['kek_id']}; the old one is destroyed. Make a new backup now: "
                   "older ones need a key that is gone. Keep a copy of kek.key apart from it.")  # fmt: skip


def erase(
    reason: Annotated[
        str,
        typer.Option(
            metavar="REASON", help="ordered_by_court, said_of_the_wrong_child, not_needed_any_more or right_to_erasure."
        ),
    ],
    subject: Id = None,
    fact: Id = None,
    field: Annotated[SealedField | None, typer.Option(help="Only this field.")] = None,
    as_json: AsJson = False,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """Erase for good what the vault holds of a record or a fact, and record that; again, it changes nothing.

    Example: lantern vault erase --subject 0f3c... --reason ordered_by_court
    """
    wanted = {"subject_id": subject, "fact_id": fact, "field": field and field.value, "reason": reason}
    with client.http(data, SERVICE) as api:
        erased: dict[str, Any] = client.answer(api.post("/erasures", json=wanted))
    if as_json:
        typer.echo(json.dumps(erased, indent=2))
    else:
        typer.echo(f"Erased: {erased['contents']} contents; {erased['before']} of the same were erased before. Backups "
                   "and the database's own log hold them until `lantern vault rotate`.")  # fmt: skip


def erasures(as_json: AsJson = False, data: client.Data = client.DEFAULT_DATA) -> None:
    """List what was erased, when and why.

    Example: lantern vault erasures --json
    """
    with client.http(data, SERVICE) as api:
        made = client.answer(api.get("/erasures"))["erasures"]
    if as_json:
        typer.echo(json.dumps(made, indent=2))
        return
    for one in made:
        about = ", ".join(f"{name} {one[name]}" for name in ("subject_id", "fact_id", "field") if one[name])
        typer.echo(f"{one['erased_at']}  {one['reason']}  {one['contents']} contents of {about}")


def _private(path: Path) -> Any:  # noqa: ANN401 - a binary file
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)
