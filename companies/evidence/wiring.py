"""What evidence hands to the register, the log and `verify`."""

from django.utils.translation import gettext_lazy as _

from accounts.audit import checks
from accounts.audit.words import register_actions
from companies.evidence import panels
from companies.evidence.checks import damaged_files
from companies.register import slots


def connect() -> None:
    """The newest papers beside 概览, words of the log, the check of stored files."""
    slots.add_panel(slots.Panel("evidence", "side", "companies/evidence/panel.html", panels.newest_papers, order=80))
    slots.add_merge_relation(slots.MergeRelation("companies.Evidence", "company", "keep_both"))
    register_actions({"evidence.stored": _("上传材料"), "evidence.downloaded": _("下载材料")})
    checks.register("evidence files", damaged_files)
