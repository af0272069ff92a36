"""What a processor will make of generated input, reckoned beforehand by the same pure rules."""

from collections.abc import Iterator
from datetime import UTC, datetime

from services.cli.bench.generating import Telling, files, organisation
from services.cli.bench.target import Target
from services.cli.publish import USUAL_KIND
from services.core.events import Event
from services.core.sharing import Edge, EdgeKeys, share
from services.core.statements import Opened
from services.formats.catalogue import cut_files, read
from services.wire.submissions import Content


def contents(telling: Telling) -> Iterator[Content]:
    """What the connector seals of a telling, record by record."""
    for content in files(iter([telling])).values():
        for part in cut_files(telling.agency, [content]):
            for record in part.cut.records:
                yield Content(part.cut.format, organisation(telling.agency), USUAL_KIND[telling.agency], record)


def events(target: Target, telling: Telling) -> Iterator[Event]:
    """The shared events of a telling, as the agency's own processor names them."""
    own = target.parts.keys / telling.agency.value
    keys = EdgeKeys((own / "edge.key").read_bytes(), (own / "people.key").read_bytes())
    received = datetime.now(UTC)
    for content in contents(telling):
        opened = Opened(content.format, content.organisation, content.organisation_kind, received, content.record)
        yield from share(read(telling.agency, opened), Edge(keys, telling.agency, received)).events
