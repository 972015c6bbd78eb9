"""What a file of facts may hold: every fact with its type, unit and meaning, as data and as lines."""

from typing import Any

from companies.figures.catalogue import CATALOGUE, SOURCE_LABELS, Fact, Kind
from policies.engine import wording
from policies.engine.facts import INCIDENT_LABELS, SEVERITY_LABELS
from policies.engine.facts_file import ATTRIBUTES

WRITTEN = {
    Kind.MONEY: "文字，元或带单位：136800000、13680 万元、1.368 亿元",
    Kind.COUNT: "整数",
    Kind.NUMBER: "数或文字",
    Kind.PERCENT: "文字或数：6.2% 即 6.2",
    Kind.FLAG: "true 或 false",
}
MEANINGS = {
    "industry": "GB/T 4754 行业代码，如 C3441",
    "founded_on": "登记成立日期，如 2012-05-01",
    "is_above_scale": "是否规模以上工业企业",
    "size": "企业规模代码：1 大型、2 中型、3 小型、4 微型",
    "town": "镇街名称",
    "park": "开发区（园区）名称",
}


def facts_listed() -> dict[str, Any]:
    """Figures, attributes and the closed lists of words, JSON-safe."""
    return {
        "figures": [_figure(fact) for fact in CATALOGUE.values()],
        "attributes": [
            {"code": name, "label": wording.ATTRIBUTE_LABELS[name], "type": kind, "meaning": MEANINGS[name]}
            for name, kind in ATTRIBUTES.items()
        ],
        "sources": {str(code): label for code, label in SOURCE_LABELS.items()},
        "titles": dict(wording.TITLE_LABELS),
        "incidents": {str(code): label for code, label in INCIDENT_LABELS.items()},
        "severities": {str(code): label for code, label in SEVERITY_LABELS.items()},
        "outcomes": {"met": "达标", "unmet": "未达标"},
    }


def _figure(fact: Fact) -> dict[str, Any]:
    return {
        "code": fact.code,
        "label": fact.label,
        "type": str(fact.kind),
        "unit": fact.unit,
        "written": WRITTEN[fact.kind],
        "meaning": fact.note,
        "decimals": fact.places,
        "minimum": fact.minimum,
        "maximum": fact.maximum,
        "part_of": fact.part_of or None,
    }


def lines_listed() -> list[str]:
    """The same for reading: one line per fact."""
    listed = facts_listed()
    lines = ["figures[].values（按年度和口径）："]
    lines += [
        f"  {one['code']:<30} {one['type']:<8} {one['label']}（{one['unit']}）" + (f"：{one['meaning']}" if one["meaning"] else "")
        for one in listed["figures"]
    ]
    lines += ["", "写法："]
    lines += [f"  {kind:<8} {text}" for kind, text in WRITTEN.items()]
    lines += ["", "attributes："]
    lines += [f"  {one['code']:<30} {one['type']:<8} {one['label']}：{one['meaning']}" for one in listed["attributes"]]
    names = {
        "sources": "figures[].source 口径",
        "titles": "titles[].title 称号",
        "incidents": "incidents[].kind 负面信息",
        "severities": "incidents[].severity 等级",
        "outcomes": "judgements[].outcome 判断",
    }
    for key, name in names.items():
        lines += ["", f"{name}："]
        lines += [f"  {code:<30} {label}" for code, label in listed[key].items()]
    return lines
