"""The ways figures are refused before they are kept."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from core.errors import Refusal


class FiguresDisagree(Refusal):
    """Parts above their whole, figures out of range, a year that has not begun: `details` names each."""

    status = 422
    code = "figures_disagree"

    def __init__(self, details: Sequence[str]) -> None:
        super().__init__(_("有几项指标互相矛盾，没有保存。"), details=details)


class UnitInDoubt(Refusal):
    """A figure about 10,000 times (or 1/10,000 of) the year beside it: 万元 or 元?"""

    code = "unit_in_doubt"

    def __init__(self, details: Sequence[str]) -> None:
        super().__init__(
            _("有几项与上年相差约一万倍，请核对单位是万元还是元。"), details=details, remedy=_("核对无误，请勾选“单位已核对”再保存。")
        )


class NothingNew(Refusal):
    """All figures are as the version in force has them already."""

    code = "nothing_new"

    def __init__(self) -> None:
        super().__init__(_("与现有数据完全相同，没有需要保存的内容。"))


class IncidentDatesDisagree(Refusal):
    """An incident that ends before it starts, or starts after it was known."""

    status = 422
    code = "incident_dates_disagree"
