"""`lantern oncall` and its commands, registered here and nowhere else."""

import typer

from services.cli.oncall import contact, drill, inbox


def commands() -> typer.Typer:
    """Every command of the group."""
    group = typer.Typer(no_args_is_help=True, help="Who is on duty when a child is missing, and who is told.")
    group.command("contact")(contact.contact)
    group.command("drill")(drill.drill)
    group.command("inbox")(inbox.inbox)
    return group
