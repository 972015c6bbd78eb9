"""Why a draft is refused; each says what stands in the way."""

from django.utils.translation import gettext as _

from core.errors import Refusal
from policies.publishing.checking import Problem


class DraftClosed(Refusal):
    """The draft waits for a second person, is published or was withdrawn."""

    code = "draft_closed"


class DraftRefused(Refusal):
    """The text has errors, or contradicts the library."""

    code = "draft_refused"
    status = 422

    def __init__(self, problems: "tuple[Problem, ...]") -> None:
        super().__init__(
            _("文本有 %(n)s 处错误，不能提交。") % {"n": len(problems)},
            details=[_("第 %(line)s 行：%(reason)s") % {"line": one.line, "reason": one.reason} for one in problems],
            remedy=_("请修改草稿后再提交。"),
        )


class SavedMeanwhile(Refusal):
    """Somebody else saved the draft since the form was opened."""

    code = "saved_meanwhile"
