"""`lantern`: one command, a client of the services' HTTP APIs and of Kafka."""

import sys
from collections.abc import Iterable
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from services.core.errors import LanternError
from services.runtime import logs
from services.runtime.collecting import collect_rarely
from services.runtime.settings import LogLevel

# Where each command and each group of commands is: the hub is asked at night, and a terminal that first reads in what
# another command needs is a terminal that waits.
_COMMANDS = {
    "up": "up:up",
    "down": "edition:down",
    "status": "edition:status",
    "doctor": "doctor:examine",
    "rebuild": "rebuild:rebuild",
    "login": "login:login",
    "logout": "login:logout",
    "whoami": "login:whoami",
    "publish": "publish:publish",
    "watch": "watch:watch",
    "cases": "cases:cases",
    "case": "cases:case",
    "patterns": "patterns:patterns",
}
_GROUPS = {
    "links": "links",
    "location": "location",
    "match": "match.command",
    "bench": "bench.command",
    "topics": "topics",
    "enquiry": "enquiry.group",
    "oncall": "oncall.group",
    "audit": "audit",
    "vault": "vault",
}


class Commands(TyperGroup):
    """The commands, and wrong usage in plain words: what a library says of its own making is left out."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - a context of the library, and what a command gives back
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = error.message.removeprefix("Value error, ")
            raise


def commands(asked: Iterable[str] = (*_COMMANDS, *_GROUPS)) -> typer.Typer:
    """The commands of these names, or every one: they are listed here and nowhere else."""
    app = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.callback()(lantern)
    for name in asked:
        if name in _COMMANDS:
            module, _, function = _COMMANDS[name].partition(":")
            app.command(name)(getattr(import_module(f"services.cli.{module}"), function))
        else:
            app.add_typer(import_module(f"services.cli.{_GROUPS[name]}").commands(), name=name)
    return app


def lantern() -> None:
    """A hub through which agencies share what they know about children who may have been trafficked."""


def main() -> None:
    """Run a command: exit status 0 done, 1 failed, 2 wrong usage, 3 done but some input was refused."""
    collect_rarely()
    logs.configure("lantern", LogLevel.ERROR, sys.stderr)
    known = [name for name in sys.argv[1:2] if name in _COMMANDS or name in _GROUPS]
    try:
        (commands(known) if known else commands())()
    except LanternError as error:
        sys.exit(str(error) or error.__doc__)
    except OSError as error:
        if error.filename is None:
            raise
        sys.exit(f"{error.strerror}: {error.filename}. Mend that, and run the same command again.")


if __name__ == "__main__":
    main()
