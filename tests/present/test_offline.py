from __future__ import annotations

import base64
import hashlib
import re
from html import unescape

import folium
import pytest
from folium.plugins import HeatMap, MarkerCluster

from retail_portfolio.present.offline import (
    Inline,
    OfflineError,
    frame,
    offline_page,
    policy,
)

PAGE = "<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"


def page(body: str = "", head: str = "") -> str:
    return PAGE.format(head=head, body=body)


def plain_map() -> folium.Map:
    fmap = folium.Map(location=[40, -100], tiles=None, max_zoom=12)
    cluster = MarkerCluster().add_to(fmap)
    folium.Marker([41, -100], popup="a popup").add_to(cluster)
    return fmap


def hashes(html: str) -> set[str]:
    found = set()
    for script in re.findall(r"<script(?![^>]*json)[^>]*>(.*?)</script>", html, re.DOTALL):
        found.add(f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'")
    return found


def test_a_stock_folium_map_becomes_one_file_that_asks_for_nothing():
    html = offline_page(plain_map(), title="A <map>", lang="en")
    assert '<html lang="en">' in html
    assert "<title>A &lt;map&gt;</title>" in html
    assert 'content="width=device-width, initial-scale=1"' in html
    assert html.index("content-security-policy") < html.index("<script")
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=.http", html)
    for word in (
        "cdn.jsdelivr",
        "bootstrap.min",
        "awesome-markers",
        "glyphicons",
        "sourceMappingURL",
    ):
        assert word not in html
    for word in ("L.markerClusterGroup", "Leaflet 1.9", "jQuery"):
        assert word in html


def test_the_policy_names_exactly_the_scripts_of_the_page():
    html = offline_page(plain_map(), title="t")
    said = re.search(r"script-src ([^;]*);", html)[1].split()
    assert set(said) == hashes(html)
    assert "default-src 'none'" in html
    assert "unsafe-eval" not in html


def test_equal_maps_give_equal_bytes():
    assert offline_page(plain_map(), title="t") == offline_page(plain_map(), title="t")


def test_a_text_that_looks_like_an_id_stays_as_it_is():
    fmap = plain_map()
    name = "0123456789abcdef0123456789abcdef"
    folium.Marker([41, -100], popup=name).add_to(fmap)
    assert name in offline_page(fmap, title="t")


def test_a_page_without_jquery_in_use_does_not_carry_it():
    assert "jQuery" not in offline_page(folium.Map(tiles=None), title="t")


@pytest.mark.parametrize(
    "body",
    [
        '<img src="http://example.org/a.png">',
        '<img src="a.png">',
        '<img srcset="//example.org/a.png 2x">',
        '<script src="https://example.org/a.js"></script>',
        '<iframe src="https://example.org"></iframe>',
        '<video poster="a.png"></video>',
        '<style>@import "a.css";</style>',
        "<style>p{background:url(http://example.org/a.png)}</style>",
        "<p style=\"background:url('//example.org/a.png')\">",
        '<svg><image href="https://example.org/a.png"/></svg>',
        '<svg><use xlink:href="a.svg#b"/></svg>',
        '<meta http-equiv="refresh" content="0;url=https://example.org">',
        '<b onclick="a()">',
        '<a href="java\tscript:a()">x</a>',
        '<script>L.tileLayer("https://tile.example.org/{z}.png")</script>',
        '<script>fetch("//example.org")</script>',
        "<iframe srcdoc='<img src=&quot;https://example.org/a.png&quot;>'></iframe>",
        "<object data='a.swf'></object>",
    ],
)
def test_whatever_would_load_or_run_is_an_error(body):
    with pytest.raises(OfflineError, match="would not work offline"):
        offline_page(page(body), title="t")


@pytest.mark.parametrize(
    "body",
    [
        '<a href="https://example.org">a source</a>',
        '<img src="data:image/png;base64,AA==">',
        '<svg><use href="#a"/></svg>',
        "<style>p{background:url(data:image/png;base64,AA==)}</style>",
        "<script>const home = 'https://example.org/';</script>",
        '<p onemore="1" data-x="http://x">'.replace("onemore", "lang"),
    ],
)
def test_what_loads_nothing_stays(body):
    assert body in offline_page(page(body), title="t")


def test_folium_icons_and_unknown_plugins_are_refused_by_name():
    fmap = folium.Map(tiles=None)
    folium.Marker([0, 0], icon=folium.Icon(color="red")).add_to(fmap)
    with pytest.raises(OfflineError, match=r"folium\.Icon"):
        offline_page(fmap, title="t")
    heat = folium.Map(tiles=None)
    HeatMap([[0, 0]]).add_to(heat)
    with pytest.raises(OfflineError, match="leaflet_heat"):
        offline_page(heat, title="t")


def test_tiles_are_shown_only_where_somebody_asked_for_their_host():
    fmap = folium.Map(tiles="https://tile.example.org/{z}/{x}/{y}.png", attr="Somebody")
    with pytest.raises(OfflineError, match=r"tile\.example\.org"):
        offline_page(fmap, title="t")
    html = offline_page(fmap, title="t", hosts=["https://tile.example.org"])
    assert "img-src data: https://tile.example.org;" in html
    with pytest.raises(OfflineError):
        offline_page(fmap, title="t", hosts=["https://tile.example.or"])


def test_a_page_in_a_frame_keeps_its_text_and_the_page_around_names_its_scripts():
    inner = offline_page(page("<script>a = '&amp; \"quotes\"';</script>"), title="inner")
    outer = offline_page(page("<script>b = 1;</script>" + frame(inner, title="in")), title="outer")
    assert unescape(re.search(r"srcdoc='([^']*)'", outer)[1]) == inner
    assert hashes(inner) <= set(re.search(r"script-src ([^;]*);", outer)[1].split())
    assert len(re.search(r"script-src ([^;]*);", outer)[1].split()) == 2
    assert 'sandbox="allow-scripts allow-popups"' in outer


def test_a_page_without_scripts_allows_none():
    assert "script-src 'none'" in policy(page("<p>text</p>"))


def test_a_notebook_shows_a_page_in_a_frame():
    shown = Inline("<p>it's</p>", "a map")._repr_html_()
    assert shown.startswith("<iframe")
    assert "it&#39;s" in shown


def test_a_page_has_one_title_and_is_none_where_something_would_be_loaded():
    assert offline_page(page("<p>text</p>"), title="t").count("<title>") == 1
    with pytest.raises(OfflineError):
        offline_page(page("<img src=x>"), title="t")
