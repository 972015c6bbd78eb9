"""What both papers share: the imprint, the head, and how one criterion and its marks are written."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit.verify import head_line
from companies.register.models import Company
from core.documents import blocks as b
from policies.engine import Observed, Verdict
from policies.engine.year_end import YearEndLine
from policies.standards.sayings import said

if TYPE_CHECKING:
    from accounts.users.models import User


type Marked = Verdict | YearEndLine  # a line with its clause


def imprint(*, title: str, user: "User", on: date, known: date) -> b.Imprint:
    """What every page of the paper states."""
    return b.Imprint(
        title=title,
        author=_("梯度 · 绍兴"),
        generated_at=timezone.now(),
        as_of=on,
        reading=_("现在所知") if known != on else _("当时所知"),
        chain_head=head_line(),
        requester=user.name,
    )


def company_pairs(company: Company) -> list[tuple[str, str]]:
    """Who the paper is for."""
    return [(_("企业"), company.name), (_("统一社会信用代码"), company.uscc), (_("属地"), str(company.district))]


def with_branches(line: Marked) -> list[Marked]:
    """A line and what stands below it."""
    found = [line]
    for child in line.children if isinstance(line, Verdict) else ():
        found += with_branches(child)
    return found


def marked_text(line: Marked) -> str:
    """The criterion with its marks; a doubt about a branch is one about the line."""
    branches = with_branches(line)
    marks = ((_("待核"), any(one.needs_check for one in branches)), (_("本地设定"), any(one.is_local for one in branches)))
    return line.text + "".join(f"［{mark}］" for mark, holds in marks if holds)


def criterion_text(line: Marked) -> str:
    """The criterion with its marks and, below it, code and clause."""
    return f"{marked_text(line)}\n{line.code} {line.clause}".rstrip()


def shown_text(observed: Sequence[Observed]) -> str:
    """What the firm shows, year by year with its source; a dash where there is nothing to show."""
    parts = []
    for one in observed:
        year = _("%(year)s 年") % {"year": one.year} if one.year else said(one.label) if one.value is not None else ""
        source = f"（{said(one.source_label)}）" if one.source_label else ""
        parts.append(f"{year} {said(one.text)}{source}".strip())
    return "\n".join(parts) or "—"


def closing(lines: Sequence[Marked]) -> list[b.Block]:
    """What the marks mean, both readings of what is disputed, and that nobody is recognised by this paper."""
    notes = [_("本单由公开条款与在库数据计算，供贵企业对照准备，不代表认定结果。数据有误或有更新，请告诉专管员。")]
    every = [one for line in lines for one in with_branches(line)]
    if any(one.needs_check for one in every):
        notes.append(_("［待核］：条款尚未与原文逐字核对，或各处说法不同，申报前请以正式通知为准。"))
    if any(one.is_local for one in every):
        notes.append(_("［本地设定］：文件没有公布这一数字，由本市设定。"))
    notes += [f"{one.code}：{one.dispute}" for one in every if one.dispute]
    return [b.Note("\n".join(notes))]
