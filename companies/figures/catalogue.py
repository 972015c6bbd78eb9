"""The one catalogue of yearly facts: engine, import template, forms and commands all read it.

Plain Python: no Django here, so that the rules engine may use it. Money is yuan in the product and 万元 on paper;
`scale` says how many decimals are kept. A fact a company has not reported is None, never 0.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a fact's values are, and so how they are read, compared and shown."""

    MONEY = "money"  # Decimal yuan, two decimals; 万元 at the edges
    COUNT = "count"  # whole number
    NUMBER = "number"  # Decimal, `places` decimals
    PERCENT = "percent"  # Decimal, 2.7 means 2.7 %
    FLAG = "flag"  # True / False


class Source(StrEnum):
    """口径: where a figure comes from. The same fact legitimately differs between them."""

    AUDIT = "audit"
    STATISTICS = "statistics"
    RD_DEDUCTION = "rd_deduction"
    HIGH_TECH_AUDIT = "high_tech_audit"
    SELF_REPORTED = "self_reported"
    PLATFORM = "platform"


SOURCE_LABELS: dict[Source, str] = {
    Source.AUDIT: "审计报告",
    Source.STATISTICS: "统计年报",
    Source.RD_DEDUCTION: "加计扣除",
    Source.HIGH_TECH_AUDIT: "高企专项审计",
    Source.SELF_REPORTED: "企业自报",
    Source.PLATFORM: "平台",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One yearly figure: `code` is the column of YearFigures, `unit` the unit on paper (money: 万元)."""

    code: str
    label: str
    kind: Kind
    unit: str
    note: str = ""
    label_en: str = ""
    aliases: tuple[str, ...] = ()
    places: int = 0
    minimum: int | None = 0
    maximum: int | None = None
    part_of: str = ""  # a part never exceeds this whole


def _money(code: str, label: str, label_en: str, note: str = "", *aliases: str, part_of: str = "", signed: bool = False) -> Fact:
    return Fact(code, label, Kind.MONEY, "万元", note, label_en, aliases, places=2, minimum=None if signed else 0, part_of=part_of)


def _count(
    code: str, label: str, label_en: str, unit: str, note: str = "", *aliases: str, maximum: int | None = None, part_of: str = ""
) -> Fact:
    return Fact(code, label, Kind.COUNT, unit, note, label_en, aliases, maximum=maximum, part_of=part_of)


def _number(
    code: str, label: str, label_en: str, unit: str, note: str = "", *aliases: str, maximum: int | None = None, kind: Kind = Kind.NUMBER
) -> Fact:
    return Fact(code, label, kind, unit, note, label_en, aliases, places=4, maximum=maximum)


def _flag(code: str, label: str, label_en: str, note: str = "", *aliases: str) -> Fact:
    return Fact(code, label, Kind.FLAG, "是/否", note, label_en, aliases, minimum=None)


_FACTS = (
    _money("revenue", "营业收入", "Operating revenue", "全年营业收入", "营收", "全年营收", "营业总收入"),
    _money("main_revenue", "主营业务收入", "Main business revenue", "规上与单项冠军所用", "主营收入", part_of="revenue"),
    _money("sales_revenue", "销售收入", "Sales revenue", "高企、科小所用：主营＋其他业务收入", "销售额"),
    _money("product_revenue", "主导产品收入", "Leading product revenue", "主导产品（服务）收入", "主导产品销售收入", part_of="revenue"),
    _money("high_tech_revenue", "高新技术产品收入", "High-tech product revenue", "高新技术产品（服务）收入", part_of="sales_revenue"),
    _money("total_income", "总收入", "Total income", "高企所用：收入总额减不征税收入", "同期总收入"),
    _money("export_revenue", "出口额", "Exports", "出口交货值折人民币", "出口交货值"),
    _money("net_profit", "净利润", "Net profit", "亏损填负数", signed=True),
    _money("total_assets", "资产总额", "Total assets", "年末资产总计", "资产总计", "总资产"),
    _money("total_liabilities", "负债总额", "Total liabilities", "年末负债合计", "负债合计", "总负债"),
    _money("net_assets", "净资产", "Net assets", "年末所有者权益", "所有者权益", signed=True),
    _money("rd_expense", "研发费用", "R&D expense", "全年研发费用", "研发经费", "研发费用总额", "R&D经费"),
    _money("rd_expense_domestic", "境内研发费用", "Domestic R&D expense", "在中国境内发生的研发费用", part_of="rd_expense"),
    _money("rd_equipment", "研发设备原值", "R&D equipment at cost", "年末用于研发的仪器设备原值", "科研设备原值"),
    _money("cost_expense", "成本费用支出", "Costs and expenses", "科小评价所用"),
    _money("equity_financing", "新增股权融资", "New equity financing", "合格机构投资者实缴额", "股权融资"),
    _money("tax_paid", "评价税收", "Tax counted in the per-mu rating", "亩均评价口径实缴税收", "实缴税金", "入库税收"),
    _money("value_added", "工业增加值", "Industrial value added", "", signed=True),
    _count("employees", "职工人数", "Employees", "人", "年末从业人员", "从业人员", "从业人数", "年末职工人数", maximum=2_000_000),
    _count("rd_staff", "研发人员", "R&D staff", "人", "", "研发人员数", part_of="employees"),
    _count("tech_staff", "科技人员", "Technical staff", "人", "累计从事科技活动 183 天以上", "科技人员数", part_of="employees"),
    _count(
        "rd_staff_qualified",
        "大专以上或中级以上职称研发人员",
        "R&D staff with a degree or a senior grade",
        "人",
        "大专以上学历或中级以上职称，不重复计",
        part_of="rd_staff",
    ),
    _count("average_employees", "年平均职工人数", "Average employees", "人", "亩均评价所用", "平均用工人数", maximum=2_000_000),
    _count(
        "class1_ip",
        "Ⅰ类知识产权",
        "Class I intellectual property",
        "项",
        "与主导产品相关且已应用产生效益，不含转入",
        "I类知识产权",
        "一类知识产权",
        maximum=100_000,
    ),
    _count(
        "class1_ip_high_value",
        "Ⅰ类高价值知识产权",
        "High-value class I intellectual property",
        "项",
        "海外同族、维持超过 10 年、较高质押融资，或获国家科学技术奖、中国专利奖",
        "I类高价值知识产权",
        maximum=100_000,
    ),
    _count(
        "class1_ip_own",
        "自主研发的Ⅰ类知识产权",
        "Self-developed class I intellectual property",
        "项",
        "原始取得",
        "自主研发I类知识产权",
        maximum=100_000,
    ),
    _count(
        "class1_ip_held",
        "含受让的Ⅰ类知识产权",
        "Class I intellectual property, acquired ones included",
        "项",
        "含受让满 1 年的；受让不满 1 年的不计",
        "含受让的I类知识产权",
        maximum=100_000,
    ),
    _count("class2_ip", "Ⅱ类知识产权", "Class II intellectual property", "项", "", "II类知识产权", "二类知识产权", maximum=100_000),
    _count("invention_patents", "有效发明专利", "Valid invention patents", "项", "", "发明专利", "发明专利数", maximum=100_000),
    _count(
        "utility_patents",
        "实用新型、外观设计和软件著作权",
        "Utility models, designs and software copyrights",
        "项",
        "有效",
        "实用新型等知识产权",
        maximum=100_000,
    ),
    _count("class1_granted", "当年授权Ⅰ类知识产权", "Class I intellectual property granted in the year", "项", "", maximum=100_000),
    _count("class2_granted", "当年授权Ⅱ类知识产权", "Class II intellectual property granted in the year", "项", "", maximum=100_000),
    _count("conversions", "科技成果转化数", "Research results put to use", "项", "当年转化", "成果转化数", maximum=100_000),
    _count("standards_led", "参与制修订标准", "Standards taken part in", "项", "", "制修订标准", maximum=10_000),
    _count(
        "standards_drafted",
        "主导制定标准",
        "Standards led",
        "项",
        "当年主导制定的国际、国家或行业标准",
        "主导制定国际国家行业标准",
        maximum=10_000,
    ),
    _count("leading_products", "主导产品数", "Leading products", "个", "主导产品的种数", maximum=1_000),
    _count(
        "rd_institution_level",
        "研发机构级别",
        "Level of the R&D institution",
        "级",
        "4 国家级，3 省部级，2 市级，1 市级以下，0 没有；只填经认定的",
        maximum=4,
    ),
    _count("digital_level", "数字化水平等级", "Digitalisation level", "级", "中小企业数字化水平评测等级，1 至 4", maximum=4),
    _count("segment_years", "从事细分市场年限", "Years in the market segment", "年", "截至当年末", "细分市场年限", maximum=200),
    _count(
        "product_years", "申请产品领域年限", "Years in the product's field", "年", "截至当年末，单项冠军所用", "产品领域年限", maximum=200
    ),
    _count("market_rank_national", "国内市场排名", "National market rank", "位", "主导产品细分市场", "国内排名", maximum=100_000),
    _count("market_rank_global", "全球市场排名", "Global market rank", "位", "申请产品", "全球排名", maximum=100_000),
    _number(
        "market_share_percent", "细分市场占有率", "Market share", "%", "国内或国际细分市场", "市场占有率", maximum=100, kind=Kind.PERCENT
    ),
    _number(
        "platform_score", "专精特新发展评价得分", "Platform score", "分", "取自培育平台，不自行计算", "评价得分", "平台得分", maximum=100
    ),
    _number("land_mu", "用地面积", "Land", "亩", "", "占地面积", "实际用地面积"),
    _number("energy_tce", "综合能耗", "Energy use", "吨标煤", "等价值", "能耗"),
    _number("electricity_mwh", "用电量", "Electricity", "千千瓦时", "", "全年用电量"),
    _number("pollutant_tons", "主要污染物排放量", "Main pollutants discharged", "吨", "亩均评价所用", "污染物排放量"),
    _number("rd_area_m2", "研发场地面积", "R&D floor space", "平方米", "", "研发场地"),
    _flag("has_info_system", "核心业务采用信息系统", "Core business runs on an information system", "至少 1 项"),
    _flag("has_certification", "管理体系或产品认证", "Management or product certification", "管理体系认证或发达国家和地区产品认证"),
    _flag("has_own_brand", "自主品牌", "Own brand"),
    _flag("has_international_certification", "国际认证", "International certification", "管理体系或产品的国际认证，至少 1 项"),
    _flag("has_quality_award", "省级以上质量奖", "Provincial or national quality award", "政府质量奖"),
    _flag("has_good_credit", "信用良好", "Good credit", "资信 A 级以上，或企业征信无不良记录"),
    _flag(
        "in_strategic_industry", "主导产品属战略性新兴产业", "Leading product in a strategic emerging industry", "《战略性新兴产业分类》"
    ),
    _flag("has_rd_institution", "自建或共建研发机构", "R&D institution", "研究院、企业技术中心、工程中心、院士专家工作站、博士后工作站等"),
    _flag("state_award_top3", "国家级科技奖励单位前三", "National science award, first three units", "当年获得"),
    _flag("state_award_top5", "国家级科技奖励单位前五", "National science award, first five units", "当年获得"),
    _flag("provincial_award_top3", "省部级以上科技奖励单位前三", "Provincial science award, first three units", "当年获得"),
    _flag("has_science_award", "国家级或省级科技奖励", "National or provincial science award", "当年获得"),
    _flag("maker_china_top50", "创客中国全国 50 强企业组", "Maker in China national top 50", "当年获得", "创客中国50强"),
    _flag("maker_china_top500", "创客中国全国 500 强企业组", "Maker in China national top 500", "当年获得", "创客中国500强"),
    _flag(
        "is_innovation_model",
        "国家技术创新示范或知识产权优势、示范企业",
        "National model of innovation or intellectual property",
        "有效期内的国家级技术创新示范企业、知识产权优势企业、知识产权示范企业",
    ),
    _flag("is_new_product", "申请产品为新产品", "The product is a new product", "单项冠军：新产品年限另计"),
)

CATALOGUE: dict[str, Fact] = {fact.code: fact for fact in _FACTS}
