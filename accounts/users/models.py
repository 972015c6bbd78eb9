"""People and places: districts, towns, parks, offices; natural persons and their accounts."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.roles import STAFF, Role


class District(models.Model):
    """区、县（市）, keyed by its GB/T 2260 code."""

    code = models.CharField(_("行政区划代码"), max_length=6, unique=True)
    name = models.CharField(_("名称"), max_length=50)
    name_en = models.CharField(_("英文名称"), max_length=50)
    kind = models.CharField(_("类别"), max_length=30)
    position = models.PositiveSmallIntegerField(_("次序"), default=0)

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name


class Town(models.Model):
    """镇街 of one district."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="towns")
    name = models.CharField(_("名称"), max_length=50)

    class Meta:
        ordering = ["district", "name"]
        constraints = [models.UniqueConstraint(fields=["district", "name"], name="one_town_per_district_and_name")]

    def __str__(self) -> str:
        return self.name


class Park(models.Model):
    """开发区（园区）: has no GB/T 2260 code, so it is a second dimension beside the district."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="parks")
    name = models.CharField(_("名称"), max_length=80)

    class Meta:
        ordering = ["district", "name"]
        constraints = [models.UniqueConstraint(fields=["district", "name"], name="one_park_per_district_and_name")]

    def __str__(self) -> str:
        return self.name


class Office(models.Model):
    """科室 / 部门; without a district it belongs to the city."""

    name = models.CharField(_("名称"), max_length=80)
    district = models.ForeignKey(District, on_delete=models.PROTECT, null=True, blank=True, related_name="offices")

    class Meta:
        ordering = ["district", "name"]
        constraints = [
            models.UniqueConstraint(fields=["district", "name"], name="one_office_per_district_and_name"),
            models.UniqueConstraint(fields=["name"], condition=Q(district__isnull=True), name="one_city_office_per_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """The natural person behind one or more accounts; two-person rules count persons, not accounts."""

    name = models.CharField(_("姓名"), max_length=50)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Creates accounts with a hashed password."""

    def visible_to(self, user: "User | AnonymousUser") -> models.QuerySet["User"]:
        """An administrator sees every account, everybody else their own."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.all() if user.role == Role.ADMINISTRATOR else self.filter(pk=user.pk)

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """A saved account; `person` and `role` are required in `fields`."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """An account: one person, one role, one district or the whole city."""

    username = models.CharField(_("账号"), max_length=60, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="accounts")
    role = models.CharField(_("角色"), max_length=20, choices=Role.choices)
    district = models.ForeignKey(District, on_delete=models.PROTECT, null=True, blank=True, related_name="users")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, blank=True, related_name="users")
    is_active = models.BooleanField(_("启用"), default=True)
    language = models.CharField(_("语言"), max_length=10, default="zh-hans")
    has_shortcuts = models.BooleanField(_("快捷键"), default=True)
    is_compact = models.BooleanField(_("紧凑行距"), default=False)
    list_columns = models.JSONField(_("列表所选列"), default=dict, blank=True)
    must_change_password = models.BooleanField(_("须改密码"), default=False)
    password_changed_at = models.DateTimeField(_("密码修改时间"), null=True, blank=True)

    objects = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    AUDITED = ("username", "person_id", "role", "district_id", "office_id", "is_active")

    class Meta:
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(condition=~Q(role=Role.OFFICER) | Q(district__isnull=False), name="officer_has_a_district"),
            models.CheckConstraint(
                condition=~Q(role__in=[Role.ENTERPRISE, Role.ADMINISTRATOR]) | Q(district__isnull=True),
                name="enterprise_and_administrator_have_no_district",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The person's name; load `person` with the user."""
        return self.person.name

    @property
    def is_city(self) -> bool:
        """Staff whose scope is the whole city."""
        return self.role in STAFF and self.district_id is None

    @property
    def is_staff_role(self) -> bool:
        """Officer, approver, clerk or auditor."""
        return self.role in STAFF


class SignInQuerySet(models.QuerySet["SignIn"]):
    """Who may see and end which sessions."""

    def visible_to(self, user: "User | AnonymousUser") -> "SignInQuerySet":
        """An administrator sees everybody's, everybody else their own."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.all() if user.role == Role.ADMINISTRATOR else self.filter(user_id=user.pk)


class SignIn(models.Model):
    """One signed-in browser of a user; the session row itself lives in django_session."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    started_at = models.DateTimeField(_("登录时间"))
    seen_at = models.DateTimeField(_("最近活动"))
    address = models.GenericIPAddressField(_("地址"), null=True)
    agent = models.CharField(_("浏览器"), max_length=200, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    objects = SignInQuerySet.as_manager()

    class Meta:
        ordering = ["-seen_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.started_at:%Y-%m-%d %H:%M}"
