"""Names, notes, units and sources of yearly figures in the reader's language; the catalogue itself is plain Python."""

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from companies.figures.catalogue import CATALOGUE, Fact

LABELS_EN = {fact.label: fact.label_en for fact in CATALOGUE.values()}
SOURCES = (_("审计报告"), _("统计年报"), _("加计扣除"), _("高企专项审计"), _("企业自报"), _("平台"))
_QUANTITIES = (
    _("%(number)s 万元"),
    _("%(number)s 亿元"),
    _("%(number)s 个百分点"),
    _("%(number)s 项"),
    _("%(number)s 人"),
    _("%(number)s 分"),
    _("%(number)s 年"),
    _("%(number)s 位"),
    _("%(number)s 亩"),
    _("%(number)s 吨标煤"),
    _("%(number)s 千千瓦时"),
    _("%(number)s 个"),
    _("%(number)s 级"),
    _("%(number)s 吨"),
    _("%(number)s 平方米"),
)
# unit → its sentence
QUANTITIES = {sentence.partition(" ")[2]: sentence for sentence in _QUANTITIES}
NOTES = (
    _("全年营业收入"),
    _("规上与单项冠军所用"),
    _("高企、科小所用：主营＋其他业务收入"),
    _("主导产品（服务）收入"),
    _("高新技术产品（服务）收入"),
    _("出口交货值折人民币"),
    _("亏损填负数"),
    _("年末资产总计"),
    _("年末负债合计"),
    _("年末所有者权益"),
    _("全年研发费用"),
    _("在中国境内发生的研发费用"),
    _("科小评价所用"),
    _("合格机构投资者实缴额"),
    _("亩均评价口径实缴税收"),
    _("年末从业人员"),
    _("累计从事科技活动 183 天以上"),
    _("与主导产品相关且已应用产生效益，不含转入"),
    _("截至当年末"),
    _("截至当年末，单项冠军所用"),
    _("主导产品细分市场"),
    _("申请产品"),
    _("国内或国际细分市场"),
    _("取自培育平台，不自行计算"),
    _("等价值"),
    _("至少 1 项"),
    _("管理体系认证或发达国家和地区产品认证"),
    _("研究院、企业技术中心、工程中心、院士专家工作站、博士后工作站等"),
    _("当年获得"),
    _("单项冠军：新产品年限另计"),
    _("高企所用：收入总额减不征税收入"),
    _("年末用于研发的仪器设备原值"),
    _("大专以上学历或中级以上职称，不重复计"),
    _("亩均评价所用"),
    _("海外同族、维持超过 10 年、较高质押融资，或获国家科学技术奖、中国专利奖"),
    _("原始取得"),
    _("含受让满 1 年的；受让不满 1 年的不计"),
    _("有效"),
    _("当年转化"),
    _("当年主导制定的国际、国家或行业标准"),
    _("主导产品的种数"),
    _("4 国家级，3 省部级，2 市级，1 市级以下，0 没有；只填经认定的"),
    _("中小企业数字化水平评测等级，1 至 4"),
    _("管理体系或产品的国际认证，至少 1 项"),
    _("政府质量奖"),
    _("资信 A 级以上，或企业征信无不良记录"),
    _("《战略性新兴产业分类》"),
    _("有效期内的国家级技术创新示范企业、知识产权优势企业、知识产权示范企业"),
)


def fact_label(fact: Fact) -> str:
    """The fact's name."""
    return fact.label_en if get_language() == "en" else fact.label


def fact_unit(fact: Fact) -> str:
    """The unit alone, for a form or a head: `人`."""
    unit = QUANTITIES.get(fact.unit)
    return (gettext(unit) % {"number": ""}).strip() if unit else fact.unit


def quantity(number: str, unit: str) -> str:
    """A figure with its unit: `412 人`; per cent stands without a blank."""
    sentence = QUANTITIES.get(unit)
    return gettext(sentence) % {"number": number} if sentence else f"{number}{unit}"
