"""`lantern`: one command, a client of the services' HTTP APIs and of Kafka."""

import sys
from collections.abc import Callable

import typer

from services.cli import audit, edition, location, topics, vault
from services.cli.bench.command import bench
from services.cli.cases import case, cases
from services.cli.enquiry import group as enquiry
from services.cli.login import login, logout, whoami
from services.cli.match import command as match
from services.cli.patterns import patterns
from services.cli.publish import publish
from services.cli.rebuild import rebuild
from services.cli.watch import watch
from services.core.errors import LanternError
from services.runtime import logs
from services.runtime.settings import LogLevel


def commands() -> typer.Typer:
    """Every command, registered here and nowhere else."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.callback()(lantern)
    running: tuple[Callable[..., None], ...] = (edition.up, edition.down, edition.status, rebuild, bench)
    people: tuple[Callable[..., None], ...] = (login, logout, whoami, publish, watch, cases, case, patterns)
    for command in running + people:
        app.command()(command)
    app.command("doctor")(edition.examine)
    app.add_typer(location.commands(), name="location")
    app.add_typer(match.commands(), name="match")
    app.add_typer(topics.commands(), name="topics")
    app.add_typer(enquiry.commands(), name="enquiry")
    app.add_typer(audit.commands(), name="audit")
    app.add_typer(vault.commands(), name="vault")
    return app


def lantern() -> None:
    """A hub through which agencies share what they know about children who may have been trafficked."""


def main() -> None:
    """Run a command: exit status 0 done, 1 failed, 2 wrong usage, 3 done but some input was refused."""
    logs.configure("lantern", LogLevel.ERROR, sys.stderr)
    try:
        commands()()
    except LanternError as error:
        sys.exit(str(error) or error.__doc__)


if __name__ == "__main__":
    main()
