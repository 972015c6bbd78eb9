"""How figures, days, outcomes and places are printed: one filter or tag each, the same on every page.

A missing figure prints 缺数据, never 0 and never an empty cell.
"""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import uuid4

from django import template
from django.template.context import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy, ngettext

from core import units
from core.menu import door

register = template.Library()

OUTCOMES = {
    "met": gettext_lazy("达标"),
    "unmet": gettext_lazy("未达标"),
    "unknown": gettext_lazy("缺数据"),
    "manual": gettext_lazy("待人工核"),
    "not_applicable": gettext_lazy("不适用"),
}
POOLS = {
    "candidate": (0, gettext_lazy("待入库")),
    "starting": (1, gettext_lazy("起跑库")),
    "accelerating": (2, gettext_lazy("加速库")),
    "sprint": (3, gettext_lazy("冲刺库")),
    "recognised": (4, gettext_lazy("已认定")),
    "removed": (0, gettext_lazy("已移出")),
}
RAGS = {
    "green": gettext_lazy("正常"),
    "yellow": gettext_lazy("偏慢"),
    "red": gettext_lazy("滞后"),
    "none": gettext_lazy("无目标"),
}


def _code(value: Any) -> str:
    return str(getattr(value, "value", value))


def _missing() -> str:
    return gettext("缺数据")


@register.simple_tag
def missing() -> SafeString:
    """缺数据 in its own look."""
    return format_html('<span class="missing">{}</span>', _missing())


DASH = format_html('<span class="dash">{}</span>', "—")


@register.simple_tag
def dash() -> SafeString:
    """`—`: does not apply; a stacked row on the phone leaves it out."""
    return DASH


@register.simple_tag
def this_minute() -> str:
    """`2026-11-24 14:20`, of the product's own clock; Django's `now` asks the machine's."""
    return timezone.localtime(timezone.now()).strftime("%Y-%m-%d %H:%M")


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A drawing of the local sprite; with `label` it is announced, without it is decoration."""
    if label:
        return format_html('<svg class="ico" role="img" aria-label="{}"><use href="{}#{}"/></svg>', label, static("img/icons.svg"), name)
    return _drawing(name)


@lru_cache(maxsize=128)
def _drawing(name: str) -> SafeString:
    return format_html('<svg class="ico" aria-hidden="true"><use href="{}#{}"/></svg>', static("img/icons.svg"), name)


@register.filter
def wan(yuan: Decimal | None, form: str = "") -> str:
    """Yuan → `1,205.4 万元`; `|wan:"bare"` leaves the unit to the column head. None → 缺数据."""
    if yuan is None:
        return _missing()
    number = units.visible(units.yuan_to_wan(Decimal(yuan)), places=1)
    return number if form == "bare" else gettext("%(number)s 万元") % {"number": number}


@register.filter
def money(yuan: Decimal | None) -> str:
    """Money in prose and tiles: 亿元 from 1 亿元, else 万元, below 1 万元 in 元 with two decimals. None → 缺数据."""
    if yuan is None:
        return _missing()
    amount = Decimal(yuan)
    if abs(amount) >= units.YUAN_PER_YI:
        return gettext("%(number)s 亿元") % {"number": units.grouped(amount.scaleb(-8), 2)}
    if abs(amount) < units.YUAN_PER_WAN:
        return gettext("%(number)s 元") % {"number": units.grouped(amount, 2)}
    return wan(amount)


@register.filter
def money_cell(yuan: Decimal | None) -> str | SafeString:
    """万元 without its unit, for a column whose head names it; a missing figure in its own look."""
    return missing() if yuan is None else wan(yuan, "bare")


@register.filter
def share(percent: Decimal | None, places: int = 2) -> str:
    """A share held in per cent: 2.7 → `2.70%`; `|share:1` in prose. None → 缺数据."""
    return _missing() if percent is None else f"{units.visible(Decimal(percent), places=places)}%"


@register.filter
def points(percent: Decimal | None, places: int = 2) -> str:
    """A difference of two shares: `0.30 个百分点`, never `%`. None → 缺数据."""
    if percent is None:
        return _missing()
    return gettext("%(number)s 个百分点") % {"number": units.visible(Decimal(percent), places=places)}


@register.filter
def count(number: int | None) -> str:
    """A whole number with separators from 1,000. None → 缺数据."""
    return _missing() if number is None else units.count(number)


@register.filter
def number(value: Decimal | int | None, places: int = 1) -> str:
    """Any other figure with fixed decimals. None → 缺数据."""
    return _missing() if value is None else units.visible(Decimal(value), places=places)


def _local_day(value: date | datetime) -> date:
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


@register.filter
def day(value: date | datetime | None) -> str:
    """A day in a table: `11-24` this year, else `2025-11-24`. None → `—`."""
    if value is None or value == "":
        return "—"
    on = _local_day(value)
    return on.strftime("%m-%d") if on.year == timezone.localdate().year else on.isoformat()


WEEKDAYS = (
    gettext_lazy("星期一"),
    gettext_lazy("星期二"),
    gettext_lazy("星期三"),
    gettext_lazy("星期四"),
    gettext_lazy("星期五"),
    gettext_lazy("星期六"),
    gettext_lazy("星期日"),
)


@register.filter
def long_day(value: date) -> str:
    """A day in prose: `11月25日 星期三`."""
    return gettext("%(month)s月%(day)s日 %(weekday)s") % {
        "month": value.month,
        "day": value.day,
        "weekday": WEEKDAYS[value.weekday()],
    }


# longer names first: every browser calls itself Safari, most of them Chrome
BROWSERS = (("Edg", "Edge"), ("MicroMessenger", "WeChat"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))


@register.filter
def browser(agent: str) -> str:
    """What a browser calls itself, in two words: `Chrome · Windows`. Unknown → its first 40 characters, empty → `—`."""
    names = [next((name for mark, name in marks if mark in agent), "") for marks in (BROWSERS, SYSTEMS)]
    return " · ".join(name for name in names if name) or agent[:40] or "—"


@register.filter
def moment(value: datetime | None) -> str:
    """Day and time, 24 hours: `11-24 14:20`. None → `—`."""
    if not value:
        return "—"
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{day(local)} {local:%H:%M}"


@register.filter
def since(value: date | datetime | None) -> SafeString | str:
    """How long ago: `今天`, `8 天前`, with the exact day in <time>. None → `—`."""
    if not value:
        return "—"
    on = _local_day(value)
    days = (timezone.localdate() - on).days
    words = day(on) if days < 0 else gettext("今天") if days == 0 else ngettext("%(days)s 天前", "%(days)s 天前", days) % {"days": days}
    return format_html('<time datetime="{0}" title="{0}">{1}</time>', on.isoformat(), words)


@register.filter
def due(value: date | datetime | None) -> SafeString | str:
    """A deadline: `还有 7 天`, `今天`, `逾期 6 天`. None → `—`."""
    if not value:
        return "—"
    on = _local_day(value)
    days = (on - timezone.localdate()).days
    if days < 0:
        words = ngettext("逾期 %(days)s 天", "逾期 %(days)s 天", -days) % {"days": -days}
    else:
        words = gettext("今天") if days == 0 else ngettext("还有 %(days)s 天", "还有 %(days)s 天", days) % {"days": days}
    return format_html('<time class="due{}" datetime="{}">{}</time>', " late" if days < 0 else "", on.isoformat(), words)


@register.filter
def short_hash(value: str | None) -> SafeString | str:
    """`9f3c…e1a7`, the whole value on hover. Empty → `—`."""
    if not value:
        return "—"
    text = value if len(value) <= 12 else f"{value[:4]}…{value[-4:]}"
    return format_html('<span class="hash" title="{}">{}</span>', value, text)


@register.simple_tag
def verdict(outcome: Any, text: str = "", url: str = "") -> SafeString:
    """One of the five outcomes as glyph and word; `text` replaces the word, `url` makes it a door."""
    code = _code(outcome)
    words = text or OUTCOMES[code]
    if url:
        return format_html('<a class="verdict {}" href="{}">{}</a>', code, url, words)
    return format_html('<span class="verdict {}">{}</span>', code, words)


@register.simple_tag
def pool(state: Any, note: str = "") -> SafeString:
    """Where a track stands: filled bars and the word; None → `—`."""
    if state is None or state == "":
        return DASH
    step, words = POOLS[_code(state)]
    return format_html(
        '<span class="pool-stepper" data-pool="{}"><i></i><i></i><i></i>{}{}</span>', step, words, format_html(" {}", note) if note else ""
    )


@register.simple_tag
def rag(colour: str, label: str = "") -> SafeString:
    """红黄绿 as circle, triangle, square with an accessible name."""
    return format_html('<span class="rag {}" role="img" aria-label="{}"></span>', colour, label or RAGS[colour])


@register.simple_tag
def meter(value: Any, most: Any, label: str) -> SafeString:
    """A native progress bar; without a maximum an empty one."""
    if value is None or not most:
        return format_html('<progress class="meter" max="1" value="0" aria-label="{}"></progress>', label)
    return format_html('<progress class="meter" max="{}" value="{}" aria-label="{}"></progress>', most, min(value, most), label)


@register.simple_tag
def tag(text: Any, kind: str = "") -> SafeString:
    """A small mark; `kind` is ok, warn, bad, accent, manual, line or nothing."""
    return format_html('<span class="tag {}">{}</span>', kind, text)


@register.simple_tag
def copy_button(value: str, label: str) -> SafeString:
    """A button that copies `value`; `label` says what is copied."""
    return format_html(
        '<button class="icon-btn" type="button" data-copy="{}" aria-label="{}" title="{}">{}</button>', value, label, label, icon("copy")
    )


@register.simple_tag
def idempotency_key() -> SafeString:
    """A hidden field that lets the server tell a repeated POST from a new one."""
    return format_html('<input type="hidden" name="idempotency_key" value="{}">', uuid4().hex)


@register.simple_tag(takes_context=True)
def counter_of(context: Context, name: str) -> SafeString | str:
    """The number beside a menu entry; nothing at zero."""
    number = context["counters"].get(name, 0)
    return format_html('<span class="n">{}<span class="sr-only"> {}</span></span>', count(number), gettext("条")) if number else ""


@register.simple_tag
def url_if(url_name: str) -> str:
    """The address of a page without arguments, or "" where it does not exist."""
    return door(url_name)


@register.simple_tag(takes_context=True)
def query_update(context: Context, **changes: Any) -> str:
    """`?…` with the present view state and these changes; None removes a name. Paging starts over unless `page` is given."""
    state = context.get("query")
    if state is None:
        request = context.get("request")
        state = request.GET if request is not None else None
    query = state.copy() if state is not None else None
    if query is None:
        return "?"
    if "page" not in changes:
        query.pop("page", None)
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        elif isinstance(value, list | tuple):
            query.setlist(name, [str(item) for item in value])
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.filter
def or_dash(value: Any) -> Any:
    """`—` for what does not apply (None or ""); use 缺数据 filters for figures that are missing."""
    return DASH if value is None or value == "" else conditional_escape(value)
