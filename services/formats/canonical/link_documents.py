"""A person's decision about two records, as the document that the processor of their agency reads."""

from collections.abc import Mapping
from datetime import datetime

from services.core.codes import LinkGround
from services.core.ids import SubjectId
from services.core.matching.components import Verdict
from services.core.matching.stated import VERDICTS
from services.formats.canonical.documents import NAME

EVENTS: Mapping[Verdict, str] = {verdict: kind.__name__ for kind, verdict in VERDICTS.items()}
"""What each verdict is called where it is said."""


def link_document(
    verdict: Verdict, ends: tuple[SubjectId, SubjectId], ground: LinkGround, now: datetime, narrative: str = ""
) -> dict[str, object]:
    """That a person decides so of these two records at `now` (UTC); what they tell besides is only ever sealed."""
    one, other = ends
    document: dict[str, object] = {
        "format": NAME,
        "event": EVENTS[verdict],
        "source": {"subject_id": one},
        "key": f"{other}/{now.isoformat()}",
        "occurred_at": now.isoformat(),
        "recorded_at": now.isoformat(),
        "fact": {"other": other, "ground": ground.value},
    }
    return document | ({"narrative": narrative} if narrative else {})
