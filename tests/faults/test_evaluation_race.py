"""A refresh in the background beside somebody who writes about the same firm: the answer that stays is the newer one."""

from threading import Event, Timer
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import localdate

from companies.figures.services import figures_add
from companies.recognitions.models import Title
from policies.standards import services
from policies.standards.models import Evaluation
from tests.factories import OfficerFactory
from tests.factories.cultivation import library, ready_company
from tests.rigs.racer import race


@pytest.mark.django_db(transaction=True)
def test_an_answer_read_before_a_change_never_replaces_the_one_given_after_it() -> None:
    library()
    officer, today, title = OfficerFactory(), localdate(), Title.objects.get(code="little_giant")
    firm = ready_company(officer)
    written, go_on = Event(), Event()

    def writes() -> None:
        with transaction.atomic():
            figures_add(company_id=firm.pk, year=today.year - 1, source="audit", values={"class1_ip": 1}, by=officer, on=today)
            written.set()
            assert go_on.wait(20)

    def refreshes() -> Any:
        assert written.wait(20)
        Timer(0.5, go_on.set).start()
        return services.evaluation_refresh(company_ids=[firm.pk], on=today)

    raced = race([writes, refreshes])
    assert raced.errors == []
    kept = Evaluation.objects.get(company=firm, title=title)
    assert not kept.is_stale
    assert kept.digest == services.sheet_for(company=firm, title=title, on=today).digest
