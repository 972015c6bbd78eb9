"""Where the invented firms are: the six districts with real town and park names (public geography) and what each makes.

`share` is the district's part of the firms. A trade is (word in a firm's name, GB/T 4754 two-digit industry, weight).
"""

from dataclasses import dataclass

import yaml

from cultivation.seeding import PLACES as SHIPPED


@dataclass(frozen=True, slots=True)
class Trade:
    """What a firm makes: the word in its name, its industry, how common it is in the district, energy per revenue."""

    word: str
    industry: str
    weight: int
    tce_per_wan: float = 0.04  # tonnes of standard coal per 万元 of revenue


@dataclass(frozen=True, slots=True)
class _Made:
    """What the demonstration adds to a district: how firms are called there, their share of the city, what they make."""

    code: str
    prefixes: tuple[str, ...]
    registrar: str  # region inside a credit code: the one at first registration, which may be an old one
    share: float
    trades: tuple[Trade, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """One district of the invented city with the real names of its towns and parks."""

    code: str
    name: str
    prefixes: tuple[str, ...]
    registrar: str
    share: float
    towns: tuple[str, ...]
    parks: tuple[str, ...]
    trades: tuple[Trade, ...]


_DYE, _CHEM, _LIGHT = 0.16, 0.12, 0.02

_MADE: tuple[_Made, ...] = (
    _Made(
        "330602",
        ("绍兴", "浙江", "绍兴市"),
        "330602",
        0.15,
        (
            Trade("生物医药", "27", 7, 0.05),
            Trade("集成电路", "39", 6, _LIGHT),
            Trade("电子科技", "39", 8, _LIGHT),
            Trade("黄酒", "15", 4, 0.05),
            Trade("智能装备", "35", 8, _LIGHT),
            Trade("精密机械", "34", 8),
            Trade("新材料", "26", 6, _CHEM),
            Trade("仪器仪表", "40", 4, _LIGHT),
            Trade("服饰", "18", 5, _LIGHT),
            Trade("电气", "38", 6, _LIGHT),
            Trade("包装印刷", "23", 3, _LIGHT),
        ),
    ),
    _Made(
        "330603",
        ("绍兴柯桥", "绍兴市柯桥区", "浙江", "绍兴"),
        "330621",
        0.24,
        (
            Trade("印染", "17", 14, _DYE),
            Trade("纺织", "17", 16, 0.07),
            Trade("针织", "17", 8, 0.06),
            Trade("化纤", "28", 8, 0.13),
            Trade("新型纤维", "28", 5, 0.1),
            Trade("纺织机械", "35", 7, _LIGHT),
            Trade("窗帘布艺", "17", 5, _LIGHT),
            Trade("服饰", "18", 7, _LIGHT),
            Trade("绿色建材", "30", 5, 0.14),
            Trade("钢结构", "33", 4, 0.05),
            Trade("新材料", "26", 5, _CHEM),
            Trade("数码科技", "39", 4, _LIGHT),
        ),
    ),
    _Made(
        "330604",
        ("绍兴上虞", "绍兴市上虞", "浙江", "绍兴"),
        "330682",
        0.19,
        (
            Trade("化工", "26", 10, _CHEM),
            Trade("精细化学品", "26", 8, _CHEM),
            Trade("新材料", "26", 8, _CHEM),
            Trade("药业", "27", 6, 0.06),
            Trade("风机", "34", 8),
            Trade("照明电器", "38", 8, _LIGHT),
            Trade("新能源材料", "38", 5, 0.05),
            Trade("伞业", "41", 5, _LIGHT),
            Trade("铜业", "32", 4, 0.06),
            Trade("环保设备", "35", 5, _LIGHT),
            Trade("汽车部件", "36", 6),
            Trade("塑业", "29", 5, 0.05),
        ),
    ),
    _Made(
        "330624",
        ("新昌县", "浙江新昌", "浙江", "绍兴"),
        "330624",
        0.09,
        (
            Trade("轴承", "34", 14),
            Trade("精密轴承", "34", 8),
            Trade("制药", "27", 7, 0.06),
            Trade("制冷配件", "34", 7),
            Trade("汽车零部件", "36", 7),
            Trade("数控机床", "34", 5, _LIGHT),
            Trade("纺织器材", "35", 5, _LIGHT),
            Trade("茶业", "15", 3, _LIGHT),
            Trade("航空器材", "37", 3, _LIGHT),
        ),
    ),
    _Made(
        "330681",
        ("诸暨市", "诸暨", "浙江", "绍兴"),
        "330681",
        0.22,
        (
            Trade("袜业", "18", 14, _LIGHT),
            Trade("针纺", "17", 7, 0.05),
            Trade("泵业", "34", 7),
            Trade("阀门", "34", 9),
            Trade("管业", "33", 8, 0.05),
            Trade("铜材", "32", 6, 0.06),
            Trade("弹簧", "34", 5),
            Trade("环保装备", "35", 7, _LIGHT),
            Trade("珍珠首饰", "24", 4, _LIGHT),
            Trade("汽车零部件", "36", 6),
            Trade("智能织机", "35", 5, _LIGHT),
            Trade("航空科技", "37", 3, _LIGHT),
            Trade("新材料", "29", 4, 0.06),
        ),
    ),
    _Made(
        "330683",
        ("嵊州市", "嵊州", "浙江", "绍兴"),
        "330683",
        0.11,
        (
            Trade("领带服饰", "18", 8, _LIGHT),
            Trade("丝绸", "17", 6, 0.05),
            Trade("厨具", "38", 9, _LIGHT),
            Trade("智能厨电", "38", 7, _LIGHT),
            Trade("电声", "39", 6, _LIGHT),
            Trade("电机", "38", 8, _LIGHT),
            Trade("机械", "34", 8),
            Trade("针织机械", "35", 4, _LIGHT),
            Trade("医疗器械", "35", 4, _LIGHT),
            Trade("茶食品", "14", 3, _LIGHT),
        ),
    ),
)


def _places() -> tuple[Place, ...]:
    """The shipped districts in their order, with what the demonstration adds."""
    made = {one.code: one for one in _MADE}
    lines = yaml.safe_load(SHIPPED.read_text("utf-8"))["districts"]
    return tuple(
        Place(
            code=line["code"],
            name=line["name"],
            prefixes=made[line["code"]].prefixes,
            registrar=made[line["code"]].registrar,
            share=made[line["code"]].share,
            towns=tuple(line["towns"]),
            parks=tuple(line["parks"]),
            trades=made[line["code"]].trades,
        )
        for line in lines
    )


PLACES: tuple[Place, ...] = _places()
PLACE: dict[str, Place] = {place.code: place for place in PLACES}
