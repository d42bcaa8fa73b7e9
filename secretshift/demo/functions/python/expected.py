"""Tells whether this function got the values that its package expects, and never prints one."""

import hashlib
import hmac
import json
import os
from pathlib import Path

_EXPECTED = json.loads((Path(__file__).parent / "expected.json").read_text())


def is_expected(name, value):
    salt = bytes.fromhex(_EXPECTED["salt"])
    found = hmac.new(salt, value.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(found, _EXPECTED["digests"][name])


def variables_are_expected(*names):
    return all(name in os.environ and is_expected(name, os.environ[name]) for name in names)


def answer(fine):
    return {"statusCode": 200 if fine else 500}
