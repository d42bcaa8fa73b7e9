"""Lines around a finding hold no value, whatever else stands in the file."""

from __future__ import annotations

import base64
import html
import json
import string
import tempfile
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secretshift.model.errors import Moved
from secretshift.model.findings import FileLocation
from secretshift.model.secret_value import MASK
from secretshift.workflow.context import context
from secretshift.workflow.masking import LONGEST, masked_lines
from tests.security.sweep import Sweep
from tests.unit.workflow.conftest import Desk

VALUE = "kanarie-" + "Vogel!8831"
OTHER = "zeisig-" + "Fink!4402"
BODY = [base64.b64encode(bytes(range(n, n + 48))).decode() for n in range(0, 192, 24)]
PEM = "\n".join(["-----BEGIN " + "PRIVATE KEY-----", *BODY, "-----END " + "PRIVATE KEY-----"])


def texts(desk, line, path="app.env", around=4):
    location = FileLocation(str(desk.folder), path, line, 1)
    return context(desk.services(), location, around=around)


def test_the_lines_around_with_every_value_masked_the_neighbours_too(desk):
    desk.write(
        "app.env",
        f"# settings\nLOG_LEVEL=info\nADMIN_PASSWORD={OTHER}\n"
        f"DB_PASSWORD={VALUE}\nPORT=5432\nREGION=eu\n",
    )
    shown = texts(desk, 4, around=2)
    assert [(row.number, row.text, row.here) for row in shown] == [
        (2, "LOG_LEVEL=info", False),
        (3, f"ADMIN_PASSWORD={MASK}", False),
        (4, f"DB_PASSWORD={MASK}", True),
        (5, "PORT=5432", False),
        (6, "REGION=eu", False),
    ]


def test_a_mask_tells_no_length(desk):
    desk.write("app.env", "A_PASSWORD=short-Fink!1\nB_PASSWORD=a-very-much-longer-Fink!1\n")
    first, second, _end = (row.text.partition("=")[2] for row in texts(desk, 1))
    assert first == second == MASK


def test_the_same_value_where_no_engine_sees_it(desk):
    desk.write(
        "app.py",
        f"# once it was {VALUE} here\nPASSWORD = {VALUE!r}\n"
        f"note = 'ask for {VALUE.upper()} or {quote(VALUE, safe='')}'\n"
        f"blob = '{base64.b64encode(f'x{VALUE}y'.encode()).decode()}'\n"
        f"hexed = '{VALUE.encode().hex()}'\n",
    )
    shown = "\n".join(row.text for row in texts(desk, 2, "app.py"))
    assert not Sweep({"value": VALUE}).of(shown.encode())
    assert VALUE.upper() not in shown
    assert "once it was" in shown and "ask for" in shown


def test_what_a_comment_calls_no_secret_is_masked_as_well(desk):
    desk.write(
        "app.py",
        f"password = '{VALUE}'  # pragma: allowlist secret\n"
        f"# pragma: allowlist nextline secret\nadmin_password = '{OTHER}'\nx = 1\n",
    )
    shown = "\n".join(row.text for row in texts(desk, 4, "app.py"))
    assert VALUE not in shown and OTHER not in shown


def test_every_line_of_a_key_is_masked_also_where_only_its_middle_is_shown(desk):
    desk.write("key.py", f"KEY = '''{PEM}'''\nx = 1\n")
    desk.write("key.yaml", "key: |\n" + "".join(f"  {row}\n" for row in PEM.split("\n")))
    desk.write("key.env", "KEY=" + json.dumps(PEM) + "\n")
    for path, last in (("key.py", 11), ("key.yaml", 11), ("key.env", 1)):
        for line in range(1, last + 1):
            shown = "\n".join(row.text for row in texts(desk, line, path, around=1))
            assert not any(row in shown for row in BODY), (path, line)


def test_half_a_key_is_masked_though_no_engine_takes_it_for_one(desk):
    desk.write("key.txt", "-----BEGIN " + "PRIVATE KEY-----\n" + "\n".join(BODY))
    shown = "\n".join(row.text for row in texts(desk, 3, "key.txt"))
    assert not any(row in shown for row in BODY)


def test_what_looks_made_by_a_machine_is_masked_whatever_it_is(desk):
    token = "Qw83hdkVpe71" + "Ln52xbqSe94"
    desk.write("notes.txt", f"the session of yesterday was {token} and it went well\n")
    (row,) = texts(desk, 1, "notes.txt")[:1]
    assert row.text == f"the session of yesterday was {MASK} and it went well"


def test_a_line_that_is_too_long_is_cut_after_it_was_masked(desk):
    desk.write("app.js", f'{"a b;" * 300}password="{VALUE}";{"c d;" * 300}\n')
    row = texts(desk, 1, "app.js")[0].text
    assert len(row) <= LONGEST + 2
    assert MASK in row and VALUE[:5] not in row


@pytest.mark.parametrize("line", [0, 4, 99])
def test_a_line_that_is_not_there_has_moved(desk, line):
    desk.write("app.env", f"DB_PASSWORD={VALUE}\nX=1\n")
    with pytest.raises(Moved):
        texts(desk, line)


def test_a_file_that_is_gone_has_moved(desk):
    with pytest.raises(Moved):
        texts(desk, 1, "gone.env")


def test_lines_are_counted_as_the_scan_counts_them(desk):
    desk.write("app.env", f"a\r\nb\x0bc\u2028d\nDB_PASSWORD={VALUE}\n")
    (finding,) = desk.credential().findings
    (here,) = [row for row in context(desk.services(), finding.location) if row.here]
    assert here.text == f"DB_PASSWORD={MASK}"


SECRETS = st.text(
    alphabet=string.ascii_letters + string.digits + "!#%&*+-./:=?@^_~ äß\\\"'{}$<>,;", min_size=8
).map(lambda text: f"Vogel-8831{text}")
FORMS = {
    "dotenv": lambda s: f"DB_PASSWORD={s}",
    "python": lambda s: f"password = {s!r}",
    "json": lambda s: f'"password": {json.dumps(s)},',
    "ascii json": lambda s: f"SECRET = {json.dumps(s, ensure_ascii=True)}",
    "yaml": lambda s: "password: '" + s.replace("'", "''") + "'",
    "xml": lambda s: f"<password>{html.escape(s)}</password>",
    "url": lambda s: f"DATABASE_URL=postgresql://shop:{quote(s, safe='')}@db/orders",
    "query": lambda s: f'GET "https://api.example.org/v1?token={quote_plus(s)}&page=2"',
    "adonet": lambda s: f"Server=db;User Id=shop;Password={s};",
    "basic": lambda s: f"auth: Basic {base64.b64encode(f'shop:{s}'.encode()).decode()}",
    "base64": lambda s: f"blob = {base64.urlsafe_b64encode(s.encode()).decode()}",
    "hex": lambda s: f"blob = {s.encode().hex().upper()}",
    "ignored": lambda s: f"api_key = {s!r}  # gitleaks:allow",
    "comment": lambda s: f"# the old one, {s}, is gone",
    "shell": lambda s: f"mysql -u shop -p{s} orders",
    "log": lambda s: f"INFO login with password={s} ok",
}


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    secrets=st.lists(SECRETS, min_size=1, max_size=3, unique=True),
    order=st.permutations(sorted(FORMS)),
    name=st.sampled_from(["app.env", "app.py", "conf.yaml", "a.json", "README.md", "run.sh"]),
)
def test_no_line_ever_holds_a_secret_that_is_found_in_the_file(desk, secrets, order, name):
    rows = [FORMS[form](secret) for secret in secrets for form in order]
    text = "\n".join(["begin", *rows, "end"])
    sightings = desk.detector.sightings(name, text)
    known = [s for s in secrets if any(v.secret and v.secret.reveal() == s for v in sightings)]
    shown = masked_lines(text, sightings, 1, len(rows) + 2)
    assert len(shown) == len(rows) + 2
    assert (shown[0], shown[-1]) == ("begin", "end")
    sweep = Sweep({f"secret {number}": secret for number, secret in enumerate(known)})
    for row, source in zip(shown, ["begin", *rows, "end"], strict=True):
        assert not sweep.of(row.encode("utf-8", "surrogatepass")), (name, source[:12])


@settings(max_examples=40, deadline=None)
@given(
    tail=st.text(alphabet=string.ascii_letters + string.digits, min_size=6),
    form=st.sampled_from(["dotenv", "json", "url", "basic"]),
    around=st.integers(0, 9),
)
def test_what_the_whole_journey_shows_holds_no_secret(detector, tail, form, around):
    secret = f"Vogel-88!31{tail}"
    with tempfile.TemporaryDirectory() as place:
        desk = Desk(Path(place) / "files", Path(place) / "workspace", detector)
        rows = [f"# {secret}", "x", FORMS[form](secret), "y", f"see {secret}"]
        desk.write("app.env", "\n".join(rows))
        findings = desk.scan().report.findings
        assert findings
        for finding in findings:
            for row in context(desk.services(), finding.location, around=around):
                assert not Sweep({"secret": secret}).of(row.text.encode())
