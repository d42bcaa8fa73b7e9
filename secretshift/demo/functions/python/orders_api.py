"""Takes orders: a web service in front of a PostgreSQL database."""

import os
from urllib.parse import unquote, urlsplit

from expected import answer, variables_are_expected

DATABASE = urlsplit(os.environ["DATABASE_URL"])


def handler(event, context):
    password = unquote(DATABASE.password or "")
    print("order", event["order"], "goes to", DATABASE.hostname)
    return answer(bool(password) and variables_are_expected("DATABASE_URL"))
