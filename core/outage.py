"""The page for a database that is away, or busy for too long: says so and keeps what was typed. Asks the database nothing."""

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from core.htmx import is_htmx
from core.typed import typed_in

AWAY = (OperationalError, InterfaceError)
AGAIN_AFTER_SECONDS = 5


def database_away(request: HttpRequest) -> HttpResponse:
    """503 with the form as it was sent and a button that sends it again; htmx leaves the form where it is and gets the sentence."""
    reference = getattr(request, "request_id", "")
    if is_htmx(request):
        message = _("数据库正忙或暂时连不上，这次操作没有完成。")
        context = {"message": message, "remedy": _("您填写的内容还在，请稍等几秒再提交。"), "reference": reference}
        response = HttpResponse(render_to_string("components/error-box.html", context), status=503)
    else:
        typed = typed_in(request)
        token = get_token(request) if typed.may_send_again else ""
        context = {"reference": reference, "address": request.get_full_path(), "method": request.method, "typed": typed, "token": token}
        response = HttpResponse(render_to_string("503.html", context), status=503)
    response["Retry-After"] = str(AGAIN_AFTER_SECONDS)
    return response
