"""Variables of a function whose names say nothing of a secret."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from secretshift.detection import Detector
from secretshift.model.findings import Confidence, Verdict

Judged = Callable[..., tuple[Verdict, ...]]

HEX = "958fe065b4127e61c219eaec44b017f7"
MIXED = "Ljq7cSd6cFOImGZnK7iG9SoJXKz9"
LONG = "HN4t8FRt5U1AQ1lx8tgnpEhrcCECqd6YocZcf222cBRlZ0nSQmQ9Bt8kWe0dLW7zJ4oQeIlMvqoU"
JWT = "ey" + "JhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.zr2EidqOdVo4omHqkX.PH_z7d3WQULKiHz5kxqo"


def basic(pair: str) -> str:
    return "Basic " + base64.b64encode(pair.encode()).decode()


@pytest.mark.parametrize(
    ("name", "value", "confidence"),
    [
        ("PARTNER_LINE", MIXED, Confidence.LOW),
        ("owm", HEX, Confidence.MEDIUM),
        ("TANKERKOENIG", "e1495442-e82f-42d9-aee7-3cb003fbf884", Confidence.MEDIUM),
        ("hass_llat", JWT, Confidence.MEDIUM),
        ("CARRIER_SIG", "Pas$wort99", Confidence.LOW),
        ("GROUP_KEY", LONG, Confidence.LOW),
        ("FB_PAGE_TOKEN", LONG, Confidence.LOW),
        ("ALLOWED_API_KEYS", f"{MIXED},{MIXED[::-1]}", Confidence.MEDIUM),
        ("CLIENT_PFX", "MIIKMQIBAzCC" + LONG * 2, Confidence.MEDIUM),
        ("JWT", "teamsecretkey", Confidence.LOW),
        ("EU_OWM_APPID", HEX, Confidence.HIGH),
        ("ORIGIN_VERIFY_VALUE", "e1495442-e82f-42d9-aee7-3cb003fbf884", Confidence.MEDIUM),
        ("DJANGO_SECRET_KEY_FALLBACKS", LONG[:50], Confidence.HIGH),
        ("ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY", MIXED, Confidence.HIGH),
    ],
)
def test_a_value_that_lets_somebody_in_is_found_whatever_its_name(
    judged: Judged, name: str, value: str, confidence: Confidence
) -> None:
    (found,) = judged(**{name: value})
    assert (found.name, found.secret.reveal(), found.confidence) == (name, value, confidence)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GIT_COMMIT", HEX + "8b1c9a02"),
        ("CONTENT_MD5", HEX),
        ("NOTION_DB", HEX),
        ("PAGE_SRI", f"sha384-{LONG[:64]}"),
        ("ATTENDANCE_SHEET", "1MJykntts7o3rfZgaV70v1WnuXYkTxBvF1tXcLrjc0sU"),
        ("STRIPE_PRO", "price_1KiqIvKlfohMTWhHwZUwgGeP"),
        ("GATEWAY", "https://gw.acme.example/v1/Ljq7cSd6cFOImGZnK7iG9SoJXKz9/state"),
        ("CONTENTS", "func-ado-hook-prd8a21"),
        ("RECAPTCHA_SITE_KEY", "6L" + "5SslBKXNpXjB23jQmyN5uVOLAJSpBMjRb2-J6w"),
        ("GROUP_KEY", "tenant#7a"),
        ("UPSTREAM", "pkc-4nym6.us-east-1.aws.confluent.cloud:9092"),
        ("SALT", "10"),
        ("PUSHER_KEY", "8b8fa1c657aa2b073880"),
        ("DD_CLIENT_TOKEN", "pub" + HEX),
        ("TRACEPARENT", f"00-{HEX}-127d3ce9772252dd-01"),
        ("WELCOME", base64.b64encode(b"<p>Willkommen bei uns im Haus</p>").decode()),
        ("OLD_DB_PASSWORD", "(moved to the vault in May 2023)"),
        ("LABEL_PASSWORD", "Passwort"),
        ("ORDERS_LABEL_PASSWORD", "Passwort"),
        ("JWT_SECRET_KEY", "%kernel.project_dir%/config/jwt/private.pem"),
    ],
)
def test_a_value_that_everybody_may_know_is_not(judged: Judged, name: str, value: str) -> None:
    assert judged(**{name: value}) == ()


def test_in_a_file_only_a_name_makes_a_random_text_a_finding(detector: Detector) -> None:
    assert detector.text("app.env", f"PARTNER_LINE={MIXED}\n") == ()


@pytest.mark.parametrize(
    ("name", "value", "secrets"),
    [
        ("LINES", "gate.acme.example:10000:user-de:pw8812kk", ["pw8812kk"]),
        ("users", '{"anna":"Sonne123","bert":"Mond456"}', ["Sonne123", "Mond456"]),
        ("ORA_CONN", "app_ro/Tiger#2018@ADWPRD_high", ["Tiger#2018"]),
        ("ALERTS", f"GenieKey {HEX}", [HEX]),
        (
            "ROSTER",
            f"https://calendar.google.com/calendar/ical/a%40acme.example/private-{HEX}/basic.ics",
            [HEX],
        ),
        ("BASIC_USERS", "erp:Sandra1986!;portal:Nina1998!", ["Sandra1986!", "Nina1998!"]),
        ("SOAP_HEADER", f"<w:Username>A</w:Username><w:Password>{HEX}</w:Password>", [HEX]),
        ("DESK", basic(f"{MIXED}:X"), [MIXED]),
        ("PAY", basic(f"{MIXED}:"), [MIXED]),
        ("MQ_BASIC", basic(f"jobs:{MIXED}")[6:], [MIXED]),
        ("LOOKUP", f"https://acme.azurewebsites.net/api/find?code={MIXED}==", [f"{MIXED}=="]),
        (
            "CLUSTER",
            base64.b64encode(
                f"kind: Config\nusers:\n- name: job\n  token: {HEX}\n".encode()
            ).decode(),
            [HEX],
        ),
    ],
)
def test_a_form_that_holds_a_secret_is_taken_apart(
    judged: Judged, name: str, value: str, secrets: list[str]
) -> None:
    assert [found.secret.reveal() for found in judged(**{name: value})] == secrets


@pytest.mark.parametrize(
    ("name", "kind"),
    [("STRIPE_WEBHOOK", "hmac-secret"), ("STRIPE_WEBHOOK_SECRET", "stripe-webhook-secret")],
)
def test_a_name_of_an_address_is_not_what_a_token_is_of(
    judged: Judged, name: str, kind: str
) -> None:
    (found,) = judged(**{name: "wh" + f"sec_{MIXED}{MIXED[:4]}"})
    assert found.kind == kind
