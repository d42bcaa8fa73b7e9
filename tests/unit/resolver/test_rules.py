"""The rules that are written down three times (Python, Node.js, operator) agree."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any
from urllib.parse import quote

import botocore.session
import pytest
from botocore.endpoint_provider import EndpointProvider
from hypothesis import given, settings
from hypothesis import strategies as st

from secretshift.resolver import protocol, way
from tests.unit.resolver.harness import LAYER, LayerNode, arn, node_interpreters

Answer = tuple[str, Any]
# Every character, half characters of JSON included, and often the ones that matter.
TEXT = st.text(
    st.one_of(st.sampled_from("'\"\\`$(){}|%\n\r\t\0 é中😀\u2028\x7f\ud800"), st.characters())
)
FIELDS = st.dictionaries(
    st.sampled_from(["user", "pass-word", "é", "__proto__", "a.b"]),
    st.one_of(TEXT, st.booleans(), st.integers(), st.none(), st.lists(st.integers(), max_size=1)),
)
GOOD_PARTS = (
    "{user}",
    "{pass-word|urlencode}",
    "{é|json|base64}",
    "{__proto__}",
    "{a.b|urlencode}",
)
ODD_PARTS = ("{{", "}}", "{", "}", "{x}", "{user|}", "{user|rot13}", "{|json}", "://", "é😀", "'\n")
TEMPLATES = st.lists(st.sampled_from(GOOD_PARTS + ODD_PARTS), max_size=6).map("".join)


def by_python(layer: ModuleType, function: Callable[[], Any]) -> Answer:
    try:
        return "result", function()
    except layer.Failure as failure:
        return "failure", failure.code


def by_operator(template: str, secret: str) -> Answer:
    try:
        return "result", protocol.render(template, protocol.secret_fields(secret))
    except protocol.TemplateProblem as problem:
        return "failure", problem.code


def by_node(layer: LayerNode, name: str, *arguments: Any) -> Answer:
    ((kind, value),) = layer.call(name, *arguments).items()
    return kind, value


@settings(deadline=None)
@given(template=TEMPLATES, fields=FIELDS, ascii_only=st.booleans())
def test_templates(
    python_layer: ModuleType,
    node_layer: LayerNode,
    template: str,
    fields: dict[str, Any],
    ascii_only: bool,
) -> None:
    secret = json.dumps(fields, ensure_ascii=ascii_only)
    expected = by_operator(template, secret)
    render = lambda: python_layer.render(template, python_layer.json_object(secret))  # noqa: E731
    assert by_python(python_layer, render) == expected
    assert by_node(node_layer, "render", template, secret) == expected


@settings(deadline=None)
@given(TEXT.filter(lambda text: not any("\ud800" <= c <= "\udfff" for c in text)))
def test_filters_undo_to_the_value(text: str) -> None:
    assert protocol.FILTERS["urlencode"](text) == quote(text, safe="")
    assert json.loads('"' + protocol.FILTERS["json"](text) + '"') == text


@pytest.mark.parametrize(
    ("template", "secret", "expected"),
    [
        ("{a}:{b}@{{h}}", '{"a":"x","b":5432}', "x:5432@{h}"),
        ("{a|urlencode}", '{"a":"p@ss/é "}', "p%40ss%2F%C3%A9%20"),
        ("{a|json}", '{"a":"q\\"\\\\\\u0001é"}', 'q\\"\\\\\\u0001é'),
        ("{a|base64|urlencode}", '{"a":"???"}', "Pz8%2F"),
        ("{a} {b} {c}", '{"a":true,"b":false,"c":-0}', "true false -0"),
        ("{a}", '{"a":12345678901234567890}', "12345678901234567890"),
        ("{a}", '{"a":1.50E+2}', "1.50E+2"),
        ("{a}", '{"a":1,"b":{"a":2},"c":[{"a":3}],"a":4}', "4"),
        ("{a}", '{"a":5,"a":"six"}', "six"),
        ("{a}", '{ "x\\"{": 1 , "a" : 7 }', "7"),
    ],
)
def test_templates_by_example(
    python_layer: ModuleType, node_layer: LayerNode, template: str, secret: str, expected: str
) -> None:
    assert by_operator(template, secret) == ("result", expected)
    assert python_layer.render(template, python_layer.json_object(secret)) == expected
    assert by_node(node_layer, "render", template, secret) == ("result", expected)


@pytest.mark.parametrize(
    ("template", "secret", "code"),
    [
        ("{a}", "{}", "MissingKey"),
        ("{a}", '{"a":null}', "NotAString"),
        ("{a}", '{"a":{}}', "NotAString"),
        ("{a|rot13}", '{"a":"x"}', "BadTemplate"),
        ("{b|rot13}", '{"a":"x"}', "BadTemplate"),
        ("{a", '{"a":"x"}', "BadTemplate"),
        ("a}", '{"a":"x"}', "BadTemplate"),
        ("{}", '{"":"x"}', "BadTemplate"),
        ("{a}", '{"a":"\\ud83d"}', "Unrepresentable"),
        ("{a}", "[1]", "Malformed"),
        ("{a}", '{"a":NaN}', "Malformed"),
        ("{a}", '\ufeff{"a":"x"}', "Malformed"),
        ("{a}", '{"a":"\n"}', "Malformed"),
        ("{a}", "plain text", "Malformed"),
    ],
)
def test_templates_that_cannot_be_rendered(
    python_layer: ModuleType, node_layer: LayerNode, template: str, secret: str, code: str
) -> None:
    render = lambda: python_layer.render(template, python_layer.json_object(secret))  # noqa: E731
    assert by_operator(template, secret) == ("failure", code)
    assert by_python(python_layer, render) == ("failure", code)
    assert by_node(node_layer, "render", template, secret) == ("failure", code)


WHOLE = arn("db/main")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (WHOLE, ("", "", "")),
        (WHOLE + ":::", ("", "", "")),
        (WHOLE + ":password::", ("password", "", "")),
        (WHOLE + ":pass word:AWSPREVIOUS:", ("pass word", "AWSPREVIOUS", "")),
        (WHOLE + "::AWSPREVIOUS:", ("", "AWSPREVIOUS", "")),
        (WHOLE + ":k::0a1b2c3d-0a1b-0a1b", ("k", "", "0a1b2c3d-0a1b-0a1b")),
    ],
)
def test_references(
    python_layer: ModuleType, node_layer: LayerNode, text: str, parts: tuple[str, str, str]
) -> None:
    assert python_layer.parse_reference(text) == (WHOLE, "aws", "eu-west-1", *parts)
    _, found = by_node(node_layer, "parseReference", text)
    assert found["arn"] == WHOLE
    assert (found["key"], found["stage"], found["version"]) == parts


@pytest.mark.parametrize(
    "text",
    [
        "db/main",
        WHOLE + ":password",
        WHOLE + ":password:",
        WHOLE + "::::",
        WHOLE + "\n",
        WHOLE.replace("secretsmanager", "ssm"),
        WHOLE.replace("111122223333", "self"),
        WHOLE.replace("eu-west-1", "evil.example/"),
        WHOLE.replace("arn:aws:", "arn:aws.evil:"),
    ],
)
def test_references_that_are_none(
    python_layer: ModuleType, node_layer: LayerNode, text: str
) -> None:
    parse = lambda: python_layer.parse_reference(text)  # noqa: E731
    assert by_python(python_layer, parse) == ("failure", "Malformed")
    assert by_node(node_layer, "parseReference", text) == ("failure", "Malformed")


@pytest.fixture(scope="module")
def endpoint_rules() -> EndpointProvider:
    """The rules that botocore itself follows."""
    loader = botocore.session.get_session().get_component("data_loader")
    rules = loader.load_service_model("secretsmanager", "endpoint-rule-set-1")
    return EndpointProvider(rules, loader.load_data("partitions"))


@pytest.mark.parametrize(
    ("partition", "region"),
    [
        ("aws", "eu-west-1"),
        ("aws-cn", "cn-north-1"),
        ("aws-us-gov", "us-gov-west-1"),
        ("aws-eusc", "eusc-de-east-1"),
        ("aws-iso", "us-iso-east-1"),
        ("aws-iso-b", "us-isob-east-1"),
        ("aws-iso-e", "eu-isoe-west-1"),
        ("aws-iso-f", "us-isof-south-1"),
    ],
)
@pytest.mark.parametrize("fips", [False, True])
@pytest.mark.parametrize("dual_stack", [False, True])
def test_endpoints_are_those_of_the_sdk(
    python_layer: ModuleType,
    node_layer: LayerNode,
    endpoint_rules: EndpointProvider,
    partition: str,
    region: str,
    fips: bool,
    dual_stack: bool,
) -> None:
    if partition == "aws-cn" and fips and dual_stack:
        pytest.skip("China has no FIPS endpoints; the rules' answer leads nowhere")
    expected = endpoint_rules.resolve_endpoint(
        Region=region, UseFIPS=fips, UseDualStack=dual_stack
    ).url
    env = {
        "AWS_USE_FIPS_ENDPOINT": str(fips).lower(),
        "AWS_USE_DUALSTACK_ENDPOINT": str(dual_stack).lower(),
    }
    scheme, host, port, path = python_layer.endpoint(env, partition, region)
    assert f"{scheme}://{host}" == expected
    assert (port, path) == (443, "/")
    assert way.asked(env, partition, region) == (scheme, host, port)
    _, found = by_node(node_layer, "endpoint", env, partition, region)
    assert found == {"scheme": scheme, "host": host, "port": port, "path": path}


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}, ("http", "127.0.0.1", 4566, "/")),
        ({"AWS_ENDPOINT_URL": "http://[::1]:4566/"}, ("http", "::1", 4566, "/")),
        ({"AWS_ENDPOINT_URL": "https://vpce-1.example/x"}, ("https", "vpce-1.example", 443, "/x/")),
        (
            {
                "AWS_ENDPOINT_URL": "https://all.example",
                "AWS_ENDPOINT_URL_SECRETS_MANAGER": "https://one.example:8443",
            },
            ("https", "one.example", 8443, "/"),
        ),
        (
            {
                "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
                "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
            },
            ("https", "secretsmanager.eu-west-1.amazonaws.com", 443, "/"),
        ),
        ({"AWS_ENDPOINT_URL": "http://10.0.0.1"}, "InsecureEndpoint"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1.evil.example"}, "InsecureEndpoint"),
        ({"AWS_ENDPOINT_URL": "http://localhost.evil.example"}, "InsecureEndpoint"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1@evil.example"}, "Malformed"),
        ({"AWS_ENDPOINT_URL": "https://x.example/?a=b"}, "Malformed"),
        ({"AWS_ENDPOINT_URL": "ftp://x.example"}, "Malformed"),
    ],
)
def test_configured_endpoints(
    python_layer: ModuleType, node_layer: LayerNode, env: dict[str, str], expected: Any
) -> None:
    python = by_python(python_layer, lambda: python_layer.endpoint(env, "aws", "eu-west-1"))
    kind, node = by_node(node_layer, "endpoint", env, "aws", "eu-west-1")
    if kind == "result":
        node = (node["scheme"], node["host"], node["port"], node["path"])
    assert python[1] == node == expected
    problem = expected if isinstance(expected, str) else ""
    name = way.endpoint_variable(env)
    assert (way.endpoint_problem(env[name]) if name else "") == problem
    asked = ("", "", 0) if problem else expected[:3]
    assert way.asked(env, "aws", "eu-west-1") == asked


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({}, None),
        ({"HTTPS_PROXY": ""}, None),
        ({"HTTP_PROXY": "http://p:1"}, None),
        ({"HTTPS_PROXY": "http://p:3128"}, ("p", 3128, None)),
        ({"https_proxy": "p:3128/", "HTTPS_PROXY": "http://q"}, ("p", 3128, None)),
        ({"HTTPS_PROXY": "http://p"}, ("p", 80, None)),
        ({"HTTPS_PROXY": "http://u%40:%3Aé@p"}, ("p", 80, "Basic dUA6OsOp")),
        ({"HTTPS_PROXY": "https://p"}, "Proxy"),
        ({"HTTPS_PROXY": "socks5://p"}, "Proxy"),
        ({"HTTPS_PROXY": "http://p", "NO_PROXY": "*"}, None),
        ({"HTTPS_PROXY": "http://p", "no_proxy": "a.example, .amazonaws.com"}, None),
        ({"HTTPS_PROXY": "http://p", "NO_PROXY": "eu-west-1.amazonaws.com:443"}, None),
        ({"HTTPS_PROXY": "http://p", "NO_PROXY": "*.AMAZONAWS.com"}, None),
        ({"HTTPS_PROXY": "http://p", "NO_PROXY": "amazonaws.com:8443,,."}, ("p", 80, None)),
        ({"HTTPS_PROXY": "http://p", "NO_PROXY": "naws.com"}, ("p", 80, None)),
    ],
)
def test_proxies(
    python_layer: ModuleType, node_layer: LayerNode, env: dict[str, str], expected: Any
) -> None:
    host = "secretsmanager.eu-west-1.amazonaws.com"
    python = by_python(python_layer, lambda: python_layer.proxy_for(env, host, 443))
    _, node = by_node(node_layer, "proxyFor", env, host, 443)
    if isinstance(node, dict):
        node = (node["host"], node["port"], node["authorization"])
    assert python[1] == node == expected
    name = way.proxy_variable(env, host)
    assert bool(name) is (expected is not None)
    assert (way.proxy_problem(env[name]) if name else "") == (
        expected if isinstance(expected, str) else ""
    )


@pytest.mark.parametrize(
    ("listed", "names"),
    [
        ("", []),
        (",", []),
        ("A", ["A"]),
        ("B, A ,,B", ["B", "A"]),
    ],
)
def test_lists(
    python_layer: ModuleType, node_layer: LayerNode, listed: str, names: list[str]
) -> None:
    env = {"SECRETSHIFT_VARS": listed}
    assert python_layer.listed_names(env) == names
    assert by_node(node_layer, "listedNames", env) == ("result", names)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("DB_PASSWORD", None),
        ("_x1", None),
        ("NODE_API_KEY", None),
        ("PYTHON_TOKEN", None),
        ("?", "BadName"),
        ("1A", "BadName"),
        ("A-B", "BadName"),
        ("A\n", "BadName"),
        ("É", "BadName"),
        ("$(id)", "BadName"),
        ("A=B", "BadName"),
        ("UID", "ReservedName"),
        ("PATH", "ReservedName"),
        ("BASH_ENV", "ReservedName"),
        ("LD_PRELOAD", "ReservedName"),
        ("NODE_OPTIONS", "ReservedName"),
        ("SECRETSHIFT_VARS", "ReservedName"),
        ("AWS_SESSION_TOKEN", "ReservedName"),
    ],
)
def test_names(
    python_layer: ModuleType, node_layer: LayerNode, name: str, problem: str | None
) -> None:
    assert protocol.name_problem(name) == problem
    assert python_layer.name_problem(name) == problem
    assert by_node(node_layer, "nameProblem", name) == ("result", problem)


def test_reserved_names_are_the_same_on_all_sides(
    python_layer: ModuleType, node_layer: LayerNode
) -> None:
    assert protocol.RESERVED_NAMES == python_layer.RESERVED_NAMES
    assert protocol.RESERVED_PREFIXES == python_layer.RESERVED_PREFIXES
    for name in [*protocol.RESERVED_NAMES, *(f"{p}X" for p in protocol.RESERVED_PREFIXES)]:
        assert by_node(node_layer, "nameProblem", name) == ("result", "ReservedName")


@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_every_name_that_a_shell_sets_itself_is_reserved(
    python_layer: ModuleType, shell: str
) -> None:
    """Otherwise the wrapper would take a variable of the shell for one of the function."""
    if not shutil.which(shell, path="/usr/bin:/bin"):
        pytest.skip(f"{shell} is not on this machine")
    listing = subprocess.run(
        ["env", "-i", "PATH=/usr/bin:/bin", shell, "-c", "set"], capture_output=True, text=True
    ).stdout
    names = [line.partition("=")[0] for line in listing.splitlines() if "=" in line]
    assert len(names) > 5
    assert [name for name in names if not python_layer.name_problem(name)] == []


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.from_regex(r"[A-Z]{1,3}", fullmatch=True), TEXT, TEXT),
        unique_by=lambda reference: reference[0],
    )
)
def test_reference_digests(
    python_layer: ModuleType, node_layer: LayerNode, references: list[tuple[str, str, str]]
) -> None:
    references = [
        (name, *(part.encode("utf-8", "replace").decode() for part in parts))  # type: ignore[misc]
        for name, *parts in references
    ]
    expected = protocol.references_digest(references)
    assert python_layer.references_digest(references) == expected
    assert by_node(node_layer, "referencesDigest", references) == ("result", expected)


PAUSES_OF_NODE = """\
const layer = require(process.argv[1]);
const pauses = [];
globalThis.setTimeout = (go, time) => { pauses.push(time / 1000); setImmediate(go); };
let left = 6;
layer.persistently(async () => { if (left-- > 0) throw new layer.Failure('Throttled', true); })
  .then(() => console.log(JSON.stringify(pauses)));
"""


def pauses_of_python(layer: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    pauses: list[float] = []
    clock = SimpleNamespace(monotonic=lambda: layer.DEADLINE - 2.4, sleep=pauses.append)
    monkeypatch.setattr(layer, "time", clock)
    failures = iter([layer.Failure("Throttled", again=True)] * 6)

    def attempt() -> None:
        for failure in failures:
            raise failure

    layer.persistently(attempt)
    return pauses


def pauses_of_node() -> list[float]:
    command = [node_interpreters()[0], "-e", PAUSES_OF_NODE, str(LAYER / "resolver.cjs")]
    found: list[float] = json.loads(subprocess.check_output(command))
    return found


@pytest.mark.parametrize("family", ["python", "node"])
def test_pauses_between_attempts_grow_and_are_never_the_same_twice(
    python_layer: ModuleType, monkeypatch: pytest.MonkeyPatch, family: str
) -> None:
    """Many environments that start together are throttled together."""

    def pauses() -> list[float]:
        return (
            pauses_of_python(python_layer, monkeypatch) if family == "python" else pauses_of_node()
        )

    one, other = pauses(), pauses()
    longest = [0.05, 0.1, 0.2, 0.4, 0.4, 0.4]
    for seen in (one, other):
        assert len(seen) == len(longest)
        assert all(most / 2 <= pause <= most for pause, most in zip(seen, longest, strict=True))
    assert one != other
