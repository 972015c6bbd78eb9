"""The addresses of the product; one word from the menu to the folder and the address."""

from django.urls import include, path
from django.views.i18n import set_language

handler400 = "core.views.bad_request"
handler403 = "core.views.forbidden"
handler404 = "core.views.not_found"
handler500 = "core.views.server_error"

urlpatterns = [
    path("language/", set_language, name="set-language"),
    path("", include("accounts.urls")),
    path("", include("companies.urls")),
    path("", include("policies.urls")),
    path("", include("cultivation.urls")),
    path("portal/", include("portal.urls")),
]
