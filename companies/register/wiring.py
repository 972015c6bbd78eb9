"""What the register hands to the apps below."""

from django.utils.translation import gettext_lazy as _

from accounts.audit.words import register_actions


def connect() -> None:
    """Words of the log."""
    register_actions(
        {"company.created": _("新建企业"), "company.changed": _("修改企业资料"), "company_member.added": _("登记企业联系人账号")}
    )
