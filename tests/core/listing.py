"""A tiny site over two throw-away models: what the page machinery promises is tried here without any feature."""

from decimal import Decimal
from typing import Any

from django import forms
from django.apps.registry import Apps
from django.db import connection, models
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from core import tables
from core.errors import NotPermitted, Refusal
from core.fields import MoneyField
from core.filters import ChoiceFilter, FilterSet, IntegerFilter, TextFilter
from core.forms import DateField, NormalTextField, WanField
from core.htmx import done, refuse
from core.views import FormPage, ListPage

SIZES = [("small", "小型"), ("medium", "中型")]


class Shop(models.Model):
    """A row to list."""

    name = models.CharField("名称", max_length=100)
    size = models.CharField("规模", max_length=10, choices=SIZES)
    founded_on = models.DateField(null=True)
    revenue = MoneyField(null=True)
    secret = models.CharField(max_length=20, default="")

    class Meta:
        app_label = "shops"
        apps = Apps()  # unknown to the rest of the project
        db_table = "core_test_shop"

    def __str__(self) -> str:
        return self.name


def create_table() -> None:
    """Make the table inside the test's own transaction."""
    sql, parameters = connection.schema_editor().table_sql(Shop)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)


class ShopTable(tables.Table):
    """Six columns."""

    caption = "店铺"
    row_header = "name"
    name = tables.Column("名称", linkify=lambda record: f"/shops/{record.pk}/")
    size = tables.Column("规模")
    founded_on = tables.DayColumn("成立")
    revenue = tables.MoneyColumn("营收")
    number = tables.NumberColumn("编号", accessor="pk")
    note = tables.Column("备注", empty_values=(), orderable=False)

    def render_note(self, record: Shop) -> str:
        """Made in Python."""
        return f"注 {record.pk}"

    def value_note(self, record: Shop) -> str:
        """The same, for exports."""
        return f"注 {record.pk}"


class ShopFilterSet(FilterSet):
    """Three filters."""

    q = TextFilter(field_name="name", lookup_expr="contains", label="关键字")
    size = ChoiceFilter(choices=SIZES, label="规模")
    number = IntegerFilter(field_name="pk", label="编号")

    class Meta:
        model = Shop
        fields: list[str] = []


class ShopListView(ListPage):
    """The list."""

    table_class = ShopTable
    filterset_class = ShopFilterSet
    heading = "店铺"
    sorts = {"name": ["name"], "founded_on": ["founded_on"], "revenue": ["revenue"]}
    default_sort = "name"
    extra_query = ("asof",)

    def get_queryset(self) -> models.QuerySet[Shop]:
        """Everything."""
        return Shop.objects.all()


class ShopForm(forms.Form):
    """One field of each kind."""

    name = NormalTextField(label="名称", max_length=20)
    revenue = WanField(label="营收", required=False)
    founded_on = DateField(label="成立", required=False)


class ShopCreateView(FormPage):
    """The form."""

    form_class = ShopForm
    heading = "新建店铺"

    def form_valid(self, form: Any) -> HttpResponse:
        """Writes one row."""
        shop = Shop.objects.create(name=form.cleaned_data["name"], size="small", revenue=form.cleaned_data["revenue"])
        return done(self.request, "已新建。", to=f"/shops/?number={shop.pk}")


def act(request: HttpRequest, what: str) -> HttpResponse:
    """Every kind of answer."""
    if what == "refusal":
        raise Refusal("不能进入冲刺库：未达标须不超过 1 项，现有 3 项", details=["研发费用占比 2.70%，须 3%"], remedy="先补齐数据。")
    if what == "forbidden":
        raise NotPermitted("您参与过本申请，须由他人审批。")
    if what == "missing":
        raise Http404
    if what == "broken":
        raise RuntimeError("secret-detail-of-the-cause")
    if what == "refuse":
        return refuse(request, "提交后企业数据已变。", to="/shops/")
    if what == "stay":
        return done(request, "已记录。")
    return done(request, "已批准。", to="/shops/")


def echo(request: HttpRequest) -> HttpResponse:
    """Reads a POST without a form."""
    return HttpResponse(request.POST.get("reason", ""))


handler400 = "core.views.bad_request"
handler403 = "core.views.forbidden"
handler404 = "core.views.not_found"
handler500 = "core.views.server_error"

urlpatterns = [
    path("shops/", ShopListView.as_view(), name="shop-list"),
    path("shops/new/", ShopCreateView.as_view(), name="shop-create"),
    path("act/<str:what>/", act, name="act"),
    path("echo/", echo, name="echo"),
]

ONE_WAN = Decimal(10_000)
