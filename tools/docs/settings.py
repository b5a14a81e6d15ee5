"""The page of all settings of a scenario: type, bounds, default and meaning, from the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retail_portfolio.inputs.settings.scenario import SET_BY_READER, Scenario
from tools.docs.markdown import code, prose, table

if TYPE_CHECKING:
    from collections.abc import Mapping

_BOUNDS = {
    "minimum": "{} or more",
    "ge": "{} or more",
    "exclusiveMinimum": "above {}",
    "gt": "above {}",
    "maximum": "at most {}",
    "le": "at most {}",
    "exclusiveMaximum": "below {}",
    "lt": "below {}",
}
_KINDS = {
    "string": "text",
    "number": "number",
    "integer": "whole number",
    "boolean": "true or false",
    "null": "nothing",
}


def page() -> str:
    """Return the page."""
    schema = Scenario.model_json_schema()
    parts = schema["$defs"]
    text = [
        "# Settings of a scenario\n",
        (
            "A scenario file says what differs from `base.yaml`; [a new "
            "scenario](../how-to/scenario.md) shows how to write one. Every setting can also be "
            "given as `--set NAME=VALUE`, a nested one with points (`--set "
            "plan.max_conversions=5`). Everything else is refused, and so is a value that is not "
            "of the type or within the bounds below. `retail-portfolio schema` prints the same as"
            " a JSON schema for an editor.\n"
        ),
        fields(schema, without=SET_BY_READER),
    ]
    for name in _order(schema, parts):
        text += [f"\n## {name}\n", f"{prose(parts[name].get('description', ''))}\n"]
        text.append(fields(parts[name]))
    return "\n".join(text)


def fields(model: Mapping[str, Any], without: tuple[str, ...] = ()) -> str:
    """
    Return the table of a model's settings.

    Parameters
    ----------
    model
        Its JSON schema.
    without
        Settings that nobody may give.

    Returns
    -------
    str
        A table of Markdown, a row a setting.

    Raises
    ------
    ValueError
        If a setting says nowhere what it is.
    """
    required = model.get("required", ())
    rows = []
    for name, one in model["properties"].items():
        if name in without:
            continue
        if not one.get("description"):
            raise ValueError(f"setting {name} has no docstring")
        default = "must be given" if name in required else _default(one)
        rows.append((code(name), kind(one), default, prose(one["description"])))
    return table(("setting", "value", "default", "meaning"), rows)


def kind(one: Mapping[str, Any]) -> str:
    """Return in words what a value may be, given its JSON schema."""
    if "$ref" in one:
        name = one["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in one:
        return " or ".join(kind(inner) for inner in one["anyOf"] if inner.get("type") != "null")
    if "enum" in one:
        return ", ".join(code(value) for value in one["enum"])
    if one.get("type") == "array":
        return f"list of: {kind(one.get('items', {}))}"
    if one.get("type") == "object":
        inner = one.get("additionalProperties")
        return f"by name: {kind(inner)}" if isinstance(inner, dict) else "by name"
    words = _KINDS.get(one.get("type", ""), "value")
    bounds = [text.format(f"{one[key]:g}") for key, text in _BOUNDS.items() if key in one]
    return ", ".join([words, *bounds])


def _default(one: Mapping[str, Any]) -> str:
    if "$ref" in one or (isinstance(one.get("default"), dict) and one["default"]):
        return "as below"
    value = one.get("default")
    if value in (None, "", [], {}):
        return "none"
    return code(str(value).lower() if isinstance(value, bool) else value)


def _order(schema: Mapping[str, Any], parts: Mapping[str, Any]) -> list[str]:
    """Return the models that settings lead to, in the order in which they are named."""
    found: list[str] = []

    def follow(one: Any) -> None:
        if isinstance(one, dict):
            name = str(one.get("$ref", "")).rpartition("/")[2]
            if name in parts and name not in found and "properties" in parts[name]:
                found.append(name)
                follow(parts[name])
            for inner in one.values():
                follow(inner)
        elif isinstance(one, list):
            for inner in one:
                follow(inner)

    follow({k: v for k, v in schema["properties"].items() if k not in SET_BY_READER})
    return found
