"""The ways the register says no."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from core.errors import Refusal


class CodeHeld(Refusal):
    """The credit code is in the register already. One sentence, whoever asks and wherever the firm is: it tells nothing else."""

    code = "code_held"

    def __init__(self) -> None:
        super().__init__(_("该信用代码已在库，请联系市级数据员"))


class LooksAlike(Refusal):
    """Firms within the user's scope look like the new one; saving asks to confirm that it is another."""

    code = "looks_alike"

    def __init__(self, details: Sequence[str]) -> None:
        super().__init__(
            _("已有相似的企业，请先核对是不是同一家。"), details=details, remedy=_("确认不是同一家，请勾选“已核对，不是同一家”再保存。")
        )


class ChangedMeanwhile(Refusal):
    """Somebody else saved the firm since the form was opened."""

    code = "changed_meanwhile"

    def __init__(self) -> None:
        super().__init__(_("这家企业的资料已被他人更新，您的修改没有保存。"), remedy=_("请刷新看新内容，再改一次。"))


class InvalidCompany(Refusal):
    """What was given is no firm: a code that fails its checks, a town of another district."""

    status = 422
    code = "invalid_company"
