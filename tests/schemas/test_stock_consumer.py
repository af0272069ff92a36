"""A stock Confluent consumer, given the ledger by a read-only registry, decodes what the hub writes."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from confluent_kafka.schema_registry import SchemaRegistryClient, SchemaRegistryError
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

from services.core.facts import FACTS
from services.wire.avro import Schemas
from services.wire.topics import Kind, Topic
from tests.schemas.examples import EXAMPLES, frame_of, name_of


@pytest.fixture(scope="module")
def registry(schemas: Schemas) -> Iterator[SchemaRegistryClient]:
    """GET /schemas/ids/<id>, answered from the ledger: all that a consumer asks of a registry."""
    published = {f"/schemas/ids/{schema.number}": schema.source for schema in schemas.published}

    class Registry(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            source = published.get(urlsplit(self.path).path)
            body = json.dumps({"schema": json.dumps(source)} if source else {"error_code": 40403, "message": "none"})
            self.send_response(200 if source else 404)
            self.send_header("Content-Type", "application/vnd.schemaregistry.v1+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Says nothing: a test's requests are nobody's news."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    thread = Thread(target=server.serve_forever)
    thread.start()
    with SchemaRegistryClient({"url": f"http://127.0.0.1:{server.server_port}"}) as client:
        yield client
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_stock_consumer_reads_the_same_record(
    registry: SchemaRegistryClient, schemas: Schemas, topics: tuple[Topic, ...], path: Path
) -> None:
    frame = frame_of(schemas, path)
    topic = next(topic for topic in topics if name_of(path) in topic.names)
    decoded = AvroDeserializer(registry)(frame, SerializationContext(topic.topic, MessageField.VALUE))
    assert decoded == schemas.decode(frame)[1]


def test_every_event_type_stands_on_a_shared_topic_that_was_read_so(topics: tuple[Topic, ...]) -> None:
    shared = {name for topic in topics if topic.kind is Kind.SHARED for name in topic.names}
    assert shared == set(FACTS) <= set(map(name_of, EXAMPLES))


def test_a_stock_consumer_is_told_when_an_id_was_never_allotted(registry: SchemaRegistryClient) -> None:
    context = SerializationContext("missing-children.v1", MessageField.VALUE)
    with pytest.raises(SchemaRegistryError):
        AvroDeserializer(registry)(b"\x00\x00\x00\xff\xff\x00", context)
