"""Invented names of firms and people: they sound like the trade of the place and belong to nobody.

`KNOWN` lists words of well-known firms of the region; a name that holds one is never made.
"""

from collections.abc import Iterator
from itertools import product
from random import Random

_FIRST = "砚岚澹棠栩煜琮溪澄砺骁樾稷翊锦泓沐昱霁峤旻禾岑屿曦霖铖弈珩璟晟攸暄榕桓臻嵘湛渊轩沅宸皓"
_SECOND = "川舟岳澜岩桥帆驰辰远科迈诺源创腾凌峰立衡锐翔森林河维瀚信同洲野拓颂齐朔映庭羽凡策予途"

KNOWN: frozenset[str] = frozenset(
    {
        "三花", "万丰", "龙盛", "闰土", "古越", "会稽山", "海亮", "盾安", "卧龙", "晶盛", "振德", "京新", "新和成", "迎丰",
        "精工", "富润", "步森", "菲达", "大东南", "巴贝", "亿田", "帅丰", "中欣", "捷昌", "五洲", "斯菱", "陀曼", "日发",
        "达利", "国祥", "皇马", "金科", "春晖", "明牌", "露笑", "越剑", "宝鼎", "向日葵", "喜临门", "康隆达", "金道", "华通",
        "震元", "塔牌", "女儿红", "咸亨", "永通", "古纤道", "佳宝", "天圣", "中芯", "长电", "比亚迪", "宁德", "华峰", "恒逸",
        "荣盛", "森马", "永太", "海正", "星源", "新柴", "双鸟", "白云", "美康", "洁丽雅", "浪莎", "梦娜", "申科", "金盾",
        "上风", "阳光照明", "亚厦", "世纪华通", "山下湖", "千足", "阮仕", "佰利", "中财", "英洛华", "森林包装", "源科", "远信",
    }
)  # fmt: skip

_TAILS = (("有限公司", 70), ("科技有限公司", 18), ("制造有限公司", 7), ("股份有限公司", 5))
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆"
    "郝孔白崔康毛邱秦江史顾侯邵孟龙万段钱汤尹黎易常武乔贺赖龚文"
)
_GIVEN_FIRST = "思雨立一明佳文晓子书嘉建国志宇俊海春丽静慧梦若云亦可景怀知清承世安景和乐舒言语诗以"
_GIVEN_SECOND = "远桐群鸣轩怡博琳涵涛杰华伟敏洁颖琪阳飞宁昕瑶辰然哲铭凯源菲岚珊彤楠帆禾舟澜"


def company_words(*, random: Random) -> Iterator[str]:
    """Two-character business names, each once, in an order that only the seed decides; longer ones when those run out."""
    pairs = [a + b for a, b in product(_FIRST, _SECOND) if not is_known(a + b)]
    random.shuffle(pairs)
    yield from pairs
    for tail in [*_SECOND, *pairs]:
        longer = [pair + tail for pair in pairs if tail not in pair and not is_known(pair + tail)]
        random.shuffle(longer)
        yield from longer


def is_known(name: str) -> bool:
    """Whether `name` holds a word of a well-known firm of the region."""
    return any(word in name for word in KNOWN)


def company_name(*, prefix: str, word: str, trade: str, random: Random) -> str:
    """A full registered name such as 绍兴砚川精密机械有限公司."""
    tail = random.choices([tail for tail, _ in _TAILS], [weight for _, weight in _TAILS])[0]
    if trade.endswith("科技") and tail.startswith("科技"):
        tail = "有限公司"
    return f"{prefix}{word}{trade}{tail}"


def person_names(*, random: Random) -> Iterator[str]:
    """Names of invented people, each once."""
    seen: set[str] = set()
    while True:
        given = random.choice(_GIVEN_FIRST) + random.choice(_GIVEN_SECOND)
        name = random.choice(_SURNAMES) + (given if random.random() < 0.85 else given[1])
        if name not in seen and given[0] != given[1]:
            seen.add(name)
            yield name
