"""supervisord keeps the programs running: a killed one is up again at once, one that hangs is killed 5 s after TERM."""

import hashlib
import http.client
import io
import os
import subprocess
import sys
import tempfile
import xmlrpc.client
from configparser import RawConfigParser
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supervisor.states import RUNNING_STATES
from supervisor.xmlrpc import SupervisorTransport

from services.runtime.local.edition import Edition
from services.runtime.local.errors import EditionFailed
from services.runtime.local.files import ROOT, write_private
from services.runtime.local.orphans import MARK
from services.runtime.local.programs import PARTS, Program, programs
from services.runtime.local.time_slices import lengthen
from services.runtime.local.waiting import until

LONGEST_SOCKET_PATH = 100
ANSWER_SECONDS = 10
STOP_SECONDS = 30
DO_NOT_WAIT = False
_COMMON = {
    "autorestart": "true",
    "startsecs": "1",
    "stopwaitsecs": "5",
    "stopasgroup": "true",
    "killasgroup": "true",
    "redirect_stderr": "true",
    "stdout_logfile_maxbytes": "10MB",
    "stdout_logfile_backups": "3",
}


@dataclass(frozen=True)
class State:
    """What supervisord says of a program."""

    name: str
    state: str
    pid: int | None


class Supervisor:
    """The keeper of one edition's programs, asked through its socket."""

    def __init__(self, run: Path) -> None:
        self.config = run / "supervisord.conf"
        self.socket = _short(run / "supervisor.sock")

    def _ask(self, method: str, *arguments: str | bool) -> Any:  # noqa: ANN401 - each method answers in its own way
        transport = SupervisorTransport(None, None, f"unix://{self.socket}")
        with xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport) as proxy:
            return getattr(proxy.supervisor, method)(*arguments)

    def answers(self) -> bool:
        try:
            self._ask("getState")
        except (OSError, http.client.HTTPException):
            return False
        except xmlrpc.client.Fault:  # it is stopping, and still there
            return True
        return True

    def start(self, edition: Edition) -> None:
        """Start supervisord with every program stopped.

        Raises:
            EditionFailed: it does not answer.
        """
        lengthen()
        write_private(self.config, configuration(edition, self.socket))
        self.socket.unlink(missing_ok=True)
        done = subprocess.run(
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(self.config)],
            cwd=ROOT, env={**os.environ, MARK: str(edition.data)}, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, check=False, umask=0o077,
        )  # fmt: skip
        if done.returncode != 0 or not until(self.answers, ANSWER_SECONDS):
            raise EditionFailed(
                f"The keeper of the processes did not start. Nothing is lost: read {edition.logs / 'supervisor.log'}."
            )

    def stop(self) -> None:
        """Stop every program, those that stand on others first, and supervisord itself.

        Raises:
            EditionFailed: it is still there after half a minute.
        """
        for name in self._running_services():
            self._ask("stopProcess", name, DO_NOT_WAIT)
        until(lambda: not self._running_services(), STOP_SECONDS)
        self._ask("shutdown")
        if not until(lambda: not self.answers(), STOP_SECONDS):
            raise EditionFailed("The keeper of the processes did not stop in half a minute: run `lantern down` again.")

    def run(self, name: str) -> None:
        """Start a program unless it runs."""
        if not self.is_running(name):
            self._ask("startProcess", name, DO_NOT_WAIT)

    def halt(self, name: str) -> None:
        """Stop a program if it runs, and return once it has ended."""
        if self.is_running(name):
            self._ask("stopProcess", name)

    def is_running(self, name: str) -> bool:
        """Whether a program runs, or is about to: one that died is started again."""
        return self._ask("getProcessInfo", name)["state"] in RUNNING_STATES

    def _running_services(self) -> list[str]:
        return [program.name for program in self.states() if program.pid and program.name not in PARTS]

    def states(self) -> list[State]:
        """What each program does now, by name."""
        return [
            State(one["name"], one["statename"].lower(), one["pid"] or None) for one in self._ask("getAllProcessInfo")
        ]


def _short(path: Path) -> Path:
    """A Unix socket's path has room for about a hundred characters."""
    if len(str(path)) <= LONGEST_SOCKET_PATH:
        return path
    name = hashlib.sha256(str(path).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"lantern-{name}.sock"


def configuration(edition: Edition, socket: Path) -> str:
    """Spell what supervisord is told: where it writes, where it listens, and every program."""
    settings = RawConfigParser()
    settings["unix_http_server"] = {"file": str(socket), "chmod": "0600"}
    settings["supervisord"] = {
        "logfile": str(edition.logs / "supervisor.log"),
        "pidfile": str(edition.run / "supervisord.pid"),
        "childlogdir": str(edition.logs),
        "directory": str(ROOT),
        "identifier": "lantern",
        "umask": "077",
    }
    settings["rpcinterface:supervisor"] = {
        "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"
    }
    for place, program in enumerate(programs(edition)):
        settings[f"program:{program.name}"] = _section(program, place, edition.logs)
    text = io.StringIO()
    settings.write(text)
    return text.getvalue()


def _section(program: Program, place: int, logs: Path) -> dict[str, str]:
    return {
        **_COMMON,
        "directory": _literal(str(program.directory)),
        "command": " ".join(f'"{_literal(word)}"' for word in program.command),
        "environment": ",".join(f'{name}="{_literal(value)}"' for name, value in program.environment.items()),
        "priority": str(place),
        "autostart": "false",
        "startretries": "1000000",
        "stopsignal": program.stop_signal,
        "stdout_logfile": _literal(str(logs / f"{program.name}.jsonl")),
    }


def _literal(text: str) -> str:
    return text.replace("%", "%%").replace("\\", "\\\\").replace('"', '\\"')
