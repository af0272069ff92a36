"""Files of agencies through a running edition, as `lantern publish` sends them."""

import json
from pathlib import Path

import psycopg
from typer.testing import CliRunner

from services.cli.__main__ import commands
from services.runtime.local.principals import ADMIN
from tests.edition import LocalEdition
from tests.leaks.planting import File


def publish(edition: LocalEdition, folder: Path, files: list[File]) -> str:
    """Publish files of one organisation; gives the answer, without the names that the publisher gave them."""
    first = files[0]
    paths = [folder / f"{number} {file.name}" for number, file in enumerate(files)]
    for path, file in zip(paths, files, strict=True):
        path.write_bytes(file.content)
    who = ["--agency", first.agency.value, "--organisation", first.organisation, "--kind", first.kind.value]
    told = ["publish", *who, "--wait", "--json", "--data", str(edition.data), *map(str, paths)]
    result = CliRunner().invoke(commands(), told)
    assert result.exit_code in {0, 3}, result.output
    answer = result.stdout
    for path in paths:
        answer = answer.replace(json.dumps(str(path))[1:-1], "<file>")
    return answer


def kept(edition: LocalEdition) -> int:
    """How many contents the vault holds."""
    server = edition.parts.postgres
    with psycopg.connect(server.conninfo(ADMIN, server.password, "lantern")) as admin:
        (count,) = admin.execute("SELECT count(*) FROM vault.contents").fetchone() or (0,)
    return int(count)


def printed(edition: LocalEdition, *words: str) -> str:
    """What a command of `lantern` that must succeed prints, run in this process."""
    result = CliRunner().invoke(commands(), [*words, "--data", str(edition.data)])
    assert result.exit_code == 0, result.output
    return result.stdout
