"""The two ways an import says no: the whole workbook, or one cell."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core.errors import Refusal

if TYPE_CHECKING:
    from companies.imports.models import ImportRun


class WorkbookRefused(Refusal):
    """The file as a whole is not taken; nothing was saved. `message` is one Chinese sentence with the limit and the way out."""

    status = 422
    code = "workbook_refused"


def broken() -> WorkbookRefused:
    """The file starts like a workbook but cannot be read."""
    return WorkbookRefused(_("工作簿已损坏，读不出来。请用 Excel 打开后另存为 .xlsx 再上传。"))


class CellRefused(ValueError):
    """One cell is not taken: a Chinese reason with its remedy, without the address (the checker adds sheet, row and column)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotNow(Refusal):
    """The run is in another state than the action needs."""

    code = "import_not_now"

    def __init__(self, run: "ImportRun") -> None:
        super().__init__(_("这次导入目前是“%(state)s”，不能这样做。请看本页的步骤。") % {"state": run.get_state_display()})


class ChangedSinceCheck(Refusal):
    """What is stored about the firms of the file changed after the check; nothing was written."""

    code = "changed_since_check"

    def __init__(self) -> None:
        super().__init__(_("校验之后库内数据已变，没有导入任何内容。"), remedy=_("请重新校验，再导入。"))


class NothingToImport(Refusal):
    """All rows are unchanged or refused."""

    code = "nothing_to_import"

    def __init__(self) -> None:
        super().__init__(_("没有可导入的行：全部无变化或被拒绝。"), remedy=_("请下载拒绝行，改正后重新上传。"))


class ListMissing(Refusal):
    """Recognitions come without their official list."""

    code = "list_missing"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("文件带有认定，须附公告文件。"), remedy=_("请补上公告文号、公告日期和文件后再提交。"))


class DecisionNeeded(Refusal):
    """A second person must sign first."""

    code = "decision_needed"

    def __init__(self) -> None:
        super().__init__(_("这次导入会改动库内数据、带有认定或超过 1,000 行，须先由第二人审批。"), remedy=_("请提交审批。"))


class UndoDecisionNeeded(Refusal):
    """What two people decided is taken back by two."""

    code = "undo_decision_needed"

    def __init__(self) -> None:
        super().__init__(_("这次导入改动过库内数据、带有认定或超过 1,000 行，撤销也须由第二人审批。"), remedy=_("请在本页提请撤销。"))


class CannotApplyAgain(Refusal):
    """Somebody wrote newer figures for the same year and source since the undo."""

    code = "cannot_apply_again"

    def __init__(self, details: list[str]) -> None:
        super().__init__(_("撤销之后已有更新的数据，不能原样恢复。"), details=details, remedy=_("请重新上传文件，校验后再导入。"))
