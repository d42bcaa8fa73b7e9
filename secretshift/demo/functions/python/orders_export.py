"""Exports the day's orders: the same database login as orders-api, in separate variables."""

import os

from expected import answer, variables_are_expected


def handler(event, context):
    login = {
        "host": os.environ["DB_HOST"],
        "user": os.environ["DB_USER"],
        "password": os.environ["DB_PASSWORD"],
        "port": int(os.environ.get("DB_PORT", "5432")),
    }
    print("export of", event["day"], "from", login["host"])
    return answer(variables_are_expected("DB_PASSWORD"))
