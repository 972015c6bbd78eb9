"""YAML with line numbers: every value knows its line, so that an error can name it. Nothing but plain values is read."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from policies.engine.standard import StandardError

# the same grammar read by a library in C where it is there: ten times as fast
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_CHARACTERS = 400_000
_MAX_DEPTH = 30


@dataclass(slots=True)
class Value:
    """A value and the line it stands on; `plain` is str, int, bool, None, date, list of Value or Block."""

    plain: Any
    line: int


class Block:
    """A mapping whose keys must all be asked for: what nobody asked for is an error."""

    def __init__(self, name: str, line: int, values: dict[str, Value]) -> None:
        self.name = name
        self.line = line
        self._values = values
        self._asked: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def keys(self) -> set[str]:
        """The keys that are there."""
        return set(self._values)

    def line_of(self, key: str) -> int:
        """The line of one key's value; the block's own when it is not there."""
        found = self._values.get(key)
        return found.line if found else self.line

    def fail(self, reason: str, key: str = "") -> StandardError:
        """An error at a key of this block, to be raised."""
        return StandardError(self.name, self.line_of(key), reason)

    def take(self, key: str) -> Value | None:
        """The value of a key, which then counts as known; None when it is not there or empty."""
        self._asked.add(key)
        found = self._values.get(key)
        return None if found is None or found.plain is None else found

    def text(self, key: str, default: str | None = None) -> str:
        """A text. Raises when it is missing and there is no default."""
        found = self.take(key)
        if found is None:
            if default is None:
                raise self.fail(f"缺少“{key}”")
            return default
        if isinstance(found.plain, int) and not isinstance(found.plain, bool):
            return str(found.plain)
        if not isinstance(found.plain, str) or not found.plain.strip():
            raise self.fail(f"“{key}”须是文字", key)
        return found.plain.strip()

    def flag(self, key: str) -> bool:
        """true or false; false when it is not there."""
        found = self.take(key)
        if found is None:
            return False
        if not isinstance(found.plain, bool):
            raise self.fail(f"“{key}”须是 true 或 false", key)
        return found.plain

    def day(self, key: str) -> date | None:
        """A date as 2026-04-01; None when it is not there."""
        found = self.take(key)
        if found is None:
            return None
        if type(found.plain) is not date:
            raise self.fail(f"“{key}”须是日期，如 2026-04-01", key)
        return found.plain

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; one text stands for a list of one."""
        found = self.take(key)
        if found is None:
            return ()
        items = found.plain if isinstance(found.plain, list) else [found]
        for item in items:
            if not isinstance(item.plain, str | int) or isinstance(item.plain, bool):
                raise StandardError(self.name, item.line, f"“{key}”须是文字的列表")
        return tuple(str(item.plain) for item in items)

    def block(self, key: str) -> "Block | None":
        """A mapping."""
        found = self.take(key)
        if found is None:
            return None
        if not isinstance(found.plain, Block):
            raise self.fail(f"“{key}”须是一组“键: 值”", key)
        return found.plain

    def blocks(self, key: str) -> list["Block"]:
        """A list of mappings; empty when it is not there."""
        found = self.take(key)
        if found is None:
            return []
        if not isinstance(found.plain, list) or not all(isinstance(item.plain, Block) for item in found.plain):
            raise self.fail(f"“{key}”须是列表，每项一组“键: 值”", key)
        return [item.plain for item in found.plain]

    def close(self) -> None:
        """Raises on a key nobody asked for."""
        for key, value in self._values.items():
            if key not in self._asked:
                raise StandardError(self.name, value.line, f"不认识的键“{key}”")


def read_yaml(text: str, name: str) -> Block:
    """The whole file as one Block. Raises StandardError with file and line on anything that is not plain YAML."""
    if len(text) > _MAX_CHARACTERS:
        raise StandardError(name, 1, f"文件过长，最多 {_MAX_CHARACTERS:,} 个字符")
    try:
        _check_events(text, name)
        loader = _Loader(text)
        node = loader.get_single_node()
        root = _read(loader, node, name, 0) if node is not None else None
    except yaml.MarkedYAMLError as error:
        line = getattr(error.problem_mark or error.context_mark, "line", 0) + 1
        raise StandardError(name, line, f"YAML 写法有误：{error.problem}") from error
    except yaml.YAMLError as error:
        raise StandardError(name, 1, f"YAML 写法有误：{error}") from error
    except RecursionError as error:
        raise StandardError(name, 1, "嵌套过深") from error
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise StandardError(name, line, "有不成对的代理字符，不能保存") from error
    if root is None or not isinstance(root.plain, Block):
        raise StandardError(name, 1, "文件须是一组“键: 值”")
    return root.plain


def _check_events(text: str, name: str) -> None:
    """Refuses aliases and deep nesting before anything is built; deep nesting would cost the square of its length."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = getattr(event.start_mark, "line", 0) + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise StandardError(name, line, "不能使用锚点和引用（& 与 *）")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _MAX_DEPTH:
            raise StandardError(name, line, "嵌套过深")


def _read(loader: yaml.SafeLoader, node: yaml.Node, name: str, depth: int) -> Value:
    line = node.start_mark.line + 1
    if depth > _MAX_DEPTH:
        raise StandardError(name, line, "嵌套过深")
    if isinstance(node, yaml.MappingNode):
        return Value(_read_block(loader, node, name, depth), line)
    if isinstance(node, yaml.SequenceNode):
        return Value([_read(loader, item, name, depth + 1) for item in node.value], line)
    try:
        plain = loader.construct_object(node, deep=True)
    except ValueError as error:
        raise StandardError(name, line, f"不能读作值：{node.value}") from error
    if plain is not None and type(plain) not in (str, int, bool, date):
        raise StandardError(name, line, f"“{node.value}”须写成文字、整数、是否或日期；带小数的数请加单位，如 3.5%")
    return Value(plain, line)


def _read_block(loader: yaml.SafeLoader, node: yaml.MappingNode, name: str, depth: int) -> Block:
    values: dict[str, Value] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise StandardError(name, line, "键须是文字")
        key = key_node.value
        if key in values:
            raise StandardError(name, line, f"键“{key}”出现两次")
        value = _read(loader, value_node, name, depth + 1)
        values[key] = Value(value.plain, value_node.start_mark.line + 1)
    return Block(name, node.start_mark.line + 1, values)
