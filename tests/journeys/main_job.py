"""The people, the old register and the workbook of the main job."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from accounts.users.models import District, User
from companies.recognitions.models import Title
from companies.register.models import Company
from cultivation.seeding import seed
from tests.access.world import NOW
from tests.companies.imports.books import FIRM_HEADS, RECOGNITION_HEADS, code, firm, xlsx
from tests.factories import (
    ApproverFactory,
    AuditorFactory,
    CityApproverFactory,
    CityClerkFactory,
    CompanyFactory,
    EnterpriseUserFactory,
    OfficerFactory,
    RecognitionFactory,
)

FIRM = "绍兴鉴湖精密第1有限公司"
PAPER = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
FIGURE_HEADS = [
    "统一社会信用代码",
    "年度",
    "营业收入（万元）",
    "主营业务收入（万元）",
    "主导产品收入（万元）",
    "研发费用（万元）",
    "资产总额（万元）",
    "负债总额（万元）",
    "职工人数（人）",
]
REVENUES = {2023: 11_000, 2024: 12_300, 2025: 13_600}


@dataclass
class Cast:
    """Everybody who has a part."""

    clerk: User
    officer: User
    approver: User
    confirmer: User
    auditor: User
    owner: User


def cast() -> Cast:
    """Two districts, six people, and one firm of 诸暨 that has been in the register, and little giant, for some time."""
    seed(on=date(2024, 1, 1))
    yuecheng, zhuji = (District.objects.get(code=number) for number in ("330602", "330681"))
    old = CompanyFactory(district=zhuji, name="诸暨浣江流体设备有限公司")
    RecognitionFactory(
        company=old,
        title=Title.objects.get(code="little_giant"),
        announced_on=date(2026, 7, 1),
        known_on=date(2026, 7, 2),
        valid_until=date(2029, 6, 30),
        is_first=True,
    )
    return Cast(
        clerk=CityClerkFactory(username="jin.xiaolan", person__name="金晓岚"),
        officer=OfficerFactory(username="shen.yutong", person__name="沈雨桐", district=yuecheng),
        approver=ApproverFactory(username="chen.liqun", person__name="陈立群", district=yuecheng),
        confirmer=CityApproverFactory(username="he.jing", person__name="何静"),
        auditor=AuditorFactory(username="zhou.wenbo", person__name="周文博", district=None),
        owner=EnterpriseUserFactory(username="owner", person__name="章越"),
    )


def year(number: int, revenue: Any, *, of: int = 1) -> list[Any]:
    """A row under FIGURE_HEADS that meets 小巨人 where the revenue does."""
    base = REVENUES[number]
    return [code(of), number, revenue, base - 400, base - 2_000, base * 0.06, 18_000, 8_000, 320]


def workbook() -> bytes:
    """A firm with three years and a title held; beside it a row whose code is wrong and one with two bad figures."""
    return xlsx(
        {
            "企业": [FIRM_HEADS, firm(1, 成立日期="2008-03-01"), [*firm(2)[1:2], *firm(2)[1:]]],
            "年度指标": [FIGURE_HEADS, *(year(number, revenue) for number, revenue in REVENUES.items()), [code(1), 2022, "12oo", -3]],
            "获得认定": [RECOGNITION_HEADS, [code(1), "专精特新中小企业", "认定", "浙经信企业〔2025〕11号", "2025-01-10"]],
        }
    )


def refused_rows(content: bytes) -> dict[str, list[list[Any]]]:
    """The sheets of a workbook as rows."""
    book = load_workbook(BytesIO(content))
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def company() -> Company:
    """The firm the workbook brought."""
    return Company.objects.get(uscc=code(1))


__all__ = ["FIRM", "NOW", "PAPER", "Cast", "cast", "company", "refused_rows", "workbook"]
