"""Table and filters of the accounts."""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy

from accounts.roles import Role
from accounts.users.models import District, User
from core.filters import ChoiceFilter, FilterSet, ModelChoiceFilter, TextFilter
from core.tables import Column, Table


class PersonTable(Table):
    """One row per account."""

    caption = gettext_lazy("人员与账号")
    row_header = "username"
    shown = ("username", "name", "role", "district", "office", "is_active")

    username = Column(gettext_lazy("账号"))
    name = Column(gettext_lazy("姓名"), accessor="person__name")
    role = Column(gettext_lazy("角色"))
    district = Column(gettext_lazy("区、县（市）"), accessor="district__name", empty_values=())
    office = Column(gettext_lazy("科室 / 部门"), accessor="office__name", default="—")
    is_active = Column(gettext_lazy("状态"))

    def render_username(self, value: str, record: User) -> Any:
        """A door to the account."""
        return format_html('<a href="{}">{}</a>', reverse("accounts:person-detail", args=[record.pk]), value)

    def render_district(self, value: str | None, record: User) -> Any:
        """市级 for staff of the city; `—` for those without a scope."""
        return record.district or (gettext("市级") if record.is_city else "—")

    def render_is_active(self, value: bool) -> Any:
        """In a word."""
        if value:
            return format_html('<span class="tag ok">{}</span>', gettext("启用"))
        return format_html('<span class="tag">{}</span>', gettext("停用"))


class PersonFilterSet(FilterSet):
    """Words, role, district, state."""

    q = TextFilter(label=gettext_lazy("姓名或账号"), method="by_words")
    role = ChoiceFilter(label=gettext_lazy("角色"), choices=Role.choices)
    district = ModelChoiceFilter(label=gettext_lazy("区、县（市）"), queryset=District.objects.all())
    state = ChoiceFilter(
        label=gettext_lazy("状态"), method="by_state", choices=[("active", gettext_lazy("启用")), ("inactive", gettext_lazy("停用"))]
    )

    class Meta:
        model = User
        fields: list[str] = []

    def by_words(self, queryset: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        """Part of the name or of the account."""
        return queryset.filter(Q(person__name__icontains=value) | Q(username__icontains=value))

    def by_state(self, queryset: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        """On or off."""
        return queryset.filter(is_active=value == "active")
