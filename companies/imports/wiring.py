"""What imports hand to the apps below: two decision kinds, a check, two jobs, the words of the log."""

from django.utils.translation import gettext_lazy as _

from accounts.audit import checks
from accounts.audit.words import register_actions
from accounts.decisions import kinds
from accounts.jobs import registry
from companies.imports import services
from companies.imports.checks import undo_problems
from companies.imports.kinds import APPLY_JOB, IMPORT, IMPORT_UNDO


def connect() -> None:
    """Called once by the app's wiring."""
    kinds.register(IMPORT)
    kinds.register(IMPORT_UNDO)
    checks.register("undone imports", undo_problems)
    registry.register(services.CHECK_JOB, services.run_check_job)
    registry.register(APPLY_JOB, services.run_apply_job, interrupted=services.apply_interrupted)
    register_actions(
        {
            "import.uploaded": _("上传导入文件"),
            "import.list_attached": _("附上公告文件"),
            "import.check_ordered": _("安排校验"),
            "import.ordered": _("安排导入"),
            "import.check_begun": _("重新校验"),
            "import.checked": _("校验导入文件"),
            "import.started": _("开始导入"),
            "import.applied": _("导入"),
            "import.failed": _("导入失败"),
            "import.interrupted": _("导入中断"),
            "import.restarted": _("重新开始导入"),
            "import.refused_downloaded": _("下载拒绝行"),
            "import.undone": _("撤销导入"),
        }
    )
