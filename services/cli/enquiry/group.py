"""`lantern enquiry` and its commands, registered here and nowhere else."""

from collections.abc import Callable

import typer

from services.cli.enquiry import asking
from services.cli.enquiry import commands as told


def commands() -> typer.Typer:
    """Every command of the group."""
    group = typer.Typer(no_args_is_help=True, help="An adult asks for a child: what is found out, and what is said.")
    every: dict[str, Callable[..., None]] = {
        "open": told.open_enquiry,
        "list": asking.list_all,
        "show": asking.show,
        "answer": asking.answer,
        "interview": told.interview,
        "identity": told.identity,
        "relationship": told.relationship,
        "check": told.check,
        "assess": told.assess,
        "revoke": told.revoke,
    }
    for name, command in every.items():
        group.command(name)(command)
    return group
