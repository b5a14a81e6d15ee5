from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_portfolio.present.offline import policy
from retail_portfolio.present.scrub import scrub
from tests.present.sample import HOSTILE


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
        ("<iframe src='https://example.org'></iframe>", "</iframe>"),
        ("<style>p{color:red}</style>", "<style>p{color:red}</style>"),
        ("<style>p{background:url(x)}</style>", ""),
        ("<form action='x'><input></form>a", "a"),
        ("1 &lt; 2 &amp; 3", "1 &lt; 2 &amp; 3"),
        (
            "<svg viewBox='0 0 1 1'><path d='M0'/></svg>",
            '<svg viewbox="0 0 1 1"><path d="M0"></path></svg>',
        ),
    ],
)
def test_what_could_run_or_load_goes_and_the_rest_stays(html, clean):
    assert scrub(html) == clean


def test_a_frame_keeps_its_page_and_nothing_it_could_break_out_with():
    clean = scrub("<iframe srcdoc='<p>a</p>' sandbox='allow-same-origin' onload='x()'></iframe>")
    assert 'sandbox="allow-scripts allow-popups"' in clean
    assert "allow-same-origin" not in clean
    assert "onload" not in clean


pieces = st.sampled_from([*HOSTILE, "<svg>", "<math>", "<style>", "</style>", "<p ", ">", "'", '"'])


@given(st.lists(pieces | st.text(max_size=8), max_size=8).map("".join))
def test_whatever_comes_in_the_page_would_load_and_run_nothing(html):
    assert "script-src 'none'" in policy(f"<p>{scrub(html)}</p>")
