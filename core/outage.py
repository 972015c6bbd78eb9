"""The page for a database that is away, or busy for too long: says so and keeps what was typed. Asks the database nothing."""

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from core.htmx import is_htmx

AWAY = (OperationalError, InterfaceError)
AGAIN_AFTER_SECONDS = 5
# never written into a page; such a form is filled in again
SECRET = {"password", "current", "new", "again"}


def database_away(request: HttpRequest) -> HttpResponse:
    """503 with the form as it was sent and a button that sends it again; htmx leaves the form where it is and gets the sentence."""
    reference = getattr(request, "request_id", "")
    if is_htmx(request):
        message = _("数据库正忙或暂时连不上，这次操作没有完成。")
        context = {"message": message, "remedy": _("您填写的内容还在，请稍等几秒再提交。"), "reference": reference}
        response = HttpResponse(render_to_string("components/error-box.html", context), status=503)
    else:
        context = {"reference": reference, "address": request.get_full_path(), "method": request.method}
        response = HttpResponse(render_to_string("503.html", context | _kept(request)), status=503)
    response["Retry-After"] = str(AGAIN_AFTER_SECONDS)
    return response


def _kept(request: HttpRequest) -> dict[str, object]:
    """`typed`: (name, value) pairs to send again, empty where there are secrets; `has_files`: files that must be chosen again."""
    if request.method != "POST":
        return {"typed": [], "has_files": False}
    try:
        sent, has_files = request.POST, bool(request.FILES)
    except (OSError, RawPostDataException):
        return {"typed": [], "has_files": False}
    if SECRET & set(sent):
        return {"typed": [], "has_files": has_files}
    typed = [(name, value) for name, values in sent.lists() if name != "csrfmiddlewaretoken" for value in values]
    return {"typed": typed, "has_files": has_files, "may_send_again": not has_files, "token": get_token(request)}
