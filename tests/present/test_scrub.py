from __future__ import annotations

import re
from html import escape, unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_portfolio.present.notebooks.scrub import scrub
from retail_portfolio.present.offline import policy
from tests.present.sample import HOSTILE

_QUOTES = """<p title='say "a" &lt;b&gt;' class="it's">a</p>"""


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ("<p>a<script>x()</script>b</p>", "<p>ab</p>"),
        ("<b onclick='x()' class='c'>a</b>", '<b class="c">a</b>'),
        ("<a href='javascript:x()'>a</a>", "<a>a</a>"),
        ("<a href='https://example.org'>a</a>", '<a href="https://example.org">a</a>'),
        ("<a href='02_closure.html'>a</a>", '<a href="02_closure.html">a</a>'),
        ("<img src='http://example.org/a.png' alt='a'>", '<img alt="a">'),
        ("<img src='data:image/png;base64,AA'>", '<img src="data:image/png;base64,AA">'),
        ("<iframe src='https://example.org'></iframe>", ""),
        ("<style>p{color:red}</style>", "<style>p{color:red}</style>"),
        ("<style>p{background:url(x)}</style>", ""),
        ("<form action='x'><input></form>a", "a"),
        ("1 &lt; 2 &amp; 3", "1 &lt; 2 &amp; 3"),
        ("<b>a<i>b", "<b>a<i>b</i></b>"),
        ("a</div></article></main>", "a"),
        ("<div><b>a</div>b</b>", "<div><b>a</b></div>b"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a<li>b</ul>"),
        ("a<br>b</br><hr/>", "a<br>b<hr>"),
        ("a<embed src='x'>b", "ab"),
        ("<plaintext>a<xmp><b>c</b></xmp>", "a<b>c</b>"),
        ('<p title=\'say "a" &lt;b>\' class="it\'s">a</p>', _QUOTES),
        (
            "<svg viewBox='0 0 1 1'><path d='M0'/></svg>",
            '<svg viewbox="0 0 1 1"><path d="M0"></path></svg>',
        ),
    ],
)
def test_what_could_run_or_load_goes_and_the_rest_stays(html, clean):
    assert scrub(html) == clean


def test_a_page_in_a_frame_is_not_made_larger_by_its_quotes():
    page = '<p class="a">it\'s "b" &amp; c</p>' * 50
    clean = scrub(f'<iframe srcdoc="{escape(page)}"></iframe>')
    assert "&quot;" not in clean
    assert unescape(re.search("srcdoc='([^']*)'", clean)[1]) == page


def test_a_frame_keeps_its_page_and_nothing_it_could_break_out_with():
    clean = scrub("<iframe srcdoc='<p>a</p>' sandbox='allow-same-origin' onload='x()'></iframe>")
    assert 'sandbox="allow-scripts allow-popups"' in clean
    assert "allow-same-origin" not in clean
    assert "onload" not in clean


pieces = st.sampled_from(
    [
        *HOSTILE,
        "<svg>",
        "<math>",
        "<style>",
        "</style>",
        "<p ",
        ">",
        "'",
        '"',
        "<div>",
        "</div>",
        "<b>",
        "</b>",
        "</article>",
        "<xmp>",
        "<table><td>",
        "<!--",
        "<i/>",
        "<a ",
    ]
)


class _Depth(HTMLParser):
    """Which elements are open that never close by themselves, and which were closed unopened."""

    def __init__(self) -> None:
        super().__init__()
        self.open, self.stray = [], []

    def handle_starttag(self, tag, attrs):  # noqa: ARG002
        if tag not in {"br", "hr", "img", "p", "td", "tr", "li"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in {"p", "td", "tr", "li"}:
            return
        if not self.open or self.open.pop() != tag:
            self.stray.append(tag)


@pytest.mark.slow
@given(st.lists(pieces | st.text(max_size=8), max_size=8).map("".join))
def test_whatever_comes_in_closes_what_it_opens_and_nothing_else(html):
    depth = _Depth()
    depth.feed(scrub(html))
    depth.close()
    assert (depth.open, depth.stray) == ([], [])


@pytest.mark.slow
@given(st.lists(pieces | st.text(max_size=8), max_size=8).map("".join))
def test_whatever_comes_in_the_page_would_load_and_run_nothing(html):
    assert "script-src 'none'" in policy(f"<p>{scrub(html)}</p>")
