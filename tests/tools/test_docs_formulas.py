"""Formulas of the documentation: MathML in their places, nothing else touched, faults named."""

from __future__ import annotations

import pytest

from tools.docs.formulas import FormulaError, mathml, put_aside, put_back


def through(page):
    text, made = put_aside(page)
    return put_back(text, made)


def test_a_formula_in_a_line():
    html = through("so that $x_i^2$ grows")
    assert html.startswith('so that <math alttext="x_i^2"')
    assert html.endswith("</math> grows")
    assert "<msubsup>" in html
    assert "<mi>x</mi><mi>i</mi><mn>2</mn>" in html


def test_a_formula_of_its_own():
    html = through("is\n\n$$\n\\frac{a}{b}\n$$\n\nwhere")
    assert '<div class="formula"><math' in html
    assert 'display="block"' in html
    assert "<mfrac>" in html


@pytest.mark.parametrize(
    "text",
    [
        "costs 5 $ or $ 6",
        "`$x$` as written",
        "```sh\necho $HOME $PATH\n```",
        "~~~text\n$$\nx\n$$\n~~~",
        r"a price of \$5 and \$6",
        "from $5 to $6",
    ],
)
def test_what_is_no_formula_stays(text):
    assert put_aside(text) == (text, [])


def test_two_formulas_come_back_in_their_places():
    text, made = put_aside("$a$ and $b$")
    assert len(made) == 2
    assert "<mi>b</mi>" in put_back(text.split(" and ")[1], made)
    assert "<mi>a</mi>" not in put_back(text.split(" and ")[1], made)


def test_the_latex_is_said_for_whoever_cannot_see_it():
    assert 'alttext="a &lt; &quot;b&quot;"' in mathml('a < "b"', block=False)


@pytest.mark.parametrize(
    "latex", [r"\frac", r"\nosuch x", r"\left( a", r"\begin{array}a\end{array}"]
)
def test_what_cannot_be_read_is_named(latex):
    with pytest.raises(FormulaError) as raised:
        put_aside(f"$$\n{latex}\n$$")
    assert latex in str(raised.value).replace("\\\\", "\\")
