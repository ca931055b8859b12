"""The picture of a run: a bar for each cold start, as many times as long as the floor's."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from tests.bench.figures import Spread

_WIDTH, _LEFT, _RIGHT = 860, 330, 70
_BAR, _GAP, _HEADING, _TOP = 16, 6, 34, 46
_STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #222 }
  .title { font-size: 16px; font-weight: 600 } .job { font-weight: 600 }
  .ours { fill: #0b6e6e } .own-packaging { fill: #7aa6c2 } .sam { fill: #c9856b }
  .spread { stroke: #222; stroke-width: 1.5 } .floor { stroke: #222; stroke-dasharray: 3 3 }
  .background { fill: #fff }
"""


class Bar(NamedTuple):
    """One cold start: `kind` is `ours`, `own-packaging` or `sam`."""

    title: str
    kind: str
    ratio: Spread


def draw(groups: Sequence[tuple[str, Sequence[Bar]]]) -> str:
    """An SVG with the bars of each job below its name."""
    longest = max(bar.ratio.high for _, bars in groups for bar in bars)
    height = _TOP + sum(_HEADING + len(bars) * (_BAR + _GAP) for _, bars in groups) + _GAP
    body = "\n".join(_groups(groups, (_WIDTH - _LEFT - _RIGHT) / longest, height))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">\n'
        f"<title>Cold starts, as multiples of a handler without imports</title>\n<style>{_STYLE}</style>\n"
        f'<rect class="background" width="{_WIDTH}" height="{height}"/>\n'
        f'<text class="title" x="16" y="26">Cold start, times as long as a handler without imports</text>\n'
        f"{body}\n</svg>\n"
    )


def _groups(groups: Sequence[tuple[str, Sequence[Bar]]], scale: float, height: int) -> Iterator[str]:
    y = _TOP
    for job, bars in groups:
        yield f'<text class="job" x="16" y="{y + 20}">{escape(job)}</text>'
        y += _HEADING
        for bar in bars:
            yield from _bar(bar, y, scale)
            y += _BAR + _GAP
    floor = _LEFT + scale
    yield f'<line class="floor" x1="{floor:.1f}" x2="{floor:.1f}" y1="{_TOP}" y2="{height - _GAP}"/>'


def _bar(bar: Bar, y: int, scale: float) -> Iterator[str]:
    middle, end = y + _BAR / 2, _LEFT + bar.ratio.median * scale
    low, high = _LEFT + bar.ratio.low * scale, _LEFT + bar.ratio.high * scale
    yield f'<text x="{_LEFT - 8}" y="{y + 13}" text-anchor="end">{escape(bar.title)}</text>'
    yield f'<rect class="{bar.kind}" x="{_LEFT}" y="{y}" width="{end - _LEFT:.1f}" height="{_BAR}" rx="2"/>'
    yield f'<line class="spread" x1="{low:.1f}" x2="{high:.1f}" y1="{middle}" y2="{middle}"/>'
    yield f'<text x="{high + 6:.1f}" y="{y + 13}">{bar.ratio.median:.1f}</text>'
