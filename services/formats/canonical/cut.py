"""Cut canonical JSON into one record a child."""

from collections.abc import Sequence

from services.formats.canonical.documents import NAME
from services.formats.cut import Cut
from services.formats.json_cut import JsonShape, child_of_source, cut_documents

SHAPE = JsonShape(NAME, "lantern", child_of_source)


def cut(files: Sequence[bytes]) -> Cut:
    """One record a child over all the files, in the order in which the children first appear."""
    return cut_documents(SHAPE, files)
