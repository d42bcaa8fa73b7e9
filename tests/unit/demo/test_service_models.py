"""What is read from the head of a service's model is what the SDK reads from all of it."""

from __future__ import annotations

import gzip
import importlib.util
import subprocess
import sys
from pathlib import Path

import botocore.session
import pytest

pytest.importorskip("ministack")

from ministack.core import iam_actions

from secretshift.demo.extensions import service_models
from tests.journeys import clouds

ASKED = (
    "lambda", "secretsmanager", "iam", "sts", "kms", "logs", "ec2", "s3", "sqs", "dynamodb",
    "cloudwatch", "route53", "stepfunctions", "cloudfront", "sesv2",
)  # fmt: skip


@pytest.mark.parametrize("name", ASKED)
def test_the_metadata_are_the_sdk_s(name: str) -> None:
    model = botocore.session.get_session().get_service_model(name)
    assert service_models.metadata(name) == model.metadata


@pytest.mark.parametrize("name", clouds.ASKED)
def test_what_clouds_of_tests_read_ahead_is_what_a_server_reads(name: str) -> None:
    assert clouds.model(name) == iam_actions._load_botocore_model(name)


@pytest.mark.parametrize(
    "head", [b"", b"{}", b'{"metadata":', b'{"metadata":[{}]}', b'{"metadata":{"a":1', b"\xff\xfe"]
)
def test_a_model_of_another_form_is_left_to_the_sdk(
    head: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Found:
        submodule_search_locations = (str(tmp_path),)

    model = tmp_path / "data/made-up/2026-01-01/service-2.json.gz"
    model.parent.mkdir(parents=True)
    model.write_bytes(gzip.compress(head))
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: Found)
    model_of = service_models._by_its_head(lambda service: f"all of {service}")
    assert model_of("made-up") == "all of made-up"
    assert service_models.metadata("of no service") is None


def test_the_sdk_is_not_imported_for_it() -> None:
    code = (
        "import sys\n"
        "from secretshift.demo.extensions import service_models\n"
        "assert service_models.metadata('lambda')['protocol'] == 'rest-json'\n"
        "assert 'botocore' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
