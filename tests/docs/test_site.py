"""The built site: it opens from disk, asks nobody for anything, and no link of it is dead."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.plumbing.checkout import ROOT

pytestmark = pytest.mark.slow
KINDS = [
    "index.html",
    "tutorial/first-report.html",
    "how-to/own-stores.html",
    "explanation/uncertainty.html",
    "model-card.html",
    "operations.html",
    "reference/commands.html",
    "reference/tables.html",
    "reference/assumptions.html",
    "reference/python/model.html",
    "developers/architecture.html",
]
"""One page of each kind."""
PACKED = 12_000_000


class Page(HTMLParser):
    """What a page leads to and what can be led to in it."""

    def __init__(self, text):
        super().__init__()
        self.links, self.fetched, self.ids = [], [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if said.get("id"):
            self.ids.add(said["id"])
        if tag == "a" and said.get("href"):
            self.links.append(said["href"])
        if tag in {"script", "img", "iframe", "source"} and said.get("src"):
            self.fetched.append(said["src"])
        if tag == "link" and said.get("rel") not in {"canonical", "prev", "next"}:
            self.fetched.append(said["href"])


@pytest.fixture(scope="module")
def pages(site):
    found = {path: Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    return {path: page for path, page in found.items() if path.name != "404.html"}


def leads_to(path, link):
    parts = urlsplit(link)
    return (path.parent / unquote(parts.path)).resolve() if parts.path else path, parts.fragment


def test_every_written_page_is_in_the_site(site, pages):
    written = {
        path.relative_to(ROOT / "docs").with_suffix(".html") for path in ROOT.glob("docs/**/*.md")
    }
    assert {site / path for path in written} <= set(pages)
    assert {site / path for path in KINDS} <= set(pages)


def test_no_link_within_the_site_is_dead(pages):
    dead = []
    for path, page in pages.items():
        for link in page.links + page.fetched:
            if urlsplit(link).scheme in {"http", "https", "mailto"}:
                continue
            target, anchor = leads_to(path, link)
            known = pages[target].ids if target in pages else set()
            if not target.exists() or (anchor and anchor not in {*known, "__top"}):
                dead.append(f"{path.name}: {link}")
    assert dead == []


def test_no_page_fetches_from_elsewhere(pages):
    fetched = {link for page in pages.values() for link in page.fetched}
    assert not [link for link in fetched if urlsplit(link).scheme or link.startswith("//")]


def test_no_style_sheet_fetches_from_elsewhere(site):
    for path in site.rglob("*.css"):
        assert not re.findall(r"url\(\s*[\"']?(?!data:|#)(https?:|//)", path.read_text())


def test_formulas_are_formulas(pages):
    for path in pages:
        if "explanation" in path.parts:
            text = path.read_text(encoding="utf-8")
            assert "formulano" not in text
            assert not re.search(r"\$\$|\\frac", re.sub(r"alttext=\"[^\"]*\"", "", text)), path.name
    drawn = [path for path in pages if "<math" in path.read_text(encoding="utf-8")]
    assert len(drawn) >= 8


def test_links_of_the_readme_lead_somewhere():
    for name in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for link in re.findall(r"\]\(((?!https?:)[^)#]+)", text):
            assert (ROOT / link).exists(), f"{name}: {link}"


def test_the_site_is_small(site):
    assert sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) < PACKED


@pytest.mark.browser
@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 380)])
def test_each_kind_of_page_opens_from_disk(site, open_page, name, scheme, width):
    seen = open_page(site / name, width=width, scheme=scheme)
    seen.page.locator("h1").first.wait_for()
    seen.check()
    ground = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", ground)[:3])) < 3 * 128) == (scheme == "dark")
    size = seen.page.evaluate("getComputedStyle(document.querySelector('.md-typeset')).fontSize")
    assert size == "16px"


@pytest.mark.browser
def test_search_finds_pages_from_disk(site, open_page):
    seen = open_page(site / "index.html")
    seen.page.locator("input[name=query]").click()
    seen.page.keyboard.type("sublease")
    found = seen.page.locator(".md-search-result__link").first
    found.wait_for(timeout=30_000)
    target = seen.page.evaluate("one => one.href", found.element_handle())
    assert Path(urlsplit(target).path).name.endswith(".html")
    seen.check()


@pytest.mark.browser
def test_a_formula_is_drawn(site, open_page):
    seen = open_page(site / "explanation/closure.html")
    box = seen.page.locator("math[display=block]").first.bounding_box()
    assert box["width"] > 50
    assert box["height"] > 10
    assert seen.page.locator("math mfrac, math msub").count() > 5
