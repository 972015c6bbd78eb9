"""目标进度 as a document: the grid of the page, the plan's contradictions, and the firms behind each figure as an annex."""

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit.verify import head_line
from core.documents import blocks as b
from core.documents.pdf import pdf_bytes
from cultivation.quotas import selectors
from cultivation.quotas.models import Plan
from cultivation.quotas.selectors import Asked, Cell, Grid

if TYPE_CHECKING:
    from accounts.users.models import User


def quota_pdf(*, user: "User", asked: Asked) -> bytes:
    """The PDF of what the user would see on the page, with every counted firm; figures equal those on screen."""
    grid = selectors.quota_grid(user=user, asked=asked)
    reading = _("现在所知") if asked.known != asked.on else _("当时所知")
    imprint = b.Imprint(
        title=_("%(year)s 年度培育目标进度") % {"year": asked.year},
        author=_("梯度 · 绍兴"),
        generated_at=timezone.now(),
        as_of=asked.on,
        reading=reading,
        chain_head=head_line(),
        requester=user.name,
        landscape=True,
    )
    return pdf_bytes(quota_blocks(user=user, grid=grid), imprint=imprint)


def quota_blocks(*, user: "User", grid: Grid) -> list[b.Block]:
    """The document's blocks: head, grid, notes, contradictions, annexes."""
    asked = grid.asked
    content: list[b.Block] = [b.Heading(_("%(year)s 年度培育目标进度") % {"year": asked.year}, 1), *_head(grid, grid.plan)]
    content.append(_grid_table(grid))
    content.append(b.Note(_("每格为 完成 / 目标，括号内为还差；冲刺为冲刺库企业数。完成数计经市级确认的认定，取消的自取消日起不计。")))
    content.extend(_contradictions(grid))
    content.extend(_annexes(user, grid))
    return content


def _head(grid: Grid, plan: Plan | None) -> list[b.Block]:
    if plan is None:
        return [b.Paragraph(_("%(year)s 年度目标尚未下达。") % {"year": grid.asked.year})]
    name = _("%(name)s（示例）") % {"name": plan.name} if plan.is_sample else plan.name
    return [b.KeyValue([(_("方案"), name), (_("区县分解"), _("按当年1月1日在库规上企业数占比，最大余额法分解（本地设定）"))])]


def _figure(number: int | None) -> str:
    return _("缺数据") if number is None else f"{number:,}"


def _sprint(cell: Cell) -> str:
    """`—` for a title without pools: there none can stand in one, which is not nought."""
    return _figure(cell.sprint) if cell.title.is_tracked else "—"


def _cell_text(cell: Cell) -> str:
    target = f"{cell.target:,}" if cell.target else _("无目标")  # as the page: a target of nought is none
    rest = "" if cell.remaining is None or not cell.target else _("（差 %(n)s）") % {"n": f"{cell.remaining:,}"}
    return f"{_figure(cell.achieved)} / {target}{rest}"


def _grid_table(grid: Grid) -> b.Table:
    columns = [b.Column(_("区、县（市）"), fixed=True)]
    for title in grid.titles:
        columns.append(b.Column(f"{title.short}（{grid.words[title.pk]}）", align="right"))
        columns.append(b.Column(_("冲刺"), align="right", fixed=True))
    rows = [[str(district), *(text for cell in cells for text in (_cell_text(cell), _sprint(cell)))] for district, cells in grid.rows]
    if grid.city:
        rows.append([_("全市合计"), *(text for cell in grid.city for text in (_cell_text(cell), _sprint(cell)))])
    return b.Table(columns, rows, empty=_("没有可以显示的区县。"))


def _contradictions(grid: Grid) -> list[b.Block]:
    if not grid.conflicts and not grid.rules:
        return []
    rows = [
        [conflict.name, "；".join(f"{one['value']}（{one['clause']}）" for one in conflict.figures), conflict.choice]
        for conflict in grid.conflicts
    ]
    content: list[b.Block] = []
    if rows:
        columns = [b.Column(_("指标")), b.Column(_("方案各处的数"), weight=2), b.Column(_("本平台计"))]
        content += [b.Heading(_("口径冲突")), b.Table(columns, rows)]
    if grid.rules:
        pairs = [(rule.subject, _("%(rule)s（本地设定，%(day)s）") % {"rule": rule.rule, "day": rule.decided_on}) for rule in grid.rules]
        content += [b.Heading(_("计数规则")), b.KeyValue(pairs)]
    return content


def _annexes(user: "User", grid: Grid) -> list[b.Block]:
    """One list per title and figure that counted somebody: exactly the rows of the city's (or the district's) cell."""
    content: list[b.Block] = []
    cells = grid.city or [cell for _district, row in grid.rows for cell in row]
    number = 0
    for cell in cells:
        for figure, label in (("achieved", grid.words[cell.title.pk]), ("sprint", _("冲刺库"))):
            if not getattr(cell, figure):
                continue
            number += 1
            place = str(cell.district) if cell.district else _("全市")
            heading = _("附件%(n)s　%(place)s %(title)s %(label)s名单（%(count)s 家）") % {
                "n": number,
                "place": place,
                "title": cell.title.short,
                "label": label,
                "count": f"{getattr(cell, figure):,}",
            }
            content += [b.PageBreak() if number == 1 else b.Heading("", 3), b.Heading(heading), _member_table(user, grid, cell, figure)]
    return [block for block in content if not (isinstance(block, b.Heading) and not block.text)]


def _member_table(user: "User", grid: Grid, cell: Cell, figure: str) -> b.Table:
    rows = selectors.members(user=user, asked=grid.asked, title=cell.title, district=cell.district, figure=figure, grid=grid)
    if figure == "sprint":
        columns = [
            b.Column(_("企业"), weight=2),
            b.Column(_("统一社会信用代码"), fixed=True),
            b.Column(_("区、县（市）"), fixed=True),
            b.Column(_("入库日期"), fixed=True),
        ]
        lines = [[track.company.name, track.company.uscc, str(track.company.district), track.entered_pool_on.isoformat()] for track in rows]
        return b.Table(columns, lines)
    columns = [
        b.Column(_("企业"), weight=2),
        b.Column(_("统一社会信用代码"), fixed=True),
        b.Column(_("认定时属地"), fixed=True),
        b.Column(_("文号"), weight=1.5),
        b.Column(_("计入日"), fixed=True),
        b.Column(_("提请"), fixed=True),
        b.Column(_("确认"), fixed=True),
    ]
    lines = [
        [
            row.company.name,
            row.company.uscc,
            str(row.district),
            row.document_number,
            row.happened_on.isoformat(),
            row.decision.proposer.name if row.decision else "—",
            row.decision.decider.name if row.decision and row.decision.decider else "—",
        ]
        for row in rows
    ]
    return b.Table(columns, lines)
