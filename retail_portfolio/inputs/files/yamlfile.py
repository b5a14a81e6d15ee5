"""YAML from outside: plain mappings, lists and scalars, and nothing that YAML can do beyond."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from retail_portfolio.inputs.faults import Fault
from retail_portfolio.inputs.files.textfile import MAX_SCENARIO_BYTES, read_text

MAX_DEPTH = 12
"""Mappings and lists may be nested this deep."""

_LONGEST_NUMBER = 100
"""Characters of a number as written."""
_PLAIN_TAGS = tuple(
    "tag:yaml.org,2002:" + kind
    for kind in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq")
)

_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")


@dataclass(frozen=True, slots=True)
class YamlFile:
    """What a file says, and on which line."""

    name: str
    """The file's name as faults repeat it."""
    values: dict[str, Any] = field(default_factory=dict)
    """The mapping at the top of the file."""
    lines: dict[tuple[str, ...], int] = field(default_factory=dict)
    """The line (from 1) of each key, by its path."""
    faults: tuple[Fault, ...] = ()
    """What is wrong with the file itself."""
    texts: dict[tuple[str, ...], str] = field(default_factory=dict)
    """What stands behind each key with a single value, as written: `0012`, which YAML takes for
    another number."""


def read_yaml(folder: Path, file: str, name: str) -> YamlFile:
    """
    Read a mapping from a YAML file.

    Parameters
    ----------
    folder
        The folder the file must lie in.
    file
        The file's name in the folder.
    name
        What faults call the file.

    Returns
    -------
    YamlFile
        Its values, or the faults: not UTF-8, too large, not YAML, not a mapping, a key twice, or
        one of the features that build objects or repeat themselves (tags, anchors, aliases).
    """
    text, fault = read_text(folder, file, MAX_SCENARIO_BYTES)
    if text is None:
        if fault is None:  # pragma: no cover - read_text returns one of the two
            return YamlFile(name)
        return YamlFile(name, faults=(Fault(name, fault.row, None, fault.value, fault.expected),))
    try:
        faults = _unwanted(text, name)
        if faults:
            return YamlFile(name, faults=tuple(faults))
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        return YamlFile(name, faults=(_not_yaml(error, name),))
    if not isinstance(node, yaml.MappingNode):
        expected = "a mapping of settings (key: value)"
        return YamlFile(name, faults=(Fault(name, 1, None, text.strip(), expected),))
    reader = _Reader(name)
    values = reader.mapping(node, ())
    return YamlFile(name, values, reader.lines, tuple(reader.faults), reader.texts)


def _not_yaml(error: yaml.YAMLError, name: str) -> Fault:
    """Say where a text stops being YAML."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
    return Fault(name, mark.line + 1 if mark else None, None, str(problem), "YAML")


def _unwanted(text: str, name: str) -> list[Fault]:
    """Find tags, anchors, aliases, further documents and deep nesting without building anything."""
    faults: list[Fault] = []
    depth = documents = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        tag, anchor = getattr(event, "tag", None), getattr(event, "anchor", None)
        if tag is not None:
            faults.append(Fault(name, line, None, tag, "plain values without YAML tags (!)"))
        if anchor is not None:
            expected = "every value written out, without YAML anchors (&) and aliases (*)"
            faults.append(Fault(name, line, None, anchor, expected))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
        if depth > MAX_DEPTH or documents > 1:
            expected = f"one document, nested at most {MAX_DEPTH} deep"
            return [*faults, Fault(name, line, None, None, expected)]
    return faults


class _Reader:
    """Turns the nodes of a file into values and keeps their lines."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[tuple[str, ...], int] = {}
        self.texts: dict[tuple[str, ...], str] = {}
        self.faults: list[Fault] = []

    def mapping(self, node: yaml.MappingNode, path: tuple[str, ...]) -> dict[str, Any]:
        """Return a mapping with text keys; a key that comes twice is a fault."""
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.faults.append(Fault(self.name, line, None, None, "a text as key"))
                continue
            key = str(key_node.value)
            here = (*path, key)
            if key in found:
                dotted = ".".join(here)
                expected = f"each key once (it is on line {self.lines[here]} too)"
                self.faults.append(Fault(self.name, line, dotted, key, expected))
                continue
            self.lines[here] = line
            if isinstance(value_node, yaml.ScalarNode):
                self.texts[here] = str(value_node.value)
            found[key] = self.value(value_node, here)
        return found

    def value(self, node: yaml.Node, path: tuple[str, ...]) -> Any:
        """Return the plain value of a node."""
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, path) for item in node.value]
        if node.tag not in _PLAIN_TAGS:
            return self._fault(node, path, "a text, a number, a date, a list or a mapping")
        if node.tag in _NUMBERS and len(node.value) > _LONGEST_NUMBER:
            # An int of thousands of digits cannot even be written into a message.
            return self._fault(node, path, f"a number of at most {_LONGEST_NUMBER} characters")
        try:
            return yaml.SafeLoader("").construct_object(node, deep=True)
        except (yaml.YAMLError, ValueError, OverflowError):
            return self._fault(node, path, "a value that can be read (is the date a real one?)")

    def _fault(self, node: yaml.Node, path: tuple[str, ...], expected: str) -> None:
        """Note what is wrong with a value, which then counts as none."""
        line = node.start_mark.line + 1
        self.faults.append(Fault(self.name, line, ".".join(path), str(node.value), expected))
