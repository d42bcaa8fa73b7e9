"""Texts with credentials of every grammar, edited as people edit them. Values are made up."""

from __future__ import annotations

import codecs
import os
import random
import re
import string
from collections.abc import Callable

from tests.bench.quality_set import files
from tests.unit.detection.file_table import ROWS

LETTERS = string.ascii_letters + string.digits
PATHS = (
    ".env", "app/.env.prod", "config/app.yml", "values.yaml", "settings.json", "pyproject.toml",
    "web.config", "pom.xml", "main.tf", "variables.tf", "k8s/secret.yaml", "Dockerfile",
    "deploy.sh", "run.ps1", "init.sql", "src/app.py", "src/app.js", "src/App.java", "main.go",
    "a.php", ".pgpass", ".netrc", "home/.pgpass", "notes.txt", "README.md", "tests/test_app.py",
    "docs/guide.md", "analysis.ipynb", "id_rsa", "app.properties", "settings.ini", ".npmrc",
    "example/config.yml", "data", "bundle.js", "src/\xe9t\xe9.py",
)  # fmt: skip

LONG = int(os.environ.get("SECRETSHIFT_TEST_EXAMPLES", "0"))
"""How many examples to try where somebody takes the time; 0 for the few of the suite."""

Edit = Callable[[random.Random, str], str]


def word(rng: random.Random, size: int = 20, letters: str = LETTERS) -> str:
    return "".join(rng.choice(letters) for _ in range(size))


def password(rng: random.Random) -> str:
    return word(rng, rng.randint(5, 9), string.ascii_letters) + str(rng.randint(10, 9999)) + "!"


def hexadecimal(rng: random.Random) -> str:
    return word(rng, rng.choice((32, 40)), "0123456789abcdef")


def pem(rng: random.Random) -> str:
    body = "\n".join(word(rng, 64) for _ in range(rng.randint(3, 12)))
    return f"-----BEGIN RSA {'PRIVATE'} KEY-----\n{body}\n-----END RSA {'PRIVATE'} KEY-----\n"


def aws_pair(rng: random.Random) -> str:
    between = "".join(f"region_{n} = eu-west-{n}\n" for n in range(rng.randint(0, 9)))
    key = word(rng, 16, string.ascii_uppercase + "234567")
    secret = word(rng, 40, LETTERS + "/+")
    name = rng.choice(("aws_secret_access_key = ", "setting_b = ", '"thing": "'))
    close = '"' if name.endswith('"') else ""
    rows = [f"key_a = AKIA{key}\n", between, f"{name}{secret}{close}\n"]
    return "".join(rows if rng.random() < 0.7 else rows[::-1])


def variable(rng: random.Random) -> str:
    about = "".join(f'  about_{n} = "{word(rng, 6)}"\n' for n in range(rng.randint(0, 5)))
    return f'variable "db_password" {{\n{about}  default     = "{password(rng)}"\n}}\n'


def named_value(rng: random.Random) -> str:
    name, value = rng.choice(
        (("- name: ", "  value: "), ('{"Key": "', '"Value": "'), ("  Name: ", "  Value: "))
    )
    mark = '"' if '"' in name else ""
    return (
        f"{name}{rng.choice(('API_TOKEN', 'DB_PASSWORD', 'STAGE'))}{mark}{',' if mark else ''}\n"
        f"{value}{hexadecimal(rng)}{mark}\n"
    )


def kubernetes(rng: random.Random) -> str:
    held = codecs.encode(password(rng).encode(), "base64").decode().strip()
    labels = "".join(f"    l{n}: {word(rng, 5)}\n" for n in range(rng.randint(0, 12)))
    return (
        f"---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n  labels:\n{labels}"
        f"data:\n  user: b3JkZXJz\n  password: {held}\n---\n"
    )


def assigned(rng: random.Random) -> str:
    name = rng.choice(("DB_PASSWORD", "apiKey", "client_secret", "AUTH_TOKEN", "mySalt", "psk"))
    value = rng.choice((password, hexadecimal))(rng)
    form = rng.choice(
        ("{n}={v}", "{n}: {v}", '{n} = "{v}"', "'{n}' => '{v}',", '"{n}": "{v}",',
         "<{n}>{v}</{n}>", '<add key="{n}" value="{v}" />', "export {n}='{v}'", 'set{n}("{v}");',
         "ENV {n} {v}", "--{n} {v}", 'get("{n}", "{v}")', "{n}[x] := `{v}`",
         '{n}: str = "{v}"', "postgres://app:{v}@db.acme.io/x", "redis-cli -a {v} ping")
    )  # fmt: skip
    return form.replace("{n}", name).replace("{v}", value) + "\n"


def token(rng: random.Random) -> str:
    start, size = rng.choice((("gh" + "p_", 36), ("sk_" + "live_", 24), ("xox" + "b-", 0)))
    value = (
        start + word(rng, size)
        if size
        else f"{start}{word(rng, 12, string.digits)}-"
        + (word(rng, 12, string.digits) + "-" + word(rng, 24))
    )
    return rng.choice((f"x = {value}\n", f'"{value}"\n', f"see {value} there\n", f"{value}\n"))


def minified(rng: random.Random) -> str:
    rows = [f"var {word(rng, 5)}={rng.randint(0, 99)};" for _ in range(rng.randint(250, 500))]
    for _ in range(rng.randint(1, 3)):
        rows.insert(rng.randint(0, len(rows)), f'{{password:"{password(rng)}"}};')
        rows.insert(rng.randint(0, len(rows)), token(rng).strip() + ";")
    return "".join(rows) + "\n"


def notebook(rng: random.Random) -> str:
    return (
        f'{{"cells": [{{"source": ["password = \\"{password(rng)}\\"\\n",\n'
        f" \"token = '{hexadecimal(rng)}'\\n\"]}}]}}\n"
    )


def kept(rng: random.Random) -> str:
    return rng.choice(
        (
            f"db.acme.io:5432:app:bob:{password(rng)}\n",
            f"machine api.acme.io\n  login bob\n  password {password(rng)}\n",
            f"machine x login bob password {password(rng)}\n",
        )
    )


def from_the_tables(rng: random.Random) -> str:
    return changed_value(rng, rng.choice(_TABLES))


_TABLES = [text for _path, text, _secret in ROWS] + [
    one.made.text for half in ("a", "b") for one in files(half) if len(one.made.text) < 4000
]


def from_any_table(rng: random.Random) -> tuple[str, str]:
    """A path and a text, the one now and then of another row than the other."""
    path, text = rng.choice(_EVERY_ROW)
    return (rng.choice(_EVERY_ROW)[0] if rng.random() < 0.4 else path), text


_EVERY_ROW = [(path, text) for path, text, _secret in ROWS] + [
    (one.path, one.made.text)
    for half in "abcdefg"
    for one in files(half)
    if len(one.made.text) < 3000
]


def filler(rng: random.Random) -> str:
    rows = (
        "# some words that say nothing of it", "x = 1", "for one in many:", "    return found",
        "", "name: orders", "stage: prod", "}", "value: 12", "default = 3", "kind: ConfigMap",
    )  # fmt: skip
    return "".join(
        f"{rng.choice(rows)} {rng.randint(0, 9999)}\n" for _ in range(rng.randint(1, 40))
    )


SNIPPETS = (
    pem, aws_pair, variable, named_value, kubernetes, assigned, assigned, assigned, token,
    token, minified, notebook, kept, from_the_tables, from_the_tables, from_the_tables,
)  # fmt: skip


def text(rng: random.Random) -> str:
    """Some credentials and much around them."""
    parts: list[str] = []
    for _ in range(rng.randint(3, 25)):
        part = rng.choice(SNIPPETS)(rng) if rng.random() < 0.3 else filler(rng)
        parts.append(written_otherwise(rng, part) if rng.random() < 0.1 else part)
    return "".join(parts)


_RUN = re.compile(r"[A-Za-z0-9]{8,}")


def changed_value(rng: random.Random, old: str) -> str:
    """One long word gets other letters and digits; its form stays."""
    runs = [run for run in _RUN.finditer(old) if any(c.isdigit() for c in run[0])]
    if not runs:
        return old
    run = rng.choice(runs)
    new = "".join(
        rng.choice("0123456789") if c.isdigit() else c if rng.random() < 0.5
        else rng.choice("abcdef").upper() if c.isupper() else rng.choice("abcdef")
        for c in run[0]
    )  # fmt: skip
    return old[: run.start()] + new + old[run.end() :]


def _at_a_line(change: Callable[[random.Random, list[str], int], None]) -> Edit:
    def edit(rng: random.Random, old: str) -> str:
        rows = old.splitlines(keepends=True)
        if not rows:
            return old
        telling = [n for n, row in enumerate(rows) if _TELLING.search(row)]
        at = rng.choice(telling) if telling and rng.random() < 0.7 else rng.randrange(len(rows))
        change(rng, rows, at)
        return "".join(rows)

    return edit


_TELLING = re.compile(r"(?i)pass|token|secret|key|value|default|kind|akia|pragma|nextline|sk_|ghp")


def _marked(rng: random.Random, rows: list[str], at: int) -> None:
    if rng.random() < 0.5:
        rows[at] = rows[at].rstrip("\r\n") + "  # pragma: allowlist secret\n"
    else:
        rows.insert(at, "# pragma: allowlist nextline secret\n")


def _unmarked(_rng: random.Random, rows: list[str], _at: int) -> None:
    rows[:] = [
        row.replace("  # pragma: allowlist secret", "")
        for row in rows
        if "nextline" not in row or len(row) > 60
    ]


def _inserted(rng: random.Random, rows: list[str], at: int) -> None:
    rows.insert(at, rng.choice((filler, rng.choice(SNIPPETS)))(rng))


def _dropped(rng: random.Random, rows: list[str], at: int) -> None:
    del rows[at : at + rng.choice((1, 1, 2, 6))]


def _joined(_rng: random.Random, rows: list[str], at: int) -> None:
    rows[at] = rows[at].rstrip("\r\n") + " "


def _split(rng: random.Random, rows: list[str], at: int) -> None:
    cut = rng.randint(0, len(rows[at]))
    rows[at] = rows[at][:cut] + "\n" + rows[at][cut:]


def _moved(rng: random.Random, rows: list[str], at: int) -> None:
    row = rows.pop(at)
    rows.insert(rng.randint(0, len(rows)), row)


def _renamed(rng: random.Random, rows: list[str], at: int) -> None:
    rows[at] = _NAME.sub(rng.choice(("NOTE", "DB_PASSWORD", "value")), rows[at], count=1)


_NAME = re.compile(r"[A-Za-z_]{4,20}")

EDITS: tuple[Edit, ...] = (
    changed_value, changed_value, _at_a_line(_marked), _at_a_line(_unmarked),
    _at_a_line(_inserted), _at_a_line(_inserted), _at_a_line(_dropped), _at_a_line(_joined),
    _at_a_line(_split), _at_a_line(_moved), _at_a_line(_renamed),
)  # fmt: skip


def edited(rng: random.Random, old: str) -> str:
    for _ in range(rng.choice((1, 1, 2, 4))):
        old = rng.choice(EDITS)(rng, old)
    return old


def _in_lines(*forms: str) -> Edit:
    def edit(rng: random.Random, old: str) -> str:
        return "".join(rng.choice(forms) % row for row in old.splitlines())

    return edit


def _with_blanks(rng: random.Random, old: str) -> str:
    return re.sub(" ", lambda _blank: " " * rng.choice((1, 1, 1, 2, 5, 20)), old)


def _aligned(rng: random.Random, old: str) -> str:
    return re.sub(
        r" ?(=>|:=|=|:) ?(?=[\"'\w$])",
        lambda sign: " " * rng.choice((0, 1, 2, 3, 6)) + sign[1] + " " * rng.choice((1, 2, 6, 12)),
        old,
    )


def _indented(rng: random.Random, old: str) -> str:
    by = rng.choice(("\t", "  ", " " * 8, "\t" * 4, " " * 60))
    return "".join(by + row for row in old.splitlines(keepends=True))


def _put_behind(rng: random.Random, old: str) -> str:
    sign = rng.choice(
        ("+", "-", "> ", "# ", "// ", "* ", ";", "| ", "$ ", "    // ", "1: ", "<!-- ", "- ")
    )
    return "".join(sign + row for row in old.splitlines(keepends=True))


def _escaped(text: str) -> str:
    return (
        text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
        .replace("\t", "\\t")
    )  # fmt: skip


def _in_json(_rng: random.Random, old: str) -> str:
    return f'{{"a": "{_escaped(old)}"}}\n'


def _in_a_notebook(_rng: random.Random, old: str) -> str:
    rows = ",\n".join(f'"{_escaped(row)}"' for row in old.splitlines(keepends=True))
    return f'{{"cells":[{{"source":[{rows}]}}]}}\n'


def _wrapped(rng: random.Random, old: str) -> str:
    return rng.choice(
        ("f(\n%s)\n", "x = [\n%s]\n", "```\n%s```\n", "<pre>\n%s</pre>\n", "<![CDATA[%s]]>",
         "a: |\n%s", "cat <<EOF\n%sEOF\n", "'''%s'''", "/* %s */", 'echo "%s"\n')
    ) % old  # fmt: skip


def _broken_up(rng: random.Random, old: str) -> str:
    """Behind a sign or two, as formatters break lines."""
    ends = ("", "", "\n", "\n  ", "\r\n    ")
    count = rng.choice((1, 1, 3))
    return re.sub(r"([=:,(>]) ?", lambda sign: sign[0] + rng.choice(ends), old, count=count)


def _with_ends(rng: random.Random, old: str) -> str:
    return re.sub("\n", lambda _end: rng.choice(("\n", "\r\n", "\r")), old)


def _amid_a_long_line(rng: random.Random, old: str) -> str:
    rows = old.splitlines(keepends=True)
    if not rows:
        return old
    at = rng.randrange(len(rows))
    much = rng.choice(("x=1;", "y ", "\xe9", "var q=b(c);")) * rng.choice((500, 1000, 2000))
    rows[at] = rng.choice((much + rows[at], rows[at].rstrip("\n") + much + "\n"))
    return "".join(rows)


WAYS: tuple[Edit, ...] = (
    _with_blanks, _aligned, _indented, _put_behind, _in_json, _in_a_notebook, _wrapped, _broken_up,
    _with_ends, _amid_a_long_line, edited,
    lambda _rng, old: old.replace("\n", "\n\n"), lambda _rng, old: old.rstrip("\n"),
    lambda _rng, old: old.replace("\n", "\r\n"),
    _in_lines(
        '  "%s\\n" +\n', 'w("%s\\n");\n', "  '%s',\n", '- "%s"\n', '  "%s",\n', 'echo "%s" >> x\n',
        'print(f"%s")\n', "`%s`\n", "<p>%s</p>\n", "<li><code>%s</code></li>\n", "* %s\n",
        "1. %s\n", "| %s | x |\n", "# %s\n", "// %s\n", "/* %s */\n", "<!-- %s -->\n",
        '"x": "%s"\n', "x: '%s'\n", "RUN %s && \\\n", "    - %s\n", 'sh -c "%s"\n', "-c '%s'\n",
    ),
)  # fmt: skip


def written_otherwise(rng: random.Random, old: str) -> str:
    """As it stands in other files: in a literal, a comment, a table, a notebook; with other blanks,
    ends of lines and signs before them."""
    for _ in range(rng.choice((0, 1, 1, 2, 2, 3))):
        old = rng.choice(WAYS)(rng, old)
    return old


ENCODINGS: tuple[Callable[[str], bytes], ...] = (
    lambda said: said.encode("utf-8", "surrogatepass"),
    lambda said: said.replace("\n", "\r\n").encode(),
    lambda said: ("# caf\xe9\n" + said).encode("latin-1", "replace"),
    lambda said: codecs.BOM_UTF8 + said.encode(),
    lambda said: codecs.BOM_UTF16_LE + said.encode("utf-16-le"),
    lambda said: said.encode("utf-16-be"),
)
