"""Page machinery: error pages, form pages and (from core.lists) list pages."""

import logging
import sys
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.generic import FormView

from core.htmx import is_htmx, refuse
from core.lists import ListPage
from core.outage import AWAY, database_away

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
    http_method_names = ["get", "head", "options", "post"]  # Django's own would take a PUT for a POST

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds heading, label of the button and crumbs."""
        return super().get_context_data(
            **{"heading": self.heading, "submit_label": self.submit_label or _("保存"), "crumbs": self.crumbs, **kwargs}
        )

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
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500 with the request's number and nothing else; draws no frame, asks no database. Of a database that is away, 503."""
    if isinstance(sys.exc_info()[1], AWAY):
        return database_away(request)
    reference = getattr(request, "request_id", "")
    return HttpResponse(render_to_string("500.html", {"reference": reference}), status=500)
