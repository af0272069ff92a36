"""Cut files of FHIR message bundles into one record a bundle."""

import re
from collections.abc import Sequence

from services.formats.cut import Cut
from services.formats.json_cut import JsonShape, cut_documents, is_json

NAME = "fhir-message/4"
TABLE = "bundle"
_BUNDLE = re.compile(rb'"resourceType"\s{0,99}:\s{0,99}"Bundle"')
# A message holds one patient and what was said of them: larger and deeper than a form.
SHAPE = JsonShape(NAME, TABLE, lambda _bundle: None, max_bytes=512 * 1024, max_depth=30)


def recognise(content: bytes) -> bool:
    """Whether it is JSON that holds a bundle."""
    return is_json(content) and _BUNDLE.search(content) is not None


def cut(files: Sequence[bytes]) -> Cut:
    """One record a bundle: two of one patient are two submissions of one child."""
    return cut_documents(SHAPE, files)
