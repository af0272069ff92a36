"""A call as a Common Alerting Protocol 1.2 message (OASIS): the hub is the sender, the area is always the same."""

from collections.abc import Mapping
from datetime import UTC, datetime

from lxml import etree

from services.core.oncall.alerts import Severity
from services.core.oncall.broadcast import LASTS, Broadcast, Call

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
AREA = "United Kingdom"
"""Constant: an area would say where the child is, or was."""

_SEVERITY: Mapping[Severity, str] = {
    Severity.CRITICAL: "Extreme",
    Severity.HIGH: "Severe",
    Severity.STANDARD: "Moderate",
}
_HEADLINE = {
    Call.ALERT: "A child is missing. Staff on duty: sign in to Lantern.",
    Call.CANCEL: "The call for a missing child is over.",
}


def cap(broadcast: Broadcast, sender: str, link: str) -> bytes:
    """Write a call as CAP 1.2; `sender` is the hub's own domain name, `link` where people sign in."""
    alert = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})
    head = {
        "identifier": broadcast.identifier,
        "sender": sender,
        "sent": _moment(broadcast.decided_at),
        "status": "Exercise" if broadcast.drill else "Actual",
        "msgType": "Alert" if broadcast.call is Call.ALERT else "Cancel",
        "scope": "Restricted",
        "restriction": "Agencies that share in Lantern, and their staff on duty",
        **_note(broadcast),
        **_references(broadcast, sender),
    }
    _fill(alert, head)
    _fill(etree.SubElement(alert, _name("info")), _info(broadcast, link))
    area = etree.SubElement(alert[-1], _name("area"))
    _fill(area, {"areaDesc": AREA})
    written: bytes = etree.tostring(alert, xml_declaration=True, encoding="UTF-8")
    return written


def _info(broadcast: Broadcast, link: str) -> Mapping[str, str]:
    return {
        "language": "en-GB",
        "category": "Safety",
        "event": "Missing child",
        "responseType": "Monitor" if broadcast.call is Call.ALERT else "AllClear",
        "urgency": "Immediate" if broadcast.call is Call.ALERT else "Past",
        "severity": _SEVERITY[broadcast.severity],
        "certainty": "Observed",
        "expires": _moment(broadcast.decided_at + LASTS),
        "senderName": "Lantern",
        "headline": _HEADLINE[broadcast.call],
        "web": link,
    }


def _note(broadcast: Broadcast) -> Mapping[str, str]:
    return {"note": "This is a drill. No child is missing."} if broadcast.drill else {}


def _references(broadcast: Broadcast, sender: str) -> Mapping[str, str]:
    of = broadcast.of
    return {"references": f"{sender},{of.identifier},{_moment(of.decided_at)}"} if of else {}


def _fill(parent: etree._Element, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        etree.SubElement(parent, _name(name)).text = text


def _name(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _moment(at: datetime) -> str:
    """CAP's own form of an instant: whole seconds, and UTC as -00:00 (CAP 1.2, 3.3.2)."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}-00:00"
