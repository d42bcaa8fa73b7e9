"""What one process finds in a text by looking only where the first pass points, compared with the
detector's judgement of the whole text."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secretshift.detection.candidate import Place
from secretshift.detection.paths import file_sense
from secretshift.detection.sweep import Sweep, Why
from secretshift.history.deltas import FAR, windows
from secretshift.history.file_classes import whole_form
from secretshift.history.fresh import Fresh, Memory, Windows
from secretshift.history.looking import Looker
from secretshift.history.native import built
from secretshift.history.packs import Damaged, Pack
from secretshift.history.spots import as_utf8, cut_of, spot_of
from tests.bench.quality_set import files

from . import texts
from .looks import search, setting, value
from .repositories import Change, git, made, packed

NATIVE = built()

SHARED = settings(
    max_examples=texts.LONG or 60,
    deadline=None,
    derandomize=not texts.LONG,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def found(sweep: Sweep, path: str, text: str) -> set[str]:
    """With memory of lines and without."""
    ways = [Windows(), *([Memory(NATIVE, 1)] if NATIVE is not None else [])]
    first, *others = [found_by(way, sweep, path, text) for way in ways]
    assert all(other == first for other in others)
    return first


def found_by(fresh: Fresh, sweep: Sweep, path: str, text: str) -> set[str]:
    program = file_sense(path).place is Place.CODE
    whole = bool(whole_form(path))
    looker = Looker(
        Path("/nowhere"),
        None,  # type: ignore[arg-type]  no object is asked for
        sweep,
        lambda _name: (0,),
        [path],
        frozenset({0} if whole else ()),
        frozenset({0} if program else ()),
        frozenset(),
        1 << 22,
        fresh,
    )
    looker._alone(b"\1" * 20, text.encode("utf-8", "surrogatepass"))
    return {one.secret.reveal() for held in looker._looked.held for _kind, one in held.verdicts}


def missed(sweep: Sweep, path: str, text: str) -> list[str]:
    """The lines of what is not found, those of the secrets that stand on long lines left out: of
    such a line only a part is looked at, here and there another one."""
    got = found(sweep, path, text)
    # As the file itself is read.
    text = as_utf8(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")
    text = text.removeprefix("\ufeff")
    wrong = []
    for one in sweep.detector.text(path, text):
        begin, end = text.rfind("\n", 0, one.offset) + 1, text.find("\n", one.end)
        line = text[begin : len(text) if end < 0 else end]
        if one.secret.reveal() not in got and max(map(len, line.split("\n"))) <= FAR:
            above = text[:begin].split("\n")[-4:]
            wrong.append("\n".join([path, *above, line]))
    return wrong


@SHARED
@given(st.integers(0, 1 << 32))
def test_edited_texts_of_every_grammar(detector, seed):
    rng = random.Random(seed)
    text = texts.filler(rng) + rng.choice(texts.SNIPPETS)(rng) + texts.filler(rng)
    for _ in range(rng.randint(0, 3)):
        text = texts.edited(rng, text)
    assert missed(Sweep(detector), rng.choice(texts.PATHS), text) == []


@SHARED
@given(st.integers(0, 1 << 32))
def test_what_stands_in_the_tables_is_found_however_it_is_written(detector, seed):
    sweep, rng, lost = Sweep(detector), random.Random(seed), []
    for _ in range(6):
        path, text = texts.from_any_table(rng)
        text = texts.written_otherwise(rng, text)
        if rng.random() < 0.3:
            text = texts.filler(rng) + text + texts.filler(rng)
        lost += missed(sweep, path, text)
    assert lost == [], "\n\n".join(lost)


def test_the_files_of_the_tables(detector):
    sweep = Sweep(detector)
    rows = [(path, text) for path, text, _secret in texts.ROWS]
    rows += [(one.path, one.made.text) for half in ("a", "b") for one in files(half)]
    wrong = [one for path, text in rows for one in missed(sweep, path, text)]
    assert wrong == [], "\n\n".join(wrong)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("hub/Dockerfile", "RUN useradd -m -p $(openssl passwd -1 rhea) rhea"),
        ("docs/mail.md", "  user 'john.doe' pass 'sesame' is 'johnny@example.com'"),
        ("src/test/java/Properties.java", '.withPropertyValues("spring.mongodb.password:word")'),
        ("src/App.java", '.withPropertyValues("spring.mail.password:tuqe7Kx")'),
        ("a.js", 'x = "client.auth(\\"password\\", \\"k4hnUfer-29S\\")";'),
        ("a.js", 'const datadogApiKey =\n  "d7c815e2a49b6f03c1e85d2a7b94f60e";\n'),
        ("a.yml", f"cloudflare_token:\n  {'Kx7vQp2mZr' * 4}\n"),
        ("a.go", 's := "DB_PASSWORD=Oymcl3772!\\n"\n'),
        ("a.py", f'env = ["AZDO_PAT={"k4hnufer29stegx7" * 2}"]\n'),
        ("a.ps1", '$pat   = "Kx7vQp2mZr9Tw4Ln8BcYd3Hj6FsGa1Ve"\n'),
        ("x", "machine a login b\n;  password aIlNqQqL2225!\n"),
        ("a.sql", "CREATE USER hr IDENTIFIED BY\u00a0Kahn2Ufer DEFAULT TABLESPACE users;\n"),
        ("a_test.go", f"var expectedKSigning = '{'1f0c9e4b' * 7}2d7a'"),
        ("a.robot", "*** Variables ***\n${PASSWORD}           mapleTiger97\n"),
        ("vhost.conf", "    SessionCryptoPassphrase p4ss-the-phrase"),
        ("a.h", '\ufeff#define kBasicAuthPassword @"huctdf28"\n'),
        ("a.py", 'os.environ["ADO_PAT"] =            "0a1b2c3d4e5f60718293a4b5c6d7e8f9"\n'),
        ("a.cpp", 'echo "AZDO_PAT=0a1b2c3d4e5f60718293a4b5c6d7e8f9" >> x\n'),
        ("a.yaml", '{"a": "  password: \\"$DATABASE_PASSWORD:birchUfer29\\"\\n"}\n'),
        ("a.py", '"x": "spring.datasource.password=Summer2022$"'),
        ("a.py", 'open("x", "password=  kahn-Ufer-29 host   =   db user   =   a")\n'),
        ("a.java", 'x("-Dpassword= pd.license=F3ZY6-PLRUV-4NOPI-G9DJ1 y");\n'),
        ("a.md", "- \"New-SmbMapping -RemotePath 'x' -Password  Drop20drop\"\n"),
        ("a.robot", "  Input Password          id=pw    hunter22\n"),
        ("docs/a.adoc", "![](http://files.example.org/fetch?t=13758&tok=845290&media=a.png)"),
    ],
)
def test_lines_of_public_repositories_that_were_missed(detector, path, text):
    assert detector.text(path, text.removeprefix("\ufeff"))
    assert missed(Sweep(detector), path, text) == []


def test_a_line_that_is_pointed_at_twice_is_judged_with_what_stands_above_it(detector):
    rng = random.Random(7)
    named, plain = texts.hexadecimal(rng), "sk_" + "live_" + texts.word(rng, 24)
    for line in (f'"Value": "{named}" x = {plain}', f'x = {plain} "Value": "{named}"'):
        text = f'{{"Key": "API_TOKEN",\n{line}\n'
        judged = {one.secret.reveal() for one in detector.text("a.json", text)}
        assert found(Sweep(detector), "a.json", text) >= judged >= {plain}


def endless(rng: random.Random) -> str:
    """One line of a few thousand characters."""
    parts: list[str] = []
    while sum(map(len, parts)) < 9000:
        part = rng.choice(texts.SNIPPETS)(rng) if rng.random() < 0.12 else texts.filler(rng)
        parts.append(part.replace("\n", rng.choice(("\\n", ";", " ", ","))))
    return "".join(parts)


def test_of_a_line_without_an_end_nearly_everything_is_found(detector):
    """Not all: where a value goes on for hundreds of characters, the cut decides how far."""
    sweep, held, lost = Sweep(detector), 0, 0
    for seed in range(150):
        rng = random.Random(seed)
        text, path = endless(rng), rng.choice(texts.PATHS)
        got = found(sweep, path, text)
        whole = {one.secret.reveal() for one in detector.text(path, text)}
        held += len(whole)
        lost += len(whole - got)
    assert held > 300
    assert lost <= held // 200


def test_of_a_line_without_an_end_only_what_stands_around_telling_words_is_judged(detector):
    judged: list[str] = []

    class Listening:
        def __getattr__(self, name: str):
            return getattr(detector, name)

        def assigned(self, path: str, text: str, **how: bool):
            judged.append(text)
            return detector.assigned(path, text, **how)

    sweep = Sweep(detector)
    sweep.detector = Listening()
    code = "function(e){this.apiToken=e;return t.passwordField=n(e)}," * 200
    password = "Lantern-" + "7741-orbit"
    got = found(sweep, "bundle.js", f'{code}dbPassword="{password}",{code}')
    assert got == {password}
    assert judged and all(password in text and len(text) < 1000 for text in judged)


@pytest.mark.parametrize("first", [True, False])
def test_a_short_line_beside_one_without_an_end_is_no_part_of_it(first):
    short, much = b'mySalt: str = "x"', b"y" * 9000
    content = short + b"\n" + much if first else much + b"\n" + short
    begin, end = (0, 500) if first else (len(much) - 400, len(content))
    cut = cut_of(content, begin, end)
    assert cut == (not first, first)
    spot = spot_of(content, content.index(b'"'), begin, end, Why.QUOTED, cut)
    assert content[spot.begin : spot.end] == short
    assert not spot.amid
    assert spot_of(content, content.index(b"y" * 99), begin, end, Why.QUOTED, cut).amid


def made_up(rng: random.Random, length: int) -> str:
    return "".join(rng.choice("abcdefghkmnpqrstuvwxyzABCDEFGHKMNP2345679+/") for _ in range(length))


@pytest.mark.parametrize("length", [300, 590, 900, 1500])
@pytest.mark.parametrize("written", ['"sessionToken":"{}"', '\\"sessionToken\\": \\"{}\\"'])
def test_a_value_on_a_line_without_an_end_is_taken_whole(detector, written, length):
    rng = random.Random(length)
    token = made_up(rng, length)
    before, behind = (",".join(f'"{n}":"of no use"' for n in range(400)) for _ in range(2))
    text = f"{{{before},{written.format(token)},{behind}}}"
    told = {one.secret.reveal() for one in detector.text("bundle.json", text)}
    assert told == {token}
    assert found(Sweep(detector), "bundle.json", text) == told


def test_windows_of_a_delta_cut_no_value_in_two():
    rng = random.Random(3)
    token = made_up(rng, 3 * FAR)
    content = f'{{"a":"{"x " * FAR}","token":"{token}","b":"{"x " * FAR}"}}'.encode()
    at = content.index(b'"token"')
    ((begin, end),) = windows(content, [(at, at + 1)])
    assert begin < at
    assert content[end:].startswith(b',"b"')


def test_what_many_versions_bring_to_the_same_base_is_looked_at_once(
    detector, monkeypatch, tmp_path
):
    rng = random.Random(11)
    base = [f"line {rng.random()}" for _ in range(400)]
    held = 'db_password = "kahn-Ufer-29"'
    changes = []
    for number in range(8):
        lines = [*base[:200], held, *base[200:], f"only here: {number}"] if number else [*base] * 2
        wrote = {b"settings.py": "\n".join(lines).encode()}
        changes.append(Change(f"refs/heads/b{number}", (0,) if number else (), wrote))
    folder = made(tmp_path / "repository", changes)
    packed(folder, "--depth=1")
    looked_at: list[bytes] = []
    points = Sweep.points

    def noted(sweep: Sweep, data: bytes) -> Iterator[tuple[int, Why]]:
        looked_at.append(data)
        return points(sweep, data)

    monkeypatch.setattr(Sweep, "points", noted)
    (places,) = search(folder, detector).places.values()
    assert [place.path for place in places] == ["settings.py"]
    assert sum(data.count(held.encode()) for data in looked_at) == 1


@pytest.mark.parametrize("at", range(560, 640, 7))
def test_a_value_behind_a_name_at_the_end_of_a_window_is_read(detector, at) -> None:
    first, second = "Lantern-" + "7741-orbit", "Copper-" + "9182-meadow"
    filler = "x=[1,2,3];" * 800
    begin = f'{filler}{{"password":"{first}",'
    text = f'{begin}{("y[1]=2;" * 200)[: at - 30]}"password":"{second}"}};{filler}'
    assert {one.secret.reveal() for one in detector.text("bundle.js", text)} == {first, second}
    assert found(Sweep(detector), "bundle.js", text) == {first, second}


@pytest.mark.parametrize("unread", ["one", "two"])
def test_a_version_that_git_has_to_read_hides_none_beside_it(
    tmp_path, detector, monkeypatch, unread
):
    """The very same line stands in both, which hang on one version before them."""
    rng = random.Random(1)
    lines = b"".join(b"line %d %d\n" % (n, rng.getrandbits(60)) for n in range(300))
    line = setting(value())
    changes = [
        Change("refs/heads/main", (), {b"z/s.env": lines}),
        Change("refs/heads/main", (0,), {b"a/s.env": _with(lines, 2000, line + b"only in one\n")}),
        Change("refs/heads/main", (1,), {b"b/s.env": _with(lines, 4000, line + b"only in two\n")}),
    ]
    made(tmp_path / "r", changes)
    git(tmp_path / "r", "repack", "-adfq", "--depth=1", "--window=50")
    applied = Pack.applied

    def broken(self: Pack, base: bytes, delta: bytes) -> bytes:
        content = applied(self, base, delta)
        if b"only in " + unread.encode() in content:
            raise Damaged
        return content

    monkeypatch.setattr(Pack, "applied", broken)
    found = search(tmp_path / "r", detector)
    paths = {at.path for places in found.places.values() for at in places}
    assert paths == {"a/s.env", "b/s.env"}


def _with(lines: bytes, at: int, more: bytes) -> bytes:
    return lines[:at] + b"\n" + more + lines[at:]
