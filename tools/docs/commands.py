"""The page of all commands: every option and argument, and what each exit status means."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import typer

from retail_portfolio.cli import app
from retail_portfolio.run.errors import EXIT_STATUS, OUR_FAULT
from tools.docs.markdown import code, plain, table

if TYPE_CHECKING:
    from collections.abc import Iterator

_STATED = "[default:"
PROGRAM = "retail-portfolio"


def page() -> str:
    """Return the page."""
    parts = [
        "# Commands\n",
        (
            f"The program is `.venv/bin/{PROGRAM}`; it finds the checkout from any folder within "
            "it. Answers go to standard output, progress and messages to standard error. "
            "[Operations](../operations.md) says more of runs that nobody watches.\n"
        ),
    ]
    for name, command in commands():
        parts += [f"\n## {name}\n", f"{plain(command.help or '')}\n", _usage(name, command)]
        parts.append(_parameters(command))
    return "\n".join([*parts, _statuses()])


def commands() -> Iterator[tuple[str, Any]]:
    """Yield every command with its whole name, those of groups behind the name of their group."""
    yield from _below("", typer.main.get_command(app))


def _below(prefix: str, group: Any) -> Iterator[tuple[str, Any]]:
    for name, command in sorted(group.commands.items()):
        if getattr(command, "commands", None) is not None:
            yield from _below(f"{prefix}{name} ", command)
        elif not command.hidden:
            yield prefix + name, command


def _usage(name: str, command: Any) -> str:
    words = [PROGRAM, name, "[OPTIONS]"]
    for one in command.params:
        if one.param_type_name == "argument":
            word = one.metavar or one.name.upper()
            words.append(word if one.required or word.startswith("[") else f"[{word}]")
    return "```text\n" + " ".join(words) + "\n```\n"


def _parameters(command: Any) -> str:
    rows = []
    for one in command.params:
        if one.name == "help" or one.hidden:
            continue
        said, default = _default(one)
        rows.append((_spelling(one), plain(said), default))
    return table(("option or argument", "what it is", "default"), rows)


def _spelling(one: Any) -> str:
    if one.param_type_name == "argument":
        return code(one.metavar or one.name.upper())
    if one.is_flag:
        return ", ".join(code(name) for name in one.opts)
    value = one.metavar or _kind(one)
    return ", ".join(code(f"{name} {value}") for name in one.opts)


def _kind(one: Any) -> str:
    annotation = one.type_descriptor.annotation
    members = getattr(annotation, "__members__", None)
    if members:
        return "|".join(str(member.value) for member in members.values())
    return {int: "N", float: "X"}.get(annotation, "TEXT")


def _default(one: Any) -> tuple[str, str]:
    """Return what the help says without its default, and the default."""
    said, _, stated = (one.help or "").partition(_STATED)
    if stated:
        return said, plain(stated.rstrip(" ]"))
    if one.required:
        return said, "must be given"
    if one.is_flag if one.param_type_name == "option" else False:
        return said, "off"
    value = getattr(one.default, "value", one.default)
    return said, "" if value in (None, "", ()) or callable(value) else code(value)


def _statuses() -> str:
    by_status: dict[int, list[str]] = {0: ["It is done."]}
    for kind, status in EXIT_STATUS.items():
        words = inspect.getdoc(kind) or kind.__name__
        by_status.setdefault(status, []).append(" ".join(words.split("\n\n")[0].split()))
    by_status[OUR_FAULT] = ["A fault of the program."]
    rows = [(str(status), plain(" ".join(said))) for status, said in sorted(by_status.items())]
    rows.append(("128 + n", "Ended by the signal n."))
    return "\n## Exit status\n" + table(("status", "meaning"), rows)
