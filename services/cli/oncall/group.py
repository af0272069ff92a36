"""`lantern oncall` and its commands, registered here and nowhere else."""

import typer

from services.cli.oncall import alerts, call, contact, drill, duty, handover, inbox, rota


def commands() -> typer.Typer:
    """Every command of the group."""
    group = typer.Typer(no_args_is_help=True, help="Who is on duty when a child is missing, and who is told.")
    group.command("alerts")(alerts.alerts)
    group.command("ack")(alerts.ack)
    group.command("who")(duty.who)
    group.add_typer(rota.commands(), name="rota")
    group.add_typer(handover.commands(), name="handover")
    group.command("call")(call.call)
    group.command("contact")(contact.contact)
    group.command("drill")(drill.drill)
    group.command("inbox")(inbox.inbox)
    return group
