"""Base of the forms about one firm."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.roles import StaffRequiredMixin
from companies.register.models import Company
from companies.register.pages import company_or_404
from companies.register.writing import require_writer
from core.views import FormPage


class CompanyFormPage(StaffRequiredMixin, FormPage):
    """A form about one firm, for those who may write to it; `back` is the URL name of the firm's page it belongs to."""

    template_name = "companies/register/firm-form.html"
    back = "companies:company-detail"

    @cached_property
    def company(self) -> Company:
        """The firm, in scope."""
        return company_or_404(self.request, self.kwargs["uscc"])

    def require_hand(self) -> None:
        """Raise NotPermitted unless the user may do this to the firm."""
        require_writer(self.request.user, self.company)  # type: ignore[arg-type]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        """Refuse before something is typed in vain."""
        self.require_hand()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The firm must be in scope before anything else is said."""
        self.require_hand()
        return super().post(request, *args, **kwargs)

    @property
    def back_url(self) -> str:
        """Where the form was opened."""
        return reverse(self.back, args=[self.company.uscc])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the firm and crumbs."""
        crumbs = [
            {"label": _("企业名录"), "url": reverse("companies:company-list")},
            {"label": self.company.name, "url": reverse("companies:company-detail", args=[self.company.uscc])},
            {"label": self.heading, "url": ""},
        ]
        return super().get_context_data(**{"crumbs": crumbs, "company": self.company, "cancel_url": self.back_url, **kwargs})
