"""Every sentence a sheet prints, as whole templates with named places. Policy wording itself stands in the standards."""

from companies.figures.catalogue import SOURCE_LABELS, Source

GRADES_READ_IN_THE_ORIGINAL = frozenset({"A", "B2", "B"})

GAP = "差 {gap}"
GAP_OF_YEAR = "{year} 年差 {gap}"
MUST = "须"
GAP_STRICT = "须{threshold}，等于不算"
GAP_STRICT_OF_YEAR = "{year} 年须{threshold}，等于不算"
SURPLUS_OVER = "高出 {surplus}"
SURPLUS_UNDER = "低 {surplus}"
ON_THE_LINE = "正好达到"
FLAG_TEXT = {True: "是", False: "否"}
NO_DATA = "缺数据"
CONFLICT = "数据冲突：{values}"
ESTIMATE_MARK = "{text}（预计）"
JOIN = "；"
YEARS_JOIN = "、"

OPERATOR = {"at_least": "≥ {line}", "at_most": "≤ {line}", "more_than": "> {line}", "less_than": "< {line}", "equals": "= {line}"}
EACH_YEAR = "每年 {threshold}"
EACH_RATE = "逐年 {threshold}"
ANY_YEAR = "任一年 {threshold}"
TOTAL = "合计 {threshold}"
AVERAGE = "平均 {threshold}"
FLAG_LINE = {True: "须为是", False: "须为否"}

NOTE_CLOSED = "已关账，最早 {earliest} 年申报"
NOTE_WAITING = "待时间，最早 {earliest} 年申报"
NOTE_INTO = "可补，计入 {year} 年"
NOTE_CURABLE = "可补"

CLOSE_NEXT_YEAR = "{failed} 年已关账，不能再改；自 {first} 年起{label}{must}，最早 {earliest} 年申报"
CLOSE_TOTAL = "{open} 年{label}达到 {need}，即可于 {apply} 年申报（{closed} 年已有 {have}）"
CLOSE_TOTAL_DONE = "{closed} 年已有 {have}，{apply} 年申报按已关账年份已够"
CLOSE_TOTAL_FRESH = "{open} 年{label}达到 {need}，即可于 {apply} 年申报"
CLOSE_MORE = "{year} 年{label}再增加 {gap}"
CLOSE_LESS = "{year} 年{label}再减少 {gap}"
CLOSE_RATIO_MORE = "{year} 年{over}再增加 {gap}（按{under} {base} 计）"
CLOSE_RATIO_LESS = "{year} 年{over}再减少 {gap}（按{under} {base} 计）"
CLOSE_MORE_NOW = "{label}再增加 {gap}"
CLOSE_LESS_NOW = "{label}再减少 {gap}"
CLOSE_BAND = "或{label}升入更高一档，按该档最早 {earliest} 年申报"
CLOSE_FLAG = "{label}：补齐证明后更新"
CLOSE_WAIT = "到 {year} 年末满 {line}，最早 {earliest} 年申报"
CLOSE_WAIT_DAY = "{day} 起{label}，最早 {earliest} 年申报"
CLOSE_TITLE = "先取得有效的{titles}"
CLOSE_LISTING = "移出{kinds}名单后即可"
CLOSE_INCIDENT = "{kinds}自 {day} 起不再计入，最早 {earliest} 年申报"
CLOSE_ANY = "满足其一即可：{ways}"
CLOSE_WAIVER = "或取得免除条件：{waiver}"
CLOSE_GROWTH = "{open} 年{label}达到 {need}，即可于 {apply} 年申报"
CLOSE_GROWTH_OVER = "{open} 年{label}超过 {need}，即可于 {apply} 年申报"
CLOSE_JUDGED = "按判断意见补充材料后可重新判断"
CLOSE_ATTRIBUTE = "登记信息变化后重新评估"

SCORE_POINTS = "{points} 分"
SCORE_RANGE = "{low}–{high} 分"
SCORE_FROM = "{points} 分以上"
SCORE_MOST = "满分 {points} 分"
SCORE_OF = "{label}，{period}"
SCORE_OTHER = "其他"
SCORE_ANY = "固定分"
SCORE_PANEL = "由专家评定"
SCORE_EACH = "每 {each}"
SCORE_EACH_BEYOND = "超过 {beyond} 的部分，每 {each}"
SCORE_WEIGH = "÷ {baseline} × {weight} 分"
SCORE_GROUP_LINE = "{group} {threshold}"
SCORE_LINES = "{total}，其中{groups}"
SCORE_UP_TO = "{label}到 {line}"
SCORE_DOWN_TO = "{label}降到 {line}"
SCORE_OVER = "{label}超过 {line}"
SCORE_UNDER = "{label}低于 {line}"
SCORE_STEP = "{step}：＋{points}"
SCORE_LATER = "按 {apply} 年申报（看 {open} 年）：{steps}"
GAP_AT_BEST = "按最高分计，差 {gap}"
GAP_OF_GROUP = "{group}差 {gap}"
MISSING_BASELINE = "{label}在企业所在区县没有基准值"

TITLE_HELD = "{title}，有效期至 {until}"
TITLE_HELD_OPEN = "{title}，长期有效"
TITLE_NONE = "无有效称号"
TITLE_THRESHOLD = "有效的{titles}"
TITLE_OR = "或"
INCIDENT_THRESHOLD_NOW = "申请时不在名单内"
INCIDENT_THRESHOLD_YEARS = "近 {years} 年无上述情形"
INCIDENT_THRESHOLD_CALENDAR = "上年和当年无上述情形"
INCIDENT_NONE = "无记录"
INCIDENT_SHOWN = "{kind}（{severity}）{day}"
INCIDENT_LISTED = "{kind} {day} 起"
INCIDENT_PAST = "{kind} {day} 至 {end}"
UNKNOWN_SEVERITY = "等级未填"
NOT_LOOKED_INTO = "尚未查询"
ATTRIBUTE_THRESHOLD_PREFIX = "以 {values} 开头"
ATTRIBUTE_THRESHOLD_ONE_OF = "属于 {values}"
ATTRIBUTE_THRESHOLD_BEFORE = "不晚于申请日"
ATTRIBUTE_THRESHOLD_YEARS = "满 {years} 年"
ATTRIBUTE_THRESHOLD_LAST = "成立于近 {years} 年"
ATTRIBUTE_LABELS = {
    "uscc": "统一社会信用代码",
    "industry": "行业代码",
    "founded_on": "成立日期",
    "is_above_scale": "规模以上",
    "size": "企业规模",
    "district": "属地",
    "town": "镇街",
    "park": "开发区（园区）",
}

MISSING_FIGURE = "缺 {year} 年{label}（{source}），{who}"
MISSING_DISPUTED = "{year} 年{label}在同一口径内有两个值，请先更正"
MISSING_DENOMINATOR = "{year} 年{label}为 0，不能算占比"
MISSING_ONE_SOURCE = "{year} 年{label}的两个数来自不同口径，请由同一口径补齐"
MISSING_GROWTH_SOURCE = "{years} 年{label}来自不同口径，不能算增长率，请由同一口径补齐"
MISSING_BASE = "{year} 年{label}不大于 0，不能算增长率"
MISSING_ATTRIBUTE = "缺{label}，请在企业信息中补齐"
MISSING_TITLES = "称号尚未核对，请先导入认定名单"
MISSING_INCIDENTS = "负面信息尚未查询，请先查询后登记"
MISSING_SEVERITY = "{kind} {day} 未填等级，请补填"
WHO_SUPPLIES = {
    Source.AUDIT: "请企业提供审计报告",
    Source.STATISTICS: "请统计部门提供年报",
    Source.RD_DEDUCTION: "请企业提供加计扣除申报表",
    Source.HIGH_TECH_AUDIT: "请企业提供高企专项审计报告",
    Source.SELF_REPORTED: "请企业填报",
    Source.PLATFORM: "请企业上传培育平台截图",
}

# 年底倒推: what must still happen in the year that is not over
TO_DATE_MARK = "{text}（现有）"
YEAR_END_MORE = "{year} 年{label}再 {sign} {gap}（现为 {have}，须 {line}）"
YEAR_END_LESS = "{year} 年{label}须再减少 {gap}（现为 {have}，须 {line}）"
YEAR_END_SHARE_MORE = "{year} 年{over}再 {sign} {gap}（按{under} {base} 计，{upper}为 {have}）"
YEAR_END_SHARE_LESS = "{year} 年{over}须再减少 {gap}（按{under} {base} 计，{upper}为 {have}）"
YEAR_END_SHARE = "{year} 年{over}须 {sign} {need}（按{under} {base} 计，今年还没有{upper}）"
YEAR_END_SHARE_LAST = "{year} 年{over}占{under}须 {line}（今年还没有数，按 {last} 年{lower} {base} 计为 {need}）"
YEAR_END_TARGET = "{year} 年{label}须 {line}（今年还没有数）"
YEAR_END_TARGET_LAST = "{year} 年{label}须 {line}（今年还没有数，{last} 年为 {have}）"
YEAR_END_SUM = "{year} 年{label}再 {sign} {gap}（{closed} 年已有 {have}，今年为 {now}）"
YEAR_END_SUM_TARGET = "{year} 年{label}须 {sign} {need}（{closed} 年已有 {have}，今年还没有数）"
YEAR_END_SUM_DONE = "{closed} 年已有 {have}，今年不论多少都够"
YEAR_END_GROWTH = "{year} 年{label}再 {sign} {gap}（须 {same} {need}，现为 {have}）"
YEAR_END_GROWTH_TARGET = "{year} 年{label}须 {sign} {need}（今年还没有数）"
YEAR_END_HOLD = "{year} 年{label}为 {have}，已够，须落实到年底"
YEAR_END_HOLD_NOW = "{label}按 {year} 年 {have} 已够，申请前须有当年的数"
YEAR_END_MORE_NOW = "申请前{label}再 {sign} {gap}（{year} 年为 {have}）"
YEAR_END_LESS_NOW = "申请前{label}须再减少 {gap}（{year} 年为 {have}）"
YEAR_END_FLAG = "{year} 年{label}须为{line}"
YEAR_END_TIME = "到 {year} 年末满 {line}，只需等待"
YEAR_END_LATER = "要到 {year} 年才看得出"
YEAR_END_TITLE = "{title}有效期至 {until}，{year} 年申报前须续上"

SHOWN_BESIDE = "{label} {text}"
MOVES_ON = "{next} 年申报将看 {years} 年，{open} 年度数据尚未入库"
EXCLUDED = "不适用：{reason}"
GROWTH_LABEL = "{label}增长率"
RATE_OF_YEAR = "{year} 年增长率 {rate}"
RATIO_LABEL = "{over}占{under}"
TITLE_LABELS = {
    "innovative_sme": "创新型中小企业",
    "specialised_sme": "专精特新中小企业",
    "little_giant": "专精特新“小巨人”企业",
    "single_champion": "制造业单项冠军企业",
    "provincial_champion": "浙江省制造业单项冠军企业",
    "hidden_champion": "浙江省隐形冠军企业",
    "high_tech": "高新技术企业",
    "tech_sme": "科技型中小企业",
    "provincial_tech_sme": "浙江省科技型中小企业",
    "chain_leader": "链主型企业",
    "listed": "上市企业",
    "rd_center": "绍兴市企业研究开发中心",
    "leading_innovation": "浙江省创新型领军企业",
    "leading_cluster": "集群领军企业",
    "leading_technology": "科技领军企业",
    "eagle": "雄鹰企业",
    "size_class": "中小企业划型",
    "size_statistics": "统计上大中小微型划分",
    "per_mu": "亩均效益综合评价",
}


def must(threshold: str) -> str:
    """`须≥ 3%`; a line that says 须 itself says it once."""
    return threshold if threshold.startswith(MUST) else MUST + threshold


def source_label(code: str) -> str:
    """口径 as printed; an unknown code is printed as it is."""
    return _SOURCES.get(code, code)


_SOURCES = {source.value: label for source, label in SOURCE_LABELS.items()}


def who_supplies(sources: tuple[str, ...]) -> str:
    """The sentence that says who can supply a missing figure."""
    return WHO_SUPPLIES[Source(sources[0])]


NEAREST = "{text}：差 {gap} {unit}（{kind}）"
NEAREST_BARE = "{text}（{kind}）"
