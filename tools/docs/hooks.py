"""What mkdocs calls while it builds the site: generated pages, formulas, files of the top level.

A page that cannot be generated ends the build. Nothing generated is written beside the sources.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

from retail_portfolio.inputs.folders import checkout_root
from tools.docs import commands, formulas, glossary, ledger, python_api, results, settings, tables
from tools.docs.python_api import FLOORS

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

#: Page of the site to what makes it.
GENERATED: Final[dict[str, Callable[[], str]]] = {
    "reference/commands.md": commands.page,
    "reference/tables.md": tables.page,
    "reference/report.md": results.page,
    "reference/scenario.md": settings.page,
    "reference/assumptions.md": ledger.page,
    "reference/glossary.md": glossary.page,
    **{f"reference/python/{floor}.md": partial(python_api.page, floor) for floor in FLOORS},
}
#: File of the top level to its page; a link from one to another leads to the other's page.
TOP_LEVEL: Final = {
    "CONTRIBUTING.md": "developers/contributing.md",
    "ARCHITECTURE.md": "developers/architecture.md",
    "CHANGELOG.md": "developers/changelog.md",
}
_LINK = re.compile(r"\[([^\]]+)\]\(((?!https?:)[^)#]+)(#[^)]*)?\)")
_FORMULAS = "formulas"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made from the code and from files of the top level."""
    for uri, make in GENERATED.items():
        try:
            text = make()
        except Exception as error:
            raise PluginError(f"{uri} could not be generated: {error}") from error
        files.append(File.generated(config, uri, content=text))
    for name, uri in TOP_LEVEL.items():
        text = (checkout_root() / name).read_text(encoding="utf-8")
        files.append(File.generated(config, uri, content=_within_site(text)))
    return files


def _within_site(text: str) -> str:
    """Lead links to other pages of the site there, and leave of others what they say."""

    def led(found: re.Match[str]) -> str:
        words, target, anchor = found[1], found[2], found[3] or ""
        if target in TOP_LEVEL:
            return f"[{words}]({TOP_LEVEL[target].partition('/')[2]}{anchor})"
        if target.startswith("docs/") and target.endswith(".md"):
            return f"[{words}](../{target.removeprefix('docs/')}{anchor})"
        return words

    return _LINK.sub(led, text)


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Take the formulas out of a page that somebody wrote."""
    if page.file.generated_by:
        return markdown
    try:
        text, made = formulas.put_aside(markdown)
    except formulas.FormulaError as error:
        raise PluginError(f"{page.file.src_uri}: {error}") from error
    page.meta[_FORMULAS] = made
    return text


def on_page_content(html: str, page: Page, **_: object) -> str:
    """Put the formulas back."""
    return formulas.put_back(html, page.meta.get(_FORMULAS, []))
