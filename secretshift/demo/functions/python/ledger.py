"""Books payments; its variables are under a key of the customer's own."""

import os

from expected import answer, variables_are_expected


def handler(event, context):
    print("entry", event["entry"], "booked as", os.environ["LEDGER_DB_USER"])
    return answer(variables_are_expected("LEDGER_DB_PASSWORD", "REDIS_PASSWORD"))
