"""The dictionary of readings, with what it gets wrong put right; imported by search when it is needed, for its size."""

from pypinyin import Style, lazy_pinyin, load_phrases_dict
from pypinyin.constants import PINYIN_DICT

# readings the dictionary gets wrong in names of this region
_HOUSE_PHRASES = {
    "会稽": [["kuài"], ["jī"]],
    "单氏": [["shàn"], ["shì"]],
    "嵊州": [["shèng"], ["zhōu"]],
    "诸暨": [["zhū"], ["jì"]],
    "长三角": [["cháng"], ["sān"], ["jiǎo"]],
    "柯桥": [["kē"], ["qiáo"]],
    "上虞": [["shàng"], ["yú"]],
    "长乐": [["cháng"], ["lè"]],
}
load_phrases_dict(_HOUSE_PHRASES)


def syllables(folded: str) -> list[str]:
    """The reading of each character without tones; runs of other signs stay whole."""
    return lazy_pinyin(folded, style=Style.NORMAL, v_to_u=False)


def readings() -> set[str]:
    """Every syllable the dictionary knows, with its tone."""
    return {reading for readings in PINYIN_DICT.values() for reading in readings.split(",")}
