# ruff: noqa: E501 - a file a line
"""How long the worst files take: no file of 5 MB may hold a scan up for more than 2 seconds.

    python -m tests.bench.hostile_files [--size BYTES] [--only NAME] [--format json]

Times are of the processor. Exit code 1 where a file takes longer than its share of the budget.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import string
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

SIZE: Final = 5_000_000
BUDGET: Final = 2.0
"""Seconds for a file of SIZE."""


@dataclass(frozen=True, slots=True)
class Hostile:
    """unit: gives the text that is repeated, by its number."""

    name: str
    path: str
    unit: Callable[[int], str]
    head: str = ""
    tail: str = ""

    def text(self, size: int) -> str:
        parts = [self.head]
        made = number = 0
        while made < size:
            part = self.unit(number)
            parts.append(part)
            made += len(part)
            number += 1
        return "".join(parts) + self.tail


_RANDOM: Final = random.Random(5)


def _letters(size: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    return "".join(_RANDOM.choices(alphabet, k=size))


def _always(text: str) -> Callable[[int], str]:
    return lambda _: text


def _base64(_: int) -> str:
    return base64.b64encode(_RANDOM.randbytes(3000)).decode()


FILES: Final = (
    Hostile("one line of telling words", "a.txt", _always("password token secret key auth ")),
    Hostile("telling words and signs on one line", "a.yml", _always("password: token= secret:=key => ")),
    Hostile("all double quotes", "a.py", _always('"' * 1000)),
    Hostile("all quotes, in turn", "a.js", _always("\"'`" * 300)),
    Hostile("quotes behind telling names", "a.py", _always('password="\\')),
    Hostile("nested brackets", "a.json", _always("[{(" * 400)),
    Hostile("a million short assignments", "a.env", lambda n: f"K{n % 9}=1\n"),
    Hostile("telling short assignments", "a.env", lambda n: f"KEY_{n}=v{n % 97}\n"),
    Hostile("passwords that differ", "a.properties", lambda n: f"db{n}.password=Summer{n}x!\n"),
    Hostile("tokens made by a machine", "a.yml", lambda _: f"api_token: {_letters(40)}\n"),
    Hostile("runs of one letter", "a.py", lambda n: f'password = "{"x" * 200}{n}"\n'),
    Hostile("minified program", "a.min.js", lambda n: f'a{n % 7}.token=function(b){{return b.key?"x{n}":c}},e.auth={n};'),
    Hostile("minified program with literals", "a.js", lambda n: f'a.password="{_letters(12)}",b.secret=c,'),
    Hostile("one blob of base64", "a.txt", _base64, head="key: "),
    Hostile("lines of base64", "a.txt", lambda n: _base64(n)[:76] + "\n"),
    Hostile("hexadecimal digests", "sums.txt", lambda n: f"{_letters(64, '0123456789abcdef')}  key{n}\n"),
    Hostile("pairs in an array of JSON", "a.json", lambda n: f'{{"name":"KEY_{n}","value":"v{n}"}},', head="["),
    Hostile("pairs of JSON, one a line", "a.json", lambda n: f'  {{"key": "token{n}", "value": "{_letters(20)}"}},\n'),
    Hostile("one JSON string, escaped", "a.json", _always('{\\"password\\": \\"x\\", '), head='{"body": "'),
    Hostile("deep XML", "a.xml", lambda n: f"<password{n % 3}>" if n % 2 else "<a key='b'>"),
    Hostile("flat XML", "a.xml", lambda n: f"<secret>word{n}</secret>\n"),
    Hostile("begins of private keys", "a.pem", _always("-----BEGIN RSA PRIVATE" + " KEY-----\n")),
    Hostile("begins of private keys with bodies", "a.pem", lambda _: "-----BEGIN RSA PRIVATE" + f" KEY-----\n{_letters(64)}\n"),
    Hostile("begins of private keys on one line", "a.pem", _always("-----BEGIN PRIVATE" + " KEY-----")),
    Hostile("addresses without an end", "a.md", _always("http://a:b")),
    Hostile("addresses with passwords", "a.md", lambda n: f"postgres://u:p{n}w@h/d ")  ,
    Hostile("connection strings", "a.cs", lambda n: f'"Server=a;Password=p{n}w;" '),
    Hostile("a connection string without an end", "a.ini", _always("password=a;pwd=b;"), head="x = Server=a;"),
    Hostile("commands", "a.sh", lambda n: f"curl -u a{n}:b{n}c -H 'X-Api-Key: {n}' https://x | "),
    Hostile("SQL on one line", "a.sql", lambda n: f"INSERT INTO t (a, password) VALUES ('x', 'y{n}'); "),
    Hostile("SQL, one column after the other", "a.sql", _always("password, "), head="INSERT INTO t ("),
    Hostile("calls without an end", "a.js", _always("jwt.sign(a, ")),
    Hostile("headers", "a.http", lambda n: f"Authorization: Bearer {_letters(30)}\n"),
    Hostile("a Secret of Kubernetes", "a.yaml", lambda n: f"  k{n}: aGVsbG8=\n", head="kind: Secret\ndata:\n"),
    Hostile("begins of documents", "a.yaml", _always("---\nkind: Secret\ndata:\n")),
    Hostile("names and values apart", "a.yaml", lambda n: f"- name: KEY_{n}\n\n\n  value: a\n"),
    Hostile("blanks", "a.env", _always("password" + " " * 500)),
    Hostile("one letter", "a.txt", _always("a" * 5000)),
    Hostile("letters of three bytes", "a.txt", _always("密码password密=")),
    Hostile("templates without an end", "a.yml", _always("token: ${${${ {{ ")),
    Hostile("passwords of a file of them", "home/.pgpass", lambda n: f"h{n}:5432:d:u:p{n}word\n"),
    Hostile("a file of machines", "home/.netrc", lambda n: f"machine h{n} login u password p{n}word\n"),
    Hostile("beginnings of tokens", "a.txt", lambda n: f" re_{n} whsec_ dp.st. 1//0 K10 EAA sk_ MDAw APIM Q~"),
    Hostile("tokens of issuers", "a.txt", lambda _: "nf" + "p_" + _letters(36) + "\n"),
    Hostile("keys in armour on one line", "a.txt", lambda _: "-----BEGIN " + f"PRIVATE KEY-----{_letters(48)}-----END PRIVATE KEY-----"),
    Hostile("key ids of AWS", "a.ini", lambda _: "id = AK" + "IA" + _letters(16, string.ascii_uppercase) + f"\nkey = {_letters(40)}\n"),
)  # fmt: skip


def seconds(hostile: Hostile, size: int, look: Callable[[str, str], object]) -> float:
    """Of the processor, for one look at the text."""
    text = hostile.text(size)
    began = time.process_time()
    look(hostile.path, text)
    return time.process_time() - began


def main(arguments: Sequence[str] | None = None) -> int:
    from secretshift import catalogue
    from secretshift.detection import Detector

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--only", default="")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    options = parser.parse_args(arguments)
    detector = Detector(catalogue.load())
    # Rules are loaded once in a process, by the first text that may hold a token, whatever its size.
    detector.text("warm.py", f'password = "gh{"p_"}{_letters(36)}"')
    budget = BUDGET * options.size / SIZE
    times: dict[str, float] = {}
    for hostile in FILES:
        if options.only in hostile.name:
            times[hostile.name] = round(seconds(hostile, options.size, detector.text), 2)
            if options.format == "text":
                over = "  over the budget" if times[hostile.name] > budget else ""
                print(f"{times[hostile.name]:7.2f} s  {hostile.name}{over}", flush=True)
    if options.format == "json":
        print(json.dumps({"size": options.size, "budget": budget, "seconds": times}, indent=2))
    return int(any(taken > budget for taken in times.values()))


if __name__ == "__main__":
    sys.exit(main())
