"""The engine's fixed sentences in the reader's language.

The engine writes whole sentences in Chinese (`engine/wording.py`) and a frozen sheet keeps them as they were. In another language a
sentence is recognised by the template it was made from and said again with the same values; neither sheet nor digest changes. What
matches no template is policy wording or somebody's note: it stays as published and is marked as Chinese.
"""

import re
from collections.abc import Callable
from functools import cache

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from companies.figures.words import LABELS_EN, QUANTITIES
from policies.engine import wording

# in the order they are tried: of two that fit, the one with more words of its own stands first
SENTENCES = (
    _("满足其一即可：%(ways)s"),
    _("%(text)s（预计）"),
    _("%(text)s（现有）"),
    _("%(year)s 年%(label)s再 %(sign)s %(gap)s（现为 %(have)s，须 %(line)s）"),
    _("%(year)s 年%(label)s须再减少 %(gap)s（现为 %(have)s，须 %(line)s）"),
    _("%(year)s 年%(over)s再 %(sign)s %(gap)s（按%(under)s %(base)s 计，%(upper)s为 %(have)s）"),
    _("%(year)s 年%(over)s须再减少 %(gap)s（按%(under)s %(base)s 计，%(upper)s为 %(have)s）"),
    _("%(year)s 年%(over)s须 %(sign)s %(need)s（按%(under)s %(base)s 计，今年还没有%(upper)s）"),
    _("%(year)s 年%(over)s占%(under)s须 %(line)s（今年还没有数，按 %(last)s 年%(lower)s %(base)s 计为 %(need)s）"),
    _("%(year)s 年%(label)s须 %(line)s（今年还没有数）"),
    _("%(year)s 年%(label)s须 %(line)s（今年还没有数，%(last)s 年为 %(have)s）"),
    _("%(year)s 年%(label)s再 %(sign)s %(gap)s（%(closed)s 年已有 %(have)s，今年为 %(now)s）"),
    _("%(year)s 年%(label)s须 %(sign)s %(need)s（%(closed)s 年已有 %(have)s，今年还没有数）"),
    _("%(closed)s 年已有 %(have)s，今年不论多少都够"),
    _("%(year)s 年%(label)s再 %(sign)s %(gap)s（须 %(same)s %(need)s，现为 %(have)s）"),
    _("%(year)s 年%(label)s须 %(sign)s %(need)s（今年还没有数）"),
    _("%(year)s 年%(label)s为 %(have)s，已够，须落实到年底"),
    _("%(label)s按 %(year)s 年 %(have)s 已够，申请前须有当年的数"),
    _("申请前%(label)s再 %(sign)s %(gap)s（%(year)s 年为 %(have)s）"),
    _("申请前%(label)s须再减少 %(gap)s（%(year)s 年为 %(have)s）"),
    _("%(year)s 年%(label)s须为%(line)s"),
    _("到 %(year)s 年末满 %(line)s，只需等待"),
    _("要到 %(year)s 年才看得出"),
    _("%(title)s有效期至 %(until)s，%(year)s 年申报前须续上"),
    _("%(open)s 年%(label)s达到 %(need)s，即可于 %(apply)s 年申报（%(closed)s 年已有 %(have)s）"),
    _("%(open)s 年%(label)s达到 %(need)s，即可于 %(apply)s 年申报"),
    _("%(open)s 年%(label)s超过 %(need)s，即可于 %(apply)s 年申报"),
    _("%(closed)s 年已有 %(have)s，%(apply)s 年申报按已关账年份已够"),
    _("%(failed)s 年已关账，不能再改；自 %(first)s 年起%(label)s须为是，最早 %(earliest)s 年申报"),
    _("%(failed)s 年已关账，不能再改；自 %(first)s 年起%(label)s须为否，最早 %(earliest)s 年申报"),
    _("%(failed)s 年已关账，不能再改；自 %(first)s 年起%(label)s须%(threshold)s，最早 %(earliest)s 年申报"),
    _("或%(label)s升入更高一档，按该档最早 %(earliest)s 年申报"),
    _("%(year)s 年%(over)s再增加 %(gap)s（按%(under)s %(base)s 计）"),
    _("%(year)s 年%(over)s再减少 %(gap)s（按%(under)s %(base)s 计）"),
    _("%(year)s 年%(label)s再增加 %(gap)s"),
    _("%(year)s 年%(label)s再减少 %(gap)s"),
    _("%(label)s再增加 %(gap)s"),
    _("%(label)s再减少 %(gap)s"),
    _("%(label)s：补齐证明后更新"),
    _("到 %(year)s 年末满 %(line)s，最早 %(earliest)s 年申报"),
    _("%(kinds)s自 %(day)s 起不再计入，最早 %(earliest)s 年申报"),
    _("%(day)s 起%(label)s，最早 %(earliest)s 年申报"),
    _("先取得有效的%(titles)s"),
    _("移出%(kinds)s名单后即可"),
    _("或取得免除条件：%(waiver)s"),
    _("按判断意见补充材料后可重新判断"),
    _("登记信息变化后重新评估"),
    _("已关账，最早 %(earliest)s 年申报"),
    _("待时间，最早 %(earliest)s 年申报"),
    _("可补，计入 %(year)s 年"),
    _("缺 %(year)s 年%(label)s（%(source)s），%(who)s"),
    _("%(year)s 年%(label)s在同一口径内有两个值，请先更正"),
    _("%(year)s 年%(label)s为 0，不能算占比"),
    _("%(year)s 年%(label)s的两个数来自不同口径，请由同一口径补齐"),
    _("%(years)s 年%(label)s来自不同口径，不能算增长率，请由同一口径补齐"),
    _("%(year)s 年%(label)s不大于 0，不能算增长率"),
    _("缺%(label)s，请在企业信息中补齐"),
    _("称号尚未核对，请先导入认定名单"),
    _("负面信息尚未查询，请先查询后登记"),
    _("%(kind)s %(day)s 未填等级，请补填"),
    _("请企业提供审计报告"),
    _("请统计部门提供年报"),
    _("请企业提供加计扣除申报表"),
    _("请企业提供高企专项审计报告"),
    _("请企业填报"),
    _("请企业上传培育平台截图"),
    _("%(next)s 年申报将看 %(years)s 年，%(open)s 年度数据尚未入库"),
    _("不适用：%(reason)s"),
    _("%(criterion)s：差 %(gap)s（%(kind)s）"),
    _("%(criterion)s（%(kind)s）"),
    _("%(year)s 年差 %(gap)s"),
    _("差 %(gap)s"),
    _("%(year)s 年须%(threshold)s，等于不算"),
    _("须%(threshold)s，等于不算"),
    _("高出 %(surplus)s"),
    _("低 %(surplus)s"),
    _("正好达到"),
    _("数据冲突：%(values)s"),
    _("每年 %(threshold)s"),
    _("逐年 %(threshold)s"),
    _("任一年 %(threshold)s"),
    _("合计 %(threshold)s"),
    _("平均 %(threshold)s"),
    _("须为是"),
    _("须为否"),
    _("%(title)s，有效期至 %(until)s"),
    _("%(title)s，长期有效"),
    _("无有效称号"),
    _("有效的%(titles)s"),
    _("申请时不在名单内"),
    _("近 %(years)s 年无上述情形"),
    _("上年和当年无上述情形"),
    _("成立于近 %(years)s 年"),
    _("%(kind)s %(day)s 起"),
    _("%(kind)s %(day)s 至 %(end)s"),
    _("%(kind)s（%(severity)s）%(day)s"),
    _("无记录"),
    _("等级未填"),
    _("尚未查询"),
    _("以 %(values)s 开头"),
    _("不晚于申请日"),
    _("满 %(years)s 年"),
    _("%(over)s占%(under)s"),
    _("%(year)s 年增长率 %(rate)s"),
    _("%(label)s增长率"),
    _("近两年每年"),
    _("近两年合计"),
    _("近两年平均"),
    _("近两年任一年"),
    _("近两年"),
    _("近三年每年"),
    _("近三年合计"),
    _("近三年平均"),
    _("近三年任一年"),
    _("近三年"),
    _("上年度"),
    _("上年末"),
    _("当年"),
    _("申请日"),
    _("%(low)s–%(high)s 分"),
    _("%(points)s 分以上"),
    _("满分 %(points)s 分"),
    _("按最高分计，差 %(gap)s"),
    _("%(step)s：＋%(points)s"),
    _("按 %(apply)s 年申报（看 %(open)s 年）：%(steps)s"),
    _("%(total)s，其中%(groups)s"),
    _("超过 %(beyond)s 的部分，每 %(each)s"),
    _("÷ %(baseline)s × %(weight)s 分"),
    _("%(label)s在企业所在区县没有基准值"),
    _("%(label)s降到 %(line)s"),
    _("%(label)s超过 %(line)s"),
    _("%(label)s低于 %(line)s"),
    _("%(label)s到 %(line)s"),
    _("%(group)s差 %(gap)s"),
    _("由专家评定"),
    _("每 %(each)s"),
    _("其他"),
    _("固定分"),
    _("近一年"),
    _("缺数据"),
    _("可补"),
    _("已关账"),
    _("待时间"),
    _("%(label)s，%(period)s"),
)
WORDS = (
    _("创新型中小企业"),
    _("专精特新中小企业"),
    _("专精特新“小巨人”企业"),
    _("制造业单项冠军企业"),
    _("浙江省制造业单项冠军企业"),
    _("浙江省隐形冠军企业"),
    _("高新技术企业"),
    _("科技型中小企业"),
    _("浙江省科技型中小企业"),
    _("链主型企业"),
    _("上市企业"),
    _("绍兴市企业研究开发中心"),
    _("浙江省创新型领军企业"),
    _("集群领军企业"),
    _("科技领军企业"),
    _("雄鹰企业"),
    _("中小企业划型"),
    _("统计上大中小微型划分"),
    _("亩均效益综合评价"),
    _("统一社会信用代码"),
    _("行业代码"),
    _("成立日期"),
    _("规模以上"),
    _("企业规模"),
    _("属地"),
    _("镇街"),
    _("开发区（园区）"),
    _("经营异常"),
    _("严重失信"),
    _("安全生产事故"),
    _("网络数据安全"),
    _("环境违法"),
    _("质量问题"),
    _("偷漏税"),
    _("数据造假"),
    _("严重违反行业管理规定"),
)
PUBLISHED = {"criterion", "waiver", "group", "groups"}  # these places hold policy wording
WEAK = 3  # a template with fewer words of its own is believed only when nothing Chinese is left
_HAN = r"\u3000-\u303f\u3400-\u9fff\uff00-\uffef\U00020000-\U0002ffff“”"
CHINESE = re.compile(rf"[{_HAN}]+(?:[ \d.,%-]*[{_HAN}]+)*")
_PLACE = re.compile(r"%\((\w+)\)s")
_NUMBER = r"-?[\d,]+(?:\.\d+)?"
_OPERATORS = "≥≤><="
MOST_CHARACTERS = 2_000


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((sentence, _pattern(sentence, ".+?")) for sentence in SENTENCES) + tuple(
        (quantity, _pattern(quantity, _NUMBER)) for quantity in QUANTITIES.values()
    )


def _pattern(sentence: str, place: str) -> re.Pattern[str]:
    parts = _PLACE.split(sentence)  # text, name, text, name, …
    return re.compile("".join(f"(?P<{part}>{place})" if at % 2 else re.escape(part) for at, part in enumerate(parts)), re.DOTALL)


def said(text: str) -> str:
    """One of the engine's sentences in the language in force; anything else comes back as it is."""
    if not text or get_language() != "en" or len(text) > MOST_CHARACTERS:
        return text
    return _said(text)


def _said(text: str) -> str:
    if text.isascii():
        return text
    for step in (_word, _quantity_with_operator, _list_of_sentences, _sentence, _label_and_value, _enumeration, _either):
        found = step(text)
        if found is not None:
            return found
    return text


def _word(text: str) -> str | None:
    """A fact or a word of the interface."""
    if text in LABELS_EN:
        return LABELS_EN[text]
    told = gettext(text)
    return told if told != text else None


def _quantity_with_operator(text: str) -> str | None:
    operator, _blank, rest = text.partition(" ")
    return f"{operator} {_said(rest)}" if len(operator) == 1 and operator in _OPERATORS and rest else None


def _joined(separator: str, by: str) -> Callable[[str], str | None]:
    """Parts said one by one, where every part could be said; a separator inside a sentence is not one between sentences."""

    def join(text: str) -> str | None:
        if separator not in text:
            return None
        parts = [_said(part) for part in text.split(separator)]
        return by.join(parts) if all(not CHINESE.search(part) for part in parts) else None

    return join


_enumeration = _joined("、", ", ")
_either = _joined(wording.TITLE_OR, " or ")


def _list_of_sentences(text: str) -> str | None:
    """Sentences joined by `；`, the longest first: one of the templates holds a `；` of its own."""
    if "；" not in text:
        return None
    for cut in range(text.count("；"), 0, -1):
        parts = text.split("；")
        head, rest = "；".join(parts[:cut]), "；".join(parts[cut:])
        found = _sentence(head)
        if found is not None:
            told = _said(rest)
            return f"{found}; {told}" if told != rest else f"{found}；{rest}"
    return _sentence(text)


@cache
def _weight(sentence: str) -> int:
    return len(re.findall(r"[\u4e00-\u9fff]", _PLACE.sub("", sentence)))


def _sentence(text: str) -> str | None:
    for sentence, pattern in _patterns():
        match = pattern.fullmatch(text)
        if match:
            values = {name: value if name in PUBLISHED else _said(value.strip()) for name, value in match.groupdict().items()}
            told = [value for name, value in values.items() if name not in PUBLISHED]
            if _weight(sentence) >= WEAK or not any(CHINESE.search(value) for value in told):
                return gettext(sentence) % values
    return None


def _label_and_value(text: str) -> str | None:
    """`细分市场占有率 13.58%`: a fact's name and its value."""
    label, _blank, value = text.partition(" ")
    told = _word(label) or _sentence(label)
    return f"{told} {_said(value)}" if told is not None and value else None


def marked(text: str) -> SafeString | str:
    """`said`, with what stays Chinese marked as Chinese for screen readers."""
    told = said(text)
    if get_language() != "en" or not told:
        return told
    runs = CHINESE.split(told)
    chinese = CHINESE.findall(told)
    result = format_html("{}", runs[0])
    for run, after in zip(chinese, runs[1:], strict=True):
        result = result + format_html('<span lang="zh-CN">{}</span>', run) + conditional_escape(after)
    return result
