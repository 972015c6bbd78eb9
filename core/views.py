"""Page machinery: error pages, form pages and (from core.lists) list pages."""

import logging
import sys
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.generic import FormView

from core.filters import takes_many
from core.htmx import is_htmx, refuse
from core.lists import ListPage
from core.outage import AWAY, database_away
from core.typed import forget, kept, kept_values

__all__ = ["FormPage", "ListPage", "bad_request", "csrf_failure", "forbidden", "not_found", "server_error"]

logger = logging.getLogger("tidu.request")


class FormPage(FormView):
    """A form on a page of its own or, asked by htmx, in a dialog: `form_class`, `template_name`, `form_valid` calling one service.

    Invalid input answers 422 with everything typed, a summary and messages at the fields. `fragment_name` is what an htmx
    request gets: the same form in a dialog. `cleans_text`: the fields refuse unstorable characters with a message of their own.
    """

    template_name = "core/form.html"
    fragment_name = "components/dialog-form.html"
    cleans_text = True
    heading: Any = ""
    submit_label: Any = ""
    crumbs: list[dict[str, str]] = []
    is_restored = False
    http_method_names = ["get", "head", "options", "post"]  # Django's own would take a PUT for a POST

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds heading, label of the button, crumbs, and whether the form holds what was typed before."""
        if "form" not in kwargs:
            kwargs["form"] = self.get_form()
        frame = {"heading": self.heading, "submit_label": self.submit_label or _("保存"), "crumbs": self.crumbs}
        has_files = self.is_restored and (kept(self.request) or {}).get("has_files")
        return super().get_context_data(**{**frame, "is_restored": self.is_restored, "has_files": has_files, **kwargs})

    def get_form(self, form_class: Any = None) -> Any:
        """The form; opened anew after a session that ended, it holds what was typed into it."""
        form = super().get_form(form_class)
        for name, values in () if form.is_bound else kept_values(self.request).items():
            if name in form.fields:
                form.initial[name] = values if takes_many(form.fields[name]) else values[-1]
                self.is_restored = True
        return form

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What is sent now takes the place of what was kept."""
        forget(request)
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: Any) -> HttpResponse:
        """422 with the form as typed."""
        response = self.render_to_response(self.get_context_data(form=form))
        response.status_code = 422
        return response

    def get_template_names(self) -> list[str]:
        """The fragment for htmx, the page otherwise."""
        return [self.fragment_name] if is_htmx(self.request) else [self.template_name]

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """Marks that htmx gets another body."""
        response = super().render_to_response(context, **kwargs)
        response["Vary"] = "HX-Request, Cookie"
        return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 with one body for missing and for forbidden."""
    if is_htmx(request):
        return HttpResponse(_("没有找到，或您无权查看。"), status=404)
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 for a PermissionDenied raised outside views."""
    return refuse(request, _("您无权进行这项操作。"), status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 without details of the cause."""
    return refuse(request, _("这个请求看不懂，请返回重新填写。"), status=400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 when the token is missing or old: usually a page left open over a sign-in."""
    return refuse(
        request,
        _("页面已过期，这次操作没有执行。"),
        remedy=_("请返回上一页刷新后再提交，您填写的内容还在。"),
        status=403,
        heading=_("页面已过期"),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500 with the request's number and nothing else; draws no frame, asks no database. Of a database that is away, 503."""
    if isinstance(sys.exc_info()[1], AWAY):
        return database_away(request)
    reference = getattr(request, "request_id", "")
    return HttpResponse(render_to_string("500.html", {"reference": reference}), status=500)
