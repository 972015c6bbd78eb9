"""The closed vocabularies of a verdict."""

from enum import StrEnum


class Outcome(StrEnum):
    """结论 of one criterion. Missing is UNKNOWN, a question for people is MANUAL; neither is ever UNMET."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"
    MANUAL = "manual"
    NOT_APPLICABLE = "not_applicable"


OUTCOME_LABELS: dict[Outcome, str] = {
    Outcome.MET: "达标",
    Outcome.UNMET: "未达标",
    Outcome.UNKNOWN: "缺数据",
    Outcome.MANUAL: "待人工核",
    Outcome.NOT_APPLICABLE: "不适用",
}


class GapKind(StrEnum):
    """Whether an unmet criterion can still be mended."""

    CURABLE = "curable"
    CLOSED = "closed"
    WAITING = "waiting"
    NONE = "none"


GAP_KIND_LABELS: dict[GapKind, str] = {
    GapKind.CURABLE: "可补",
    GapKind.CLOSED: "已关账",
    GapKind.WAITING: "待时间",
    GapKind.NONE: "",
}


class Overall(StrEnum):
    """The whole sheet; it never says that a company qualifies."""

    NOT_YET = "not_yet"
    DATA_NEEDED = "data_needed"
    POSSIBLE = "possible"
    PROMISING = "promising"
    NOT_APPLICABLE = "not_applicable"


OVERALL_LABELS: dict[Overall, str] = {
    Overall.NOT_YET: "暂不满足",
    Overall.DATA_NEEDED: "需补数据",
    Overall.POSSIBLE: "存在机会",
    Overall.PROMISING: "较有希望",
    Overall.NOT_APPLICABLE: "不适用",
}
