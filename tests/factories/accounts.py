"""People and places."""

from typing import Any

import factory

from accounts.roles import Role
from accounts.users.models import District, Office, Park, Person, Town, User

PASSWORD = "绍兴一座老城2026"
_DISTRICTS = (
    ("330602", "越城区", "Yuecheng", "区"),
    ("330603", "柯桥区", "Keqiao", "区"),
    ("330604", "上虞区", "Shangyu", "区"),
    ("330681", "诸暨市", "Zhuji", "市"),
    ("330683", "嵊州市", "Shengzhou", "市"),
    ("330624", "新昌县", "Xinchang", "县"),
)
_NAMES = ("沈雨桐", "王思远", "陈立群", "何静", "丁一鸣", "周文博", "徐佳宁", "章越", "金晓岚", "俞志强")


class DistrictFactory(factory.django.DjangoModelFactory):
    """越城区 unless another `code` is given; asking for the same code again gives the same row."""

    class Meta:
        model = District
        django_get_or_create = ("code",)

    code = "330602"
    name = factory.LazyAttribute(lambda o: next((n for c, n, _e, _k in _DISTRICTS if c == o.code), "外地区"))
    name_en = factory.LazyAttribute(lambda o: next((e for c, _n, e, _k in _DISTRICTS if c == o.code), "Elsewhere"))
    kind = factory.LazyAttribute(lambda o: next((k for c, _n, _e, k in _DISTRICTS if c == o.code), "区"))
    position = factory.LazyAttribute(lambda o: next((i for i, d in enumerate(_DISTRICTS) if d[0] == o.code), 99))


class TownFactory(factory.django.DjangoModelFactory):
    """A town of 越城区."""

    class Meta:
        model = Town
        django_get_or_create = ("district", "name")

    district = factory.SubFactory(DistrictFactory)
    name = "斗门街道"


class ParkFactory(factory.django.DjangoModelFactory):
    """A zone of 越城区."""

    class Meta:
        model = Park
        django_get_or_create = ("district", "name")

    district = factory.SubFactory(DistrictFactory)
    name = "袍江经济技术开发区"


class OfficeFactory(factory.django.DjangoModelFactory):
    """经信局 of 越城区; `district=None` for the city's."""

    class Meta:
        model = Office
        django_get_or_create = ("district", "name")

    district = factory.SubFactory(DistrictFactory)
    name = "经济和信息化局"


class PersonFactory(factory.django.DjangoModelFactory):
    """A natural person."""

    class Meta:
        model = Person

    name = factory.Sequence(lambda n: _NAMES[n % len(_NAMES)])


class UserFactory(factory.django.DjangoModelFactory):
    """An account with PASSWORD; the factories below say the role."""

    class Meta:
        model = User
        abstract = True

    username = factory.Sequence(lambda n: f"user{n}")
    person = factory.SubFactory(PersonFactory)

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return model_class.objects.create_user(*args, password=kwargs.pop("password", PASSWORD), **kwargs)


class OfficerFactory(UserFactory):
    """专管员 of 越城区."""

    role = Role.OFFICER
    district = factory.SubFactory(DistrictFactory)
    office = factory.SubFactory(OfficeFactory, district=factory.SelfAttribute("..district"))


class ApproverFactory(UserFactory):
    """审批人 of 越城区."""

    role = Role.APPROVER
    district = factory.SubFactory(DistrictFactory)
    office = factory.SubFactory(OfficeFactory, district=factory.SelfAttribute("..district"))


class CityApproverFactory(UserFactory):
    """审批人 of the city."""

    role = Role.APPROVER
    office = factory.SubFactory(OfficeFactory, district=None)


class ClerkFactory(UserFactory):
    """数据员 of 越城区."""

    role = Role.CLERK
    district = factory.SubFactory(DistrictFactory)


class CityClerkFactory(UserFactory):
    """数据员 of the city."""

    role = Role.CLERK


class AuditorFactory(UserFactory):
    """督查 of 越城区; `district=None` for the city's leaders."""

    role = Role.AUDITOR
    district = factory.SubFactory(DistrictFactory)


class EnterpriseUserFactory(UserFactory):
    """企业用户; make a CompanyMember to bind a firm."""

    role = Role.ENTERPRISE


class AdministratorFactory(UserFactory):
    """管理员."""

    role = Role.ADMINISTRATOR
