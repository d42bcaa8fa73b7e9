"""Talks to a partner: one credential in a header, another one already in Secrets Manager."""

import os

import boto3
from expected import answer, is_expected, variables_are_expected

secrets = boto3.client("secretsmanager")


def handler(event, context):
    if not os.environ["PARTNER_AUTHORIZATION"].startswith("Basic "):
        return answer(False)
    found = secrets.get_secret_value(SecretId=os.environ["PARTNER_SECRET_ARN"])
    print("shipment", event["shipment"], "announced to the partner")
    return answer(
        is_expected("PARTNER_SECRET", found["SecretString"])
        and variables_are_expected("PARTNER_AUTHORIZATION")
    )
