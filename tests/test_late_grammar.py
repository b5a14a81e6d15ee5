"""The grammar of web addresses is put off, and there as ever when it is asked for."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent

import pytest

pytestmark = pytest.mark.slow


def said(code: str) -> str:
    """What a fresh interpreter prints."""
    run = [sys.executable, "-W", "error", "-c", dedent(code)]
    return subprocess.run(run, check=True, capture_output=True, text=True, timeout=120).stdout


def test_a_chart_is_drawn_without_it() -> None:
    assert (
        said("""
        import sys
        import retail_portfolio
        import altair, nbformat
        print("rfc3987_syntax" in sys.modules, "rfc3987_syntax.syntax_helpers" in sys.modules)
        """)
        == "True False\n"
    )


def test_an_address_is_checked_as_without_this_package() -> None:
    code = """
        {first}
        from jsonschema import Draft7Validator
        checker = Draft7Validator.FORMAT_CHECKER
        for text in ("https://example.org/\u00e9", "no address", ""):
            print(checker.conforms(text, "iri"), checker.conforms(text, "iri-reference"))
        """
    late = said(code.format(first="import retail_portfolio"))
    assert late == said(code.format(first=""))
    assert {"True", "False"} <= set(late.split())


def test_all_else_that_the_package_has_is_there() -> None:
    assert (
        said("""
        import retail_portfolio
        import rfc3987_syntax
        print(rfc3987_syntax.parse("iri", "https://a.org").data)
        print(rfc3987_syntax.is_valid_syntax("iri", "a:b"), hasattr(rfc3987_syntax, "nothing"))
        """)
        == "iri\nTrue False\n"
    )


def test_one_that_is_there_already_is_left_alone() -> None:
    assert (
        said("""
        import rfc3987_syntax
        before = rfc3987_syntax.is_valid_syntax
        import retail_portfolio
        print(rfc3987_syntax.is_valid_syntax is before)
        """)
        == "True\n"
    )
