"""Writes invoices with a JDBC style database URL."""

import os
from urllib.parse import parse_qs, urlsplit

from expected import answer, variables_are_expected


def handler(event, context):
    url = urlsplit(os.environ["BILLING_JDBC_URL"].removeprefix("jdbc:"))
    login = parse_qs(url.query)
    print("invoice", event["invoice"], "for", login["user"][0])
    return answer(bool(login["password"]) and variables_are_expected("BILLING_JDBC_URL"))
