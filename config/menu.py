"""The menu of the product: one entry is one folder and one address; a role sees only what it may use."""

from django.utils.translation import gettext_lazy as _

from accounts.roles import EVERYBODY, STAFF, Role
from core.menu import Entry, Group

OFFICER, APPROVER, CLERK, AUDITOR = Role.OFFICER, Role.APPROVER, Role.CLERK, Role.AUDITOR

MENU = (
    Group(_("企业端"), (Entry(_("首页"), "portal:home", "home", (Role.ENTERPRISE,), tab=_("首页")),)),
    Group("", (Entry(_("工作台"), "cultivation:workbench", "home", STAFF, tab=_("工作台")),)),
    Group(
        _("企业"),
        (
            Entry(_("企业名录"), "companies:company-list", "company", STAFF, tab=_("企业")),
            Entry(_("挂钩与交接"), "companies:assignment-list", "users", (OFFICER, APPROVER)),
        ),
    ),
    Group(
        _("培育"),
        (
            Entry(_("培育库"), "cultivation:track-list", "steps", STAFF, tab=_("培育")),
            Entry(_("差一点"), "policies:near-miss-list", "filter", STAFF),
            Entry(_("年底倒推"), "policies:year-end-list", "calendar", STAFF),
            Entry(_("审批"), "accounts:decision-list", "check", (APPROVER,), counter="decisions", query="mine=waiting&state=submitted"),
            Entry(_("审批"), "accounts:decision-list", "check", (OFFICER, CLERK, AUDITOR)),
            Entry(_("认定"), "companies:recognition-list", "medal", STAFF),
            Entry(_("认定标准"), "policies:standard-list", "rules", STAFF),
        ),
    ),
    Group(
        _("目标"),
        (Entry(_("目标进度"), "cultivation:quota-overview", "flag", (OFFICER, APPROVER, AUDITOR), tab=_("目标")),),
    ),
    Group(
        _("其他"),
        (
            Entry(_("数据导入"), "companies:import-list", "upload", (CLERK, OFFICER, APPROVER)),
            Entry(_("审计"), "accounts:audit-list", "log", STAFF),
            Entry(_("通知"), "accounts:notification-list", "bell", EVERYBODY, counter="notices"),
            Entry(_("设置"), "accounts:settings", "gear", (Role.ADMINISTRATOR,), tab=_("设置")),
            Entry(_("设置"), "accounts:settings", "gear", tuple(role for role in EVERYBODY if role != Role.ADMINISTRATOR)),
        ),
    ),
)

# pages the frame itself links to
FRAME_DOORS = {
    "home": "cultivation:workbench",
    "search": "companies:company-list",
    "suggest": "companies:company-search",
    "notices": "accounts:notification-list",
    "account": "accounts:settings",
    "sign_out": "accounts:sign-out",
    "language": "set-language",
}
