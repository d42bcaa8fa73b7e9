"""What a file's path says about the values in it."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from .candidate import Place
from .late import late


class FileSense(NamedTuple):
    """captions: whether it holds what an interface says, in one language; shell: whether what is in
    single quotes stands as it is, and what is in double quotes does not; verbatim: whether a dollar
    sign in double quotes means nothing."""

    place: Place
    example: bool
    markup: bool
    captions: bool = False
    shell: bool = False
    verbatim: bool = False


class FileForm(NamedTuple):
    """What a file's own name says of it, as of ``FileSense``."""

    place: Place
    markup: bool
    shell: bool
    verbatim: bool


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PAGES = _words("html htm")
_VERBATIM_CODE = _words(
    "py pyi js mjs cjs jsx ts mts cts tsx java go rs c h cc cpp hpp cxx cs vb swift m mm"
)
_VERBATIM = _VERBATIM_CODE | _words("json toml")
"""Where only other brackets, or other quotes, have a program put something in."""
_CODE = _VERBATIM_CODE | _words(
    """
    pyw kt kts scala groovy gradle fs rb rake gemspec php phtml pl pm dart lua r jl ex exs eex heex
    leex erl clj cljs elm hs ml vue svelte sol sql psql pgsql plsql ipynb coffee as asp aspx cshtml
    jsp ejs erb twig haml slim pug hbs liquid ps1 psm1 psd1 graphql graphqls gql proto prisma pp nix
    bicep pas dpr bas vbs cbl cob cpy
    """
)
_PROSE = _PAGES | _words("md markdown rst txt adoc asciidoc tex org textile pod 1 po pot")
_SHELL = _words("sh bash zsh ksh bats env")
_MARKUP = _PAGES | _words("xml config csproj xhtml plist wsdl xaml props targets nuspec resx jsp")
_EXAMPLE = late(
    r"""(?ix)
      (?:^|/)(?:tests?|(?:integration|unit|functional|acceptance|system|smoke|load|api|e2e)[-_]?tests?
        |androidTest|itests?|tests?-support|testing|__tests__|__mocks__|specs?|e2e|fixtures?|testdata|test-data|test_data|mocks?
        |examples?|samples?|demos?|docs?|documentation|tutorials?|cassettes|snapshots|__snapshots__
        |node_modules|vendor|third_party|locales?|i18n|translations|lang)/
    | (?:^|/)(?:test_[^/]*|tests?\.py|conftest\.py|(?:cypress|playwright)\.config\.\w+|[^/]*[._-]
        (?:test|tests|spec|mock|fixture|example|sample|dist|template|tmpl)s?(?:\.[^/]*)?
        |[^/]*Tests?\.(?:java|cs|kt|php|swift)|[^/]*\.(?:md|markdown|rst|adoc|po|pot|snap|ipynb)
        |package-lock\.json|yarn\.lock|pnpm-lock\.yaml|poetry\.lock|Pipfile\.lock|Cargo\.lock|composer\.lock
        |Gemfile\.lock|go\.sum|uv\.lock|[^/]*\.lock|[^/]*\.min\.(?:js|css)|CHANGELOG[^/]*|README[^/]*|LICENSE[^/]*)$
    """
)


_CAPTIONS = late(
    r"(?i)(?:^|/)(?:(?:messages|labels|translations?|validationmessages|resources|strings|i18n)"
    r"(?:[._-][a-z]{2,3}(?:[_-][a-z]{2,4})?)?\.(?:properties|resx|ya?ml|json|xml)"
    r"|[^/]*\.(?:resjson|loc\.json)|(?:locales?|i18n|translations|lang|l10n)/.*)$"
)
_MAY_HAVE_CAPTIONS = (".properties", ".resx", ".yaml", ".yml", ".json", ".xml", ".resjson")


@lru_cache(maxsize=4096)
def file_sense(path: str) -> FileSense:
    """Code, setting or prose, and whether what stands there is likely an example."""
    place, markup, shell, verbatim = file_form(path)
    return FileSense(place, is_example(path), markup, has_captions(path), shell, verbatim)


def has_captions(path: str) -> bool:
    """Whether it holds what an interface says, in one language."""
    clean = _clean(path)
    lowered = clean.lower()
    # Said of each path of a history, and almost none is.
    if not (
        lowered.endswith(_MAY_HAVE_CAPTIONS)
        or "lang/" in lowered
        or "locale" in lowered
        or "translations/" in lowered
        or "i18n/" in lowered
        or "l10n/" in lowered
    ):
        return False
    return _CAPTIONS.search(clean) is not None


def is_example(path: str) -> bool:
    """Whether it is a file of tests, examples or documents."""
    return _EXAMPLE.search(_clean(path)) is not None


def file_form(path: str) -> FileForm:
    """Quicker than all that a path says."""
    base = _clean(path).rsplit("/", 1)[-1].lower()
    suffix = base.rsplit(".", 1)[-1] if "." in base[1:] else ""
    if suffix in _CODE:
        place = Place.CODE
    elif suffix in _PROSE or base.startswith(("readme", "changelog", "license")):
        place = Place.PROSE
    else:
        place = Place.SETTING
    shell = suffix in _SHELL or base.startswith((".env", ".bash", ".zsh", ".profile"))
    return FileForm(place, suffix in _MARKUP, shell, suffix in _VERBATIM)


def _clean(path: str) -> str:
    return path.replace("\\", "/")
