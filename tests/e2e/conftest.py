"""The local authorities' processor on a real Kafka, and the command line that publishes to it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from services.cli.__main__ import commands
from services.core.codes import Sector
from services.wire.avro import Record, Schemas
from tests.runtime.agencies import data_folder, everything, processor
from tests.runtime.running import Service
from tests.runtime.secured_kafka import SecuredKafka

ORGANISATION = "E0999"


@dataclass(frozen=True)
class Hub:
    """What a publisher and an operator can do with a running hub."""

    data: Path
    kafka: SecuredKafka
    schemas: Schemas
    processor: Service
    agency: Sector = Sector.LOCAL_AUTHORITY

    def publish(self, *files: Path, **options: Any) -> Result:
        """Publish as one body of the agency; options are the command's own."""
        more = [text for name, value in options.items() for text in _spelt(name, value)]
        told = ["--agency", self.agency.value, "--organisation", ORGANISATION, "--data", str(self.data)]
        return CliRunner().invoke(commands(), ["publish", *told, *more, *(str(file) for file in files)])

    def published(self, *files: Path, status: int = 0) -> dict[str, Any]:
        """Publish and read the answer that `--json` gives."""
        result = self.publish(*files, json=True)
        assert result.exit_code == status, result.output + self.processor.log.read_text()
        answer: dict[str, Any] = json.loads(result.stdout)
        return answer

    def read(self, *topics: str) -> list[Record]:
        """Everything that stands on some topics, as the operator reads it."""
        return [self.schemas.decode(frame)[1] for frame in everything(self.kafka, *topics)]


def _spelt(name: str, value: Any) -> Sequence[str]:
    return [f"--{name}"] if value is True else [f"--{name}", str(value)]


@pytest.fixture(scope="session")
def hub(kafka: SecuredKafka, schemas: Schemas, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    data = data_folder(tmp_path_factory.mktemp("data"), kafka)
    with processor(Sector.LOCAL_AUTHORITY, kafka, data) as running:
        running.start_and_wait()
        yield Hub(data, kafka, schemas, running)
