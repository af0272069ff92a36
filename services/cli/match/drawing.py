"""A picture in SVG: shapes and texts within two axes, with a title and a description for who cannot see it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

INK, SOFT, FOR, AGAINST = "#0b0c0c", "#505a5f", "#1d70b8", "#b8501d"
_FONT = "Helvetica, Arial, sans-serif"


@dataclass(frozen=True, slots=True)
class Axis:
    """From which value, at which place, to which value, at which place; places are pixels."""

    low: float
    at_low: float
    high: float
    at_high: float

    def at(self, value: float) -> float:
        """The place of a value, kept within the axis."""
        part = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(self.at_low + part * (self.at_high - self.at_low), 2)


@dataclass
class Picture:
    """A picture of so many pixels, drawn on white."""

    width: int
    height: int
    title: str
    description: str
    _root: ET.Element = field(init=False)

    def __post_init__(self) -> None:
        size = {"viewBox": f"0 0 {self.width} {self.height}", "width": str(self.width), "height": str(self.height)}
        about = {"role": "img", "aria-labelledby": "title description", "font-family": _FONT, "font-size": "14"}
        self._root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **size, **about})
        ET.SubElement(self._root, "title", {"id": "title"}).text = self.title
        ET.SubElement(self._root, "desc", {"id": "description"}).text = self.description
        self._draw("rect", width=self.width, height=self.height, fill="#ffffff")
        self.text(20, 30, self.title, size=18, weight="bold")

    def text(
        self, x: float, y: float, text: str, *, anchor: str = "start", fill: str = INK, size: int = 14, weight: str = ""
    ) -> None:
        """A line of text, with white around it where it stands on a line; `anchor` is start, middle or end."""
        halo = {"paint-order": "stroke", "stroke": "#ffffff", "stroke-width": 4}
        shown = {"x": x, "y": y, "text-anchor": anchor, "fill": fill, "font-size": size, **halo}
        self._draw("text", **shown, **({"font-weight": weight} if weight else {})).text = text

    def line(self, start: tuple[float, float], end: tuple[float, float], stroke: str = SOFT, dashes: str = "") -> None:
        places = {"x1": start[0], "y1": start[1], "x2": end[0], "y2": end[1], "stroke": stroke}
        self._draw("line", **places, **({"stroke-dasharray": dashes} if dashes else {}))

    def curve(self, places: Sequence[tuple[float, float]], stroke: str = SOFT) -> None:
        points = " ".join(f"{x},{y}" for x, y in places)
        self._draw("polyline", points=points, fill="none", stroke=stroke, **{"stroke-width": 2})

    def dot(self, x: float, y: float, radius: float = 5, fill: str = FOR) -> None:
        self._draw("circle", cx=x, cy=y, r=radius, fill=fill)

    def bar(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        self._draw("rect", x=round(x, 2), y=y, width=round(max(width, 1), 2), height=height, fill=fill, stroke=INK)

    def svg(self) -> str:
        """The picture as the text of a file."""
        ET.indent(self._root)
        return ET.tostring(self._root, encoding="unicode") + "\n"

    def _draw(self, shape: str, **attributes: object) -> ET.Element:
        return ET.SubElement(self._root, shape, {name: str(value) for name, value in attributes.items()})
