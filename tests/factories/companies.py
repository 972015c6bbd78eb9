"""Firms, their figures, papers and recognitions."""

from datetime import date
from hashlib import sha256
from typing import Any

import factory
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from companies.assignments.models import Assignment
from companies.evidence.models import Evidence, EvidenceKind
from companies.figures.models import Incident, IncidentKind, YearFigures
from companies.recognitions.models import Batch, Recognition, Title
from companies.register.models import Company, CompanyDistrict
from companies.register.search import name_key_for, search_tokens_for
from companies.register.uscc import make
from tests.factories.accounts import DistrictFactory, OfficerFactory

JANUARY_1 = date(2024, 1, 1)
_PLACES = ("绍兴", "越州", "稽山", "鉴湖", "兰亭", "柯岩", "曹娥", "若耶")
_MARKS = ("恒砺", "华盛", "天衡", "精工", "瑞丰", "同源", "永昌", "启明", "新锐", "宏达", "立信", "博远")
_TRADES = ("精密传动", "轴承", "纺织机械", "新材料", "化工", "电器", "汽车零部件", "染整")


def _name(number: int) -> str:
    place, rest = _PLACES[number % 8], number // 8
    mark, rest = _MARKS[rest % 12], rest // 12
    trade, rest = _TRADES[rest % 8], rest // 8
    return f"{place}{mark}{trade}{'' if rest == 0 else f'第{rest}'}有限公司"


class CompanyFactory(factory.django.DjangoModelFactory):
    """A firm of 越城区 in the register since 2024-01-01, with a valid code of its own, search tokens and an open district period."""

    class Meta:
        model = Company
        skip_postgeneration_save = True

    uscc = factory.Sequence(lambda n: make("91", "330602", n + 1))
    name = factory.Sequence(_name)
    name_key = factory.LazyAttribute(lambda o: name_key_for(o.name))
    search_tokens = factory.LazyAttribute(lambda o: search_tokens_for(Company(uscc=o.uscc, name=o.name)))
    district = factory.SubFactory(DistrictFactory)
    industry = "34"
    size = "2"
    is_above_scale = True
    happened_on = JANUARY_1
    known_on = JANUARY_1

    @factory.post_generation
    def period(obj: Company, create: bool, extracted: Any, **kwargs: Any) -> None:  # noqa: N805
        """The open CompanyDistrict; `period=False` leaves it out."""
        if create and extracted is not False:
            CompanyDistrict.objects.create(company=obj, district=obj.district, starts_on=obj.happened_on, known_on=obj.known_on)


class YearFiguresFactory(factory.django.DjangoModelFactory):
    """The audit report's figures of 2025 without any fact; give the facts by name, money as Decimal yuan."""

    class Meta:
        model = YearFigures

    company = factory.SubFactory(CompanyFactory)
    year = 2025
    source = "audit"
    period_to = factory.LazyAttribute(lambda o: date(o.year, 12, 31))
    known_on = factory.LazyAttribute(lambda o: date(o.year + 1, 4, 12))


class IncidentFactory(factory.django.DjangoModelFactory):
    """An entry on the list of abnormal operations that is still in force."""

    class Meta:
        model = Incident

    company = factory.SubFactory(CompanyFactory)
    kind = IncidentKind.ABNORMAL_LIST
    starts_on = date(2026, 8, 2)
    known_on = date(2026, 8, 3)


class TitleFactory(factory.django.DjangoModelFactory):
    """The title the seed made, or a row of that code: 专精特新中小企业 unless another `code` is given."""

    class Meta:
        model = Title
        django_get_or_create = ("code",)

    code = "specialised_sme"
    name = "专精特新中小企业"
    short_name = "专精特新"
    name_en = "Specialised SME"
    level = "province"
    validity_years = 3


class BatchFactory(factory.django.DjangoModelFactory):
    """One round of a title in 2025."""

    class Meta:
        model = Batch
        django_get_or_create = ("title", "year", "name")

    title = factory.SubFactory(TitleFactory)
    year = 2025
    name = "第一批"


class EvidenceFactory(factory.django.DjangoModelFactory):
    """A small PDF that really lies in the storage; `content` gives other bytes."""

    class Meta:
        model = Evidence

    class Params:
        content = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"

    company = factory.SubFactory(CompanyFactory)
    kind = EvidenceKind.AUDIT_REPORT
    name = "2025年度审计报告.pdf"
    storage_key = factory.Sequence(lambda n: f"evidence/test/{n:032x}.pdf")
    content_type = "application/pdf"
    size = factory.LazyAttribute(lambda o: len(o.content))
    sha256 = factory.LazyAttribute(lambda o: sha256(o.content).hexdigest())
    known_on = date(2026, 4, 12)

    @classmethod
    def _create(cls, model_class: type[Evidence], *args: Any, **kwargs: Any) -> Evidence:
        content = kwargs.pop("stored")
        evidence = model_class.objects.create(*args, **kwargs)
        default_storage.save(evidence.storage_key, ContentFile(content))
        return evidence

    stored = factory.LazyAttribute(lambda o: o.content)


class RecordedRecognitionFactory(factory.django.DjangoModelFactory):
    """待确认, with its document."""

    class Meta:
        model = Recognition

    company = factory.SubFactory(CompanyFactory)
    title = factory.SubFactory(TitleFactory)
    district = factory.SelfAttribute("company.district")
    document_number = factory.Sequence(lambda n: f"浙经信企业〔2025〕{n + 1}号")
    announced_on = date(2025, 1, 10)
    happened_on = factory.SelfAttribute("announced_on")
    known_on = factory.SelfAttribute("announced_on")
    valid_from = factory.SelfAttribute("announced_on")
    valid_until = date(2027, 12, 31)
    document = factory.SubFactory(EvidenceFactory, company=factory.SelfAttribute("..company"), kind=EvidenceKind.DOCUMENT, name="公告.pdf")


class RecognitionFactory(RecordedRecognitionFactory):
    """已确认 by its own transition, known since `known_on`; `is_first=True` counts as new."""

    @classmethod
    def _create(cls, model_class: type[Recognition], *args: Any, **kwargs: Any) -> Recognition:
        recognition = model_class(*args, **kwargs)
        recognition.confirm(known_on=recognition.known_on)
        recognition.save()
        return recognition


class AssignmentFactory(factory.django.DjangoModelFactory):
    """An officer of the firm's district keeps it since 2025-01-01."""

    class Meta:
        model = Assignment

    company = factory.SubFactory(CompanyFactory)
    officer = factory.SubFactory(OfficerFactory, district=factory.SelfAttribute("..company.district"))
    starts_on = date(2025, 1, 1)
    known_on = date(2025, 1, 1)
