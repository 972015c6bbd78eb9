"""What an administrator does with accounts. They decide nothing else, and never become approver or auditor themselves.

Every service locks the person and both accounts, so that two administrators at once cannot make what neither could alone.
"""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit import services as audit
from accounts.roles import STAFF, Role
from accounts.users import lockout, sessions
from accounts.users.models import District, Office, Person, SignIn, User
from accounts.users.passwords import temporary_password
from core.errors import NotPermitted, Refusal

# nobody who hands out roles may sign or audit what others did with them
APART = frozenset({Role.APPROVER, Role.AUDITOR})

# what the log calls it
ACTIONS: dict[str, Any] = {
    "user.signed_in": gettext_lazy("登录"),
    "user.sign_in_failed": gettext_lazy("登录失败"),
    "user.sign_in_locked": gettext_lazy("登录失败，已暂停登录"),
    "user.signed_out": gettext_lazy("退出登录"),
    "user.session_ended": gettext_lazy("结束一次登录"),
    "user.sessions_ended": gettext_lazy("结束全部登录"),
    "user.password_changed": gettext_lazy("修改密码"),
    "user.password_refused": gettext_lazy("修改密码时当前密码不对"),
    "user.password_set": gettext_lazy("设临时密码"),
    "user.created": gettext_lazy("新建账号"),
    "user.changed": gettext_lazy("改角色和范围"),
    "user.deactivated": gettext_lazy("停用账号"),
    "user.activated": gettext_lazy("启用账号"),
    "user.unlocked": gettext_lazy("解除登录锁定"),
    "user.settings_changed": gettext_lazy("改个人设置"),
    "user.refused": gettext_lazy("账号管理被拒"),
}


class RoleNotAllowed(Refusal):
    """A rule about roles, scopes or persons forbids the change."""

    code = "role_not_allowed"


class OwnAccount(Refusal):
    """Administrators do not administer themselves."""

    code = "own_account"


class UsernameTaken(Refusal):
    """The account name is in use."""

    code = "username_taken"


def _require_administrator(by: User) -> User:
    """The acting account, read again under its lock. Raises NotPermitted unless it is an active administrator."""
    now = User.objects.select_for_update().select_related("person").get(pk=by.pk)
    if not now.is_active or now.role != Role.ADMINISTRATOR:
        raise NotPermitted(_("只有管理员可以管理账号。"))
    return now


def _locked(by: User, user_id: int) -> tuple[User, User]:
    """(administrator, account) with rows and persons locked in one order. Raises OwnAccount for any account of the same person."""
    rows = User.objects.select_for_update(of=("self",)).select_related("person", "district", "office")
    found = {user.pk: user for user in rows.filter(pk__in={by.pk, user_id}).order_by("pk")}
    administrator, user = found[by.pk], found[user_id]
    list(Person.objects.select_for_update().filter(pk__in={administrator.person_id, user.person_id}).order_by("pk"))
    if not administrator.is_active or administrator.role != Role.ADMINISTRATOR:
        raise NotPermitted(_("只有管理员可以管理账号。"))
    if administrator.person_id == user.person_id:
        raise OwnAccount(_("不能管理本人的账号：%(name)s。") % {"name": user.name}, remedy=_("请由另一位管理员办理。"))
    return administrator, user


def _check_scope(*, role: str, district: District | None, office: Office | None) -> None:
    """Raises RoleNotAllowed where role, district and office do not fit together."""
    if role == Role.OFFICER and district is None:
        raise RoleNotAllowed(_("专管员须属于一个区、县（市）。"), remedy=_("请选择区、县（市）。"))
    if role not in STAFF and (district is not None or office is not None):
        raise RoleNotAllowed(_("企业用户和管理员没有区、县（市）和科室。"), remedy=_("请清空区、县（市）和科室。"))
    if office is not None and office.district_id != (district.pk if district else None):
        raise RoleNotAllowed(
            _("科室“%(office)s”不属于所选的范围。") % {"office": office.name},
            remedy=_("市级账号选市级科室，区县账号选本区、县（市）的科室。"),
        )


def _check_apart(person: Person, *, role: str, but: int = 0) -> None:
    """Raises RoleNotAllowed where one person would hold administrator together with approver or auditor, over all active accounts."""
    held = User.objects.filter(person=person, is_active=True).exclude(pk=but)
    barred = APART if role == Role.ADMINISTRATOR else {Role.ADMINISTRATOR} if role in APART else frozenset()
    for other in held.filter(role__in=barred).order_by("pk"):
        raise RoleNotAllowed(
            _("%(name)s 的账号 %(username)s 是%(other)s，同一人不能再任%(role)s。")
            % {"name": person.name, "username": other.username, "other": Role(other.role).label, "role": Role(role).label},
            remedy=_("请先停用或改派那个账号。"),
        )


def _scope(user: User) -> dict[str, Any]:
    """What the log keeps of an account."""
    return {"role": user.role, "district": user.district_id, "office": user.office_id, "is_active": user.is_active}


def _person(*, name: str, same_as: str) -> Person:
    """A new person of this name, or the one behind the account `same_as`, locked."""
    if not same_as:
        return Person.objects.create(name=name)
    holder = User.objects.filter(username=same_as).first()
    if holder is None:
        raise RoleNotAllowed(_("没有账号 %(username)s。") % {"username": same_as}, remedy=_("请核对同一人已有的账号，没有则留空。"))
    return Person.objects.select_for_update().get(pk=holder.person_id)


@transaction.atomic
def user_create(
    *,
    by: User,
    username: str,
    role: str,
    name: str = "",
    same_as: str = "",
    district: District | None = None,
    office: Office | None = None,
    reason: str,
) -> tuple[User, str]:
    """A new account and its temporary password, which is stored nowhere in clear.

    `same_as` names an account of the same natural person; without it a new person called `name` is made. Raises NotPermitted,
    OwnAccount, UsernameTaken, RoleNotAllowed.
    """
    administrator = _require_administrator(by)
    if User.objects.filter(username=username).exists():
        raise UsernameTaken(_("账号 %(username)s 已被使用。") % {"username": username}, remedy=_("请换一个账号名。"))
    _check_scope(role=role, district=district, office=office)
    person = _person(name=name, same_as=same_as)
    if person.pk == administrator.person_id:
        raise OwnAccount(_("不能给本人再开账号。"), remedy=_("请由另一位管理员办理。"))
    _check_apart(person, role=role)
    user = User(username=username, person=person, role=role, district=district, office=office, must_change_password=True)
    password = temporary_password()
    user.set_password(password)
    user.save()
    audit.record("user.created", actor=administrator, target=user, after=_scope(user) | {"username": username}, reason=reason)
    return user, password


@transaction.atomic
def user_change(*, by: User, user_id: int, role: str, district: District | None, office: Office | None, reason: str) -> User:
    """Another role, district or office, from the next request on. Raises NotPermitted, OwnAccount, RoleNotAllowed."""
    administrator, user = _locked(by, user_id)
    _check_scope(role=role, district=district, office=office)
    if user.is_active:
        _check_apart(user.person, role=role, but=user.pk)
    before = _scope(user)
    user.role, user.district, user.office = role, district, office
    user.save(update_fields=["role", "district", "office"])
    audit.record("user.changed", actor=administrator, target=user, before=before, after=_scope(user), reason=reason)
    return user


@transaction.atomic
def user_deactivate(*, by: User, user_id: int, reason: str) -> User:
    """Switch an account off: its sessions end, its very next request is nobody's."""
    administrator, user = _locked(by, user_id)
    before = _scope(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    sessions.end_sessions(SignIn.objects.filter(user=user))
    audit.record("user.deactivated", actor=administrator, target=user, before=before, after=_scope(user), reason=reason)
    return user


@transaction.atomic
def user_activate(*, by: User, user_id: int, reason: str) -> User:
    """Switch an account on again, if its person holds nothing that excludes its role."""
    administrator, user = _locked(by, user_id)
    _check_apart(user.person, role=user.role, but=user.pk)
    before = _scope(user)
    user.is_active = True
    user.save(update_fields=["is_active"])
    audit.record("user.activated", actor=administrator, target=user, before=before, after=_scope(user), reason=reason)
    return user


@transaction.atomic
def user_password_set(*, by: User, user_id: int, reason: str) -> tuple[User, str]:
    """A temporary password for somebody who lost theirs: locks are lifted, sessions end, it must be changed at the first sign-in."""
    administrator, user = _locked(by, user_id)
    password = temporary_password()
    sessions.set_password(user, password, is_temporary=True)
    sessions.end_sessions(SignIn.objects.filter(user=user))
    lockout.unlock(user.username)
    audit.record("user.password_set", actor=administrator, target=user, reason=reason)
    return user, password


@transaction.atomic
def user_unlock(*, by: User, user_id: int, reason: str) -> User:
    """Forget the failed sign-ins of an account, at every address."""
    administrator, user = _locked(by, user_id)
    held = lockout.unlock(user.username)
    audit.record("user.unlocked", actor=administrator, target=user, before={"addresses": held}, reason=reason)
    return user


@transaction.atomic
def user_sessions_end(*, by: User, user_id: int, reason: str) -> User:
    """End every session of an account."""
    administrator, user = _locked(by, user_id)
    ended = sessions.end_sessions(SignIn.objects.filter(user=user))
    audit.record("user.sessions_ended", actor=administrator, target=user, before={"sessions": ended}, reason=reason)
    return user


@transaction.atomic
def settings_change(*, user: User, language: str, is_compact: bool, has_shortcuts: bool) -> User:
    """The own language, density and shortcuts."""
    names = ("language", "is_compact", "has_shortcuts")
    before = {name: getattr(user, name) for name in names}
    user.language, user.is_compact, user.has_shortcuts = language, is_compact, has_shortcuts
    user.save(update_fields=list(names))
    audit.record("user.settings_changed", actor=user, target=user, before=before, after={name: getattr(user, name) for name in names})
    return user
