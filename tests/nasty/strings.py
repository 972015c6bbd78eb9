"""Nasty strings: what people type, paste and attack with. At least 500, each a value for every text field and cell."""

RARE = [
    "𠮷", "㐂", "﨑", "𪚥", "龘", "靐", "㊣", "〇", "々", "ﷺ", "Ａ", "ａ", "①", "㍿", "℡", "ﬁ", "İ", "ı", "ß", "ſ", "K", "Å",
    "𝔘", "🀄",
]  # fmt: skip
EMOJI = ["😀", "👩‍💻", "🇨🇳", "👍🏽", "🏴‍☠️", "❤️", "1️⃣", "🧑‍🤝‍🧑"]
COMBINING = ["e\u0301", "é", "a" + "\u0300" * 60, "Z̷̢͎͓͈̆̑͌̎ͅa̵l̶g̸o̷", "नि", "한", "ㅎㅏㄴ"]
DIRECTION = [f"a{chr(n)}b" for n in (0x061C, 0x200E, 0x200F, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069)]
INVISIBLE = [f"a{chr(n)}b" for n in (0x00AD, 0x034F, 0x115F, 0x180E, 0x200B, 0x200C, 0x200D, 0x2060, 0x2063, 0x3164, 0xFE0F, 0xFEFF)]
INVISIBLE += ["\u200b", "\u200b\u200b", "\u3164", "\ufeff", "\u00a0", "\u3000", " ", "\t", "\r\n", "\u2028", "\u2029", "\x85"]
CONTROL = [f"a{chr(n)}b" for n in [*range(32), 0x7F, *range(0x80, 0xA0)]]
SURROGATES = ["\ud800", "a\ud800b", "\udfff", "\udc00\ud800", "a\udcffb", "\ud83d"]
NONCHARACTERS = [chr(n) for n in (0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF, 0x1FFFE, 0x10FFFF)]
MARKUP = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</title><script>", "<svg/onload=alert(1)>", "\"><b>",
    "'><b>", "&lt;b&gt;",
    "&#x41;", "<!--", "]]>", "<![CDATA[x]]>", "javascript:alert(1)", "data:text/html,<b>", "<a href='//x.invalid'>x</a>",
    "<style>*{display:none}</style>",
    "<iframe src=//x.invalid>", "<%= 1 %>", "<?php echo 1 ?>", "<br>", "a<b", "a>b", "a&b", "a\"b", "a'b", "`x`",
    "<plaintext>", "<base href=//x>",
]  # fmt: skip
TEMPLATES = [
    "{{ 7*7 }}", "{% load i18n %}", "{% debug %}", "{{ request }}", "{# x #}", "{{", "}}", "{%", "${7*7}", "#{7*7}",
    "%(name)s", "%s", "%", "%%",
    "{0}", "{}", "{name}", "{0.__class__}", "$HOME", "`id`", "$(id)", "\\x41", "\\u0041", "\\n", "%00", "%0a", "..%2f",
]  # fmt: skip
SQL = [
    "' OR '1'='1", "'; DROP TABLE companies_company; --", "1; SELECT 1", "\" OR \"\"=\"", "') OR 1=1--", "UNION SELECT null",
    "%", "_", "a%b", "a_b",
    "\\", "\\'", "--", "/*", "*/", ";", "NULL", "null", "None", "nil", "undefined", "true", "false", "0x00", "char(0)",
    "'||'a", "* FROM", "MATCH 'x*'",
    "\"a\" OR", "NEAR(a b)", "a AND b", "NOT a", "^a", "a:b", "a*", "(", ")", "((((((", "to_tsquery('a')", "a & b", "a | b", "!a", "<->",
]  # fmt: skip
FORMULAS = [
    "=1+1", "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://x.invalid\",\"x\")", "=IMPORTXML(1)", "+1", "-1", "@SUM(1)", "=", "+",
    "-", "@", "\t=1", "\r=1",
    "\n=1", "＝1+1", "＋1", "－1", "＠x", " =1", "'=1", "''=1", "'", "''", "=DDE(\"a\";\"b\")", "%0A=1", ";=1", ",=1", "\"=1\"",
]  # fmt: skip
PATHS = [
    "../../etc/passwd", "..\\..\\x", "/etc/passwd", "C:\\x", "CON", "con.xlsx", "NUL", "aux.txt", "a/b", "a\\b", "a:b", "a*b",
    "a?b", "a|b", "~", "~root",
    ".", "..", ".htaccess", "a.", "a ", "file:///etc/passwd", "\\\\host\\share", "a\nb.xlsx", "a\"b.xlsx", "a;b.xlsx",
    "%2e%2e%2f", "x" * 300 + ".xlsx",
]  # fmt: skip
NUMBERS = [
    "0", "-0", "00", "1", "01", "1.0", "1.", ".5", "1,2", "1,23", "1,234", "1，234", "１２３", "٣", "३", "一二三", "壹",
    "1_000", "1e3", "1E400", "1e-400",
    "NaN", "nan", "Infinity", "-Infinity", "inf", "0x10", "0b1", "0o7", "1/2", "½", "²", "①", "Ⅷ", "1+1", "--1", "+-1", "1-",
    "(1)", "$1", "¥1", "1元",
    "1万", "1亿", "1%", "1‰", "9" * 19, "9" * 30, "9" * 400, "0." + "1" * 12, "0." + "1" * 40, "-9223372036854775809",
    "9223372036854775808",
    "1 000", "1\u00a0000", "1\u2009000", "1'000", "1.234,5", "1.2.3", "٫٣", "1d", "1f", "1L", "1j", "True", "∞", "−1", "–1",
    "—", "无", "暂无", "约12",
]  # fmt: skip
DATES = [
    "2026-02-30", "2026-13-01", "2026-00-10", "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "1899-12-31",
    "2099-01-01", "24-03-01",
    "2024/3/1", "2024.3.1", "2024年3月1日", "2024年2月29日", "2023年2月29日", "20240301", "202403", "1 Mar 2024", "3/1/2024",
    "二〇二四年", "今天",
    "2024-03-01T00:00:00Z", "2024-03-01 24:00", "45352", "-1", "1e5", "2024-3-1-1", "２０２４-０３-０１", "٢٠٢٤-٠٣-٠١",
    "民国113年", "Q1 2024", "+2024-01-01",
]  # fmt: skip
CODES = [
    "91330100799655058B", "91330100799655058b", "９１３３０１００７９９６５５０５８Ｂ", "91330100 7996 5505 8B",
    "91330100799655058C", "91330600MA2ABCDE1K",
    "9133O100799655058B", "9133I100799655058B", "9133S100799655058B", "9133V100799655058B", "9133Z100799655058B",
    "91330100799655058", "91330100799655058BB",
    "0" * 18, "Z" * 18, "91330100\u200b799655058B", "'91330100799655058B", "91330100799655058Б", "91330100799655058В",
    "+91330100799655058B",
]  # fmt: skip
LONG = ["字" * n for n in (50, 199, 200, 201, 300, 1_000, 10_000)] + ["a" * n for n in (255, 256, 4_096, 32_767, 32_768, 100_000)]
LONG += ["a " * 5_000, "\n" * 1_000, "𠮷" * 200, "😀" * 101, "e\u0301" * 150, "<" * 10_000, "{{" * 5_000]
WORDS = [
    "有限公司", "（", "）", "()", "绍兴（中国）有限公司", "绍兴(中国)有限公司", "“小巨人”", "\"小巨人\"", "'", "·", "A&B",
    "3M", "Ｏ２Ｏ", "ＡＢＣ有限公司",
    "test", "admin", "null有限公司", "O'Neil", "Ñandú", "Ωmega", "東京", "대한민국", "Россия", "العربية", "עברית", "ไทย",
    "Ελλάδα", "Việt Nam", "हिन्दी",
]  # fmt: skip
FUZZ = [
    f"{a}{b}{a}"
    for a in ("绍", "a", "1", " ")
    for b in ("\x00", "\u202e", "\u200b", "'", '"', "<", "&", "%", "\\", "\n", "\t", "=", "𠮷", "\ufffd", "\u0301")
]

STRINGS: list[str] = list(
    dict.fromkeys(
        [
            "", *RARE, *EMOJI, *COMBINING, *DIRECTION, *INVISIBLE, *CONTROL, *SURROGATES, *NONCHARACTERS, *MARKUP, *TEMPLATES,
            *SQL, *FORMULAS, *PATHS,
            *NUMBERS, *DATES, *CODES, *LONG, *WORDS, *FUZZ,
        ]
    )
)  # fmt: skip
