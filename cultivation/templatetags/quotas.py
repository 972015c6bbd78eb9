"""The cockpit's rows, drawn in one pass: a cell holds a dozen pieces, and a city has as many cells as titles times districts."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.templatetags import tidu
from cultivation.quotas.selectors import Cell

register = template.Library()
DASH = format_html("{}", "—")


class CellDrawer:
    """Draws cells in the language in force: `base` is the page's address, `narrow` the title a phone shows, `opened` the cell below."""

    def __init__(self, *, base: str, narrow: str, opened: tuple[Any, Any] | None) -> None:
        self.base, self.narrow, self.opened = base, narrow, opened
        self.missing = tidu.missing()
        self.sprint, self.no_target, self.done = _("冲刺"), _("无目标"), _("已完成")

    def draw(self, cell: Cell, place: str) -> SafeString:
        """One `<td>`: achieved and target, how far it is, sprint pool and what remains."""
        kind = "q chosen" if cell.title.code == self.narrow else "q"
        if self.opened == (cell.title, cell.district):
            kind += " sel"
        words = {"place": place, "title": cell.title.short}
        target = tidu.count(cell.target) if cell.target else DASH
        return format_html(
            '<td class="{}"><div class="l1">{}<span class="t">/ {}</span></div>\n{}\n'
            '<div class="l2"><span>{} {}</span><span>{}</span></div></td>\n',
            kind,
            self._figure(cell, "achieved", _("%(place)s %(title)s 完成 %(n)s 家") % {**words, "n": tidu.count(cell.achieved)}),
            target,
            self._meter(cell, words),
            self.sprint,
            self._figure(cell, "sprint", _("%(place)s %(title)s 冲刺库 %(n)s 家") % {**words, "n": tidu.count(cell.sprint)}),
            self._remaining(cell),
        )

    def _figure(self, cell: Cell, figure: str, label: str) -> SafeString:
        """The number as a door to its firms, 缺数据, or a dash where a title has no pools to stand in."""
        if figure == "sprint" and not cell.title.is_tracked:
            return DASH
        number = getattr(cell, figure)
        if number is None:
            return self.missing
        return format_html(
            '<a href="{}&amp;cell={}&amp;figure={}#members" aria-label="{}">{}</a>', self.base, cell.code, figure, label, tidu.count(number)
        )

    def _meter(self, cell: Cell, words: dict[str, Any]) -> SafeString | str:
        if not cell.target or cell.achieved is None:
            return ""
        label = _("%(place)s %(title)s：%(n)s / %(target)s") % {**words, "n": tidu.count(cell.achieved), "target": tidu.count(cell.target)}
        return tidu.meter(cell.achieved, cell.target, label)

    def _remaining(self, cell: Cell) -> SafeString | str:
        if not cell.target:
            return self.no_target
        if cell.remaining is None:
            return DASH
        return self.done if cell.is_done else _("差 %(n)s") % {"n": tidu.count(cell.remaining)}


@register.simple_tag(takes_context=True)
def quota_rows(context: Context) -> SafeString:
    """Every district's row, then the city's where the reader sees the city."""
    grid, door = context["grid"], (context.get("members") or {}).get("door")
    opened = (door.title, door.district) if door else None
    drawer = CellDrawer(base=context["base"], narrow=context["narrow"], opened=opened)
    rows = [("", str(district), cells) for district, cells in grid.rows]
    if grid.city:
        rows.append(("sum", _("全市合计"), grid.city))
    return format_html_join(
        "",
        "{}{}</tr>\n",
        (
            (
                format_html('<tr class="{}"><th scope="row">{}</th>', kind, place)
                if kind
                else format_html('<tr><th scope="row">{}</th>', place),
                format_html_join("", "{}", ((drawer.draw(cell, place),) for cell in cells)),
            )
            for kind, place, cells in rows
        ),
    )
