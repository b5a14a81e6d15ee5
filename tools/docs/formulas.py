r"""Formulas of the pages as MathML, made when the site is built, so that no script is needed.

In a page a formula stands as LaTeX: `$...$` within a line, or `$$` on lines of their own around it.
Neither is looked for in code. Markdown is handed a name in its place, which becomes the formula
once the page is HTML; else an underscore of the formula would be taken for emphasis.
"""

from __future__ import annotations

import re
from html import escape

from latex2mathml.converter import convert

_CODE = re.compile(r"^(```|~~~).*?^\1[ \t]*$|`[^`\n]+`", re.DOTALL | re.MULTILINE)
_BLOCK = re.compile(r"^\$\$\n(.+?)\n\$\$$", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"(?<![\\$])\$(?=[^\s$])([^$\n]*[^\s$\\])\$(?!\d)")
_NAME = "formulano{}x"
_NAMED = re.compile(r"formulano(\d+)x")


class FormulaError(ValueError):
    """A formula that is no LaTeX."""


def mathml(latex: str, *, block: bool) -> str:
    """
    Return a formula as MathML.

    Parameters
    ----------
    latex
        The formula.
    block
        Whether it stands on lines of its own.

    Returns
    -------
    str
        A `math` element that names its LaTeX for whoever cannot see it.

    Raises
    ------
    FormulaError
        If the formula cannot be read.
    """
    if "\\begin" in latex:
        raise FormulaError(f"no environments, a block a line instead: {latex!r}")
    try:
        made = convert(latex, display="block" if block else "inline")
    except Exception as error:
        raise FormulaError(f"no formula: {latex!r} ({type(error).__name__}: {error})") from error
    if "\\" in re.sub(r"<[^>]*>", "", made):
        raise FormulaError(f"a command that is not known in {latex!r}")
    return made.replace("<math ", f'<math alttext="{escape(" ".join(latex.split()))}" ', 1)


def put_aside(markdown: str) -> tuple[str, list[str]]:
    """
    Take the formulas out of a page.

    Parameters
    ----------
    markdown
        The page.

    Returns
    -------
    tuple
        The page with a name for each formula, and the formulas as MathML.

    Raises
    ------
    FormulaError
        If one of them cannot be read.
    """
    made: list[str] = []

    def kept(latex: str, *, block: bool) -> str:
        made.append(mathml(latex, block=block))
        name = _NAME.format(len(made) - 1)
        return f'\n<div class="formula">{name}</div>\n' if block else name

    def replaced(text: str) -> str:
        text = _BLOCK.sub(lambda found: kept(found[1], block=True), text)
        return _INLINE.sub(lambda found: kept(found[1], block=False), text)

    parts, start = [], 0
    for found in _CODE.finditer(markdown):
        parts += [replaced(markdown[start : found.start()]), found[0]]
        start = found.end()
    return "".join([*parts, replaced(markdown[start:])]), made


def put_back(html: str, formulas: list[str]) -> str:
    """Return a page with its formulas in the places of their names."""
    return _NAMED.sub(lambda found: formulas[int(found[1])], html)
