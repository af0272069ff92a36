"""`lantern doctor`: each thing that can be wrong with a local edition, and what to do about it."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx

from services.core.errors import LanternError
from services.runtime import topics_admin
from services.runtime.local import jars, kafka, ports, postgres, record
from services.runtime.local.edition import Edition
from services.runtime.local.errors import EditionFailed
from services.runtime.local.files import ROOT
from services.runtime.local.principals import SERVICES
from services.runtime.local.starting import (
    ASK_SECONDS,
    LEAST_FREE_BYTES,
    catcher_answers,
    is_ready,
    provider_answers,
    why_red,
)
from services.runtime.local.supervisor import Supervisor
from services.runtime.tls import trusted
from services.wire.topics import load_topics


@dataclass(frozen=True)
class Finding:
    """What was looked at, whether it is well, and what to know or do."""

    subject: str
    well: bool
    sentence: str


def examine(edition: Edition, least_free_bytes: int = LEAST_FREE_BYTES) -> list[Finding]:
    """Look at everything, whatever is wrong with what came before; changes nothing.

    Where there is no edition yet, or none of ours, only what stands without one is looked at.
    """
    first = [
        _finding("data folder", partial(_folder, edition)),
        _finding("disk", partial(_disk, edition, least_free_bytes)),
        _finding("Apache Kafka's jars", _jars),
    ]
    return first + _examine_edition(edition) if first[0].well else first


def _examine_edition(edition: Edition) -> list[Finding]:
    checks: dict[str, Callable[[], str]] = {
        "passwords and keys": partial(_private, edition),
        "keeper of the processes": partial(_supervisor, edition),
        "Kafka": partial(_kafka, edition),
        "topics and permissions": partial(_topics, edition),
        "PostgreSQL": partial(_postgres, edition),
        "identity provider": partial(_provider, edition),
        "mail catcher": partial(_mail, edition),
        **{name: partial(_service, edition, name) for name in SERVICES},
    }
    return [_finding(subject, check) for subject, check in checks.items()]


def _finding(subject: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(subject, well=True, sentence=check())
    except LanternError as problem:
        return Finding(subject, well=False, sentence=str(problem))


def _folder(edition: Edition) -> str:
    if record.read(edition.data) is None:
        raise EditionFailed(f"Nothing was started in {edition.data} yet: run `lantern up`.")
    return "made by this version, for this user"


def _private(edition: Edition) -> str:
    open_to_others = [path for path in _private_paths(edition) if path.stat().st_mode & 0o077]
    if open_to_others:
        names = ", ".join(str(path.relative_to(edition.data)) for path in open_to_others)
        raise EditionFailed(
            f"Others can read {names}: take their rights away with chmod go=, and think who has seen them."
        )
    return "readable by you alone"


def _private_paths(edition: Edition) -> list[Path]:
    return [
        path for folder in (edition.secrets, edition.keys) for path in (folder, *folder.rglob("*")) if path.exists()
    ]


def _disk(edition: Edition, least_free_bytes: int) -> str:
    folder = next(path for path in (edition.data, *edition.data.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    if free < least_free_bytes:
        raise EditionFailed(
            f"Only {free >> 20} MiB are left: make room before Kafka and PostgreSQL stop for want of it."
        )
    return f"{free >> 30} GiB free"


def _jars() -> str:
    wanted, folder = jars.listed(), jars.cache_folder()
    wrong = [jar.file_name for jar in wanted if not jars.is_there(folder, jar)]
    if wrong:
        raise EditionFailed(
            f"{len(wrong)} of {len(wanted)} are missing or not as listed: `lantern up` fetches them again."
        )
    return f"all {len(wanted)} as listed"


def _supervisor(edition: Edition) -> str:
    if not Supervisor(edition.run).answers():
        raise EditionFailed(f"It does not run{_in_the_way(edition)}. Nothing is lost: run `lantern up`.")
    return "answers"


def _in_the_way(edition: Edition) -> str:
    taken = ports.taken(edition.ports)
    return f" ({'; '.join(map(str, taken))})" if taken else ""


def _kafka(edition: Edition) -> str:
    if not kafka.answers(kafka.administrator(edition.kafka.bootstrap, edition.kafka.password)):
        raise EditionFailed(
            f"It does not answer. Its data is kept: read {edition.logs / 'kafka.jsonl'}, run `lantern up`."
        )
    return f"answers on port {edition.ports['kafka']}"


def _topics(edition: Edition) -> str:
    admin = kafka.administrator(edition.kafka.bootstrap, edition.kafka.password)
    differences = topics_admin.check(admin, load_topics(ROOT)) if kafka.answers(admin) else None
    if differences is None:
        raise EditionFailed("They cannot be seen while Kafka does not answer.")
    if differences:
        raise EditionFailed(
            f"{len(differences)} differ from topics/: see `lantern topics check`, then `lantern topics apply`."
        )
    return "as declared"


def _postgres(edition: Edition) -> str:
    if not postgres.answers(edition.postgres):
        raise EditionFailed(
            f"It does not answer. Its data is kept: read the log in {edition.postgres.logs}, run `lantern up`."
        )
    return f"answers on port {edition.ports['postgres']}"


def _provider(edition: Edition) -> str:
    if not provider_answers(edition):
        raise EditionFailed(
            f"It does not answer: nobody new can sign in. Read {edition.logs / 'provider.jsonl'}, run `lantern up`."
        )
    return f"answers on port {edition.ports['provider']}"


def _mail(edition: Edition) -> str:
    if not catcher_answers(edition):
        raise EditionFailed(
            f"It does not answer: pages go by no e-mail. Read {edition.logs / 'mail.jsonl'}, run `lantern up`."
        )
    return f"answers on port {edition.ports['mail']}"


def _service(edition: Edition, name: str) -> str:
    with httpx.Client(timeout=ASK_SECONDS, trust_env=False, verify=trusted()) as client:
        ready = is_ready(edition, name, client)
        red = why_red(edition, name, client) if ready else []
    if not ready and not Supervisor(edition.run).answers():
        raise EditionFailed("It does not run: see the keeper of the processes above.")
    if not ready:
        raise EditionFailed(f"It is not ready. It tries again on its own: read {edition.logs / name}.jsonl.")
    if red:
        raise EditionFailed(f"It is ready, but its light is red ({', '.join(red)}): see Health in infra/README.md.")
    return f"ready on port {edition.ports[name]}"
