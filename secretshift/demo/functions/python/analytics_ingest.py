"""Sends events to another cloud with a service account: JSON in base64."""

import base64
import json
import os

from expected import answer, variables_are_expected


def handler(event, context):
    account = json.loads(base64.b64decode(os.environ["GCP_SERVICE_ACCOUNT_B64"]))
    print(len(event["events"]), "events for", account["project_id"])
    return answer(
        account["type"] == "service_account" and variables_are_expected("GCP_SERVICE_ACCOUNT_B64")
    )
