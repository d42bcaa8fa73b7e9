"""Hands customers on to a CRM whose login is one JSON object."""

import json
import os

from expected import answer, variables_are_expected

LOGIN = json.loads(os.environ["CRM_CREDENTIALS"])


def handler(event, context):
    print("customer", event["customer"], "as", LOGIN["username"], "of", LOGIN["tenant"])
    return answer("password" in LOGIN and variables_are_expected("CRM_CREDENTIALS"))
