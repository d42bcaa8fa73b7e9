"""Credentials for the samples, made when they are needed: none stands in this repository.

They look like the real ones, prefixes and check sums included, and open nothing anywhere.
"""

from __future__ import annotations

import base64
import json
import random
import string
import zlib
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import quote

SEED = 20_260_101

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_HEX = "0123456789abcdef"
# PKCS #8 of an Ed25519 key, up to its 32 bytes (RFC 8410, section 7).
_ED25519 = bytes.fromhex("302e020100300506032b657004220420")


def values(seed: int = SEED) -> Mapping[str, str]:
    """Every value that the samples hold, by a name; the same seed gives the same values.

    Passwords inside of connection strings have an entry of their own, so that a test can search
    for each of them.
    """
    made = _Maker(seed)
    orders, invoices, warehouse = (
        made.password() + "/" + made.text(4),
        made.password(),
        made.password(),
    )
    crm, partner, ledger = made.password(), made.password(), made.password()
    account = _service_account(made)
    found = {
        "orders_password": orders,
        "orders_url": (
            f"postgresql://orders:{quote(orders, safe='')}@orders.cluster-c9akciq32rxq."
            "eu-west-1.rds.amazonaws.com:5432/orders?sslmode=require"
        ),
        "stripe_key": "_".join(("sk", "live", "51" + made.text(97))),
        "stripe_webhook_secret": "_".join(("whsec", made.text(32))),
        "sendgrid_key": ".".join(("SG", made.text(22), made.text(43))),
        "invoices_password": invoices,
        "invoices_jdbc": (
            "jdbc:postgresql://invoices.c9akciq32rxq.eu-west-1.rds.amazonaws.com:5432/invoices"
            f"?user=invoices&password={invoices}&ssl=true"
        ),
        "warehouse_password": warehouse,
        "warehouse_connection": (
            "Server=tcp:warehouse.c9akciq32rxq.eu-west-1.rds.amazonaws.com,1433;"
            f"Database=warehouse;User ID=sync;Password={warehouse};Encrypt=True;"
        ),
        "crm_password": crm,
        "crm_credentials": json.dumps(
            {"username": "shop-bridge", "password": crm, "tenant": "northwind"}
        ),
        "signing_key": made.private_key().replace("\n", "\\n"),
        "partner_password": partner,
        "partner_header": "Basic " + base64.b64encode(f"northwind:{partner}".encode()).decode(),
        "partner_secret": made.text(40),
        "checkout_token": made.hexadecimal(64),
        "ledger_password": ledger,
        "github_token": made.github_token(),
        "service_account_key": json.loads(account)["private_key"],
        "service_account": base64.b64encode(account.encode()).decode(),
        "slack_token": "-".join(("xoxb", made.digits(12), made.digits(13), made.text(24))),
        # No whole $NAME or %NAME% in it: that would be a reference to look up, not a password.
        "import_password": f"{made.text(6)}\"'$8x%d`\\ ü€{made.text(6)}\n{made.text(6)}",
        "redis_password": made.text(32),
    }
    return MappingProxyType(found)


class _Maker:
    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def text(self, length: int) -> str:
        return self._of(_BASE62, length)

    def digits(self, length: int) -> str:
        return self._of("123456789", length)

    def hexadecimal(self, length: int) -> str:
        return self._of(_HEX, length)

    def password(self) -> str:
        """20 characters with a capital, a small letter, a digit and a sign."""
        return f"{self._of(string.ascii_uppercase, 1)}{self.text(16)}{self._of('23456789', 2)}!"

    def github_token(self) -> str:
        """30 random characters and six of check sum: the CRC-32 of them in base 62."""
        body = self.text(30)
        number, check = zlib.crc32(body.encode()), ""
        for _ in range(6):
            number, digit = divmod(number, 62)
            check = _BASE62[digit] + check
        return "_".join(("ghp", body + check))

    def private_key(self) -> str:
        """A valid Ed25519 key in PEM."""
        body = base64.b64encode(_ED25519 + self._random.randbytes(32)).decode()
        mark = "PRIVATE" + " KEY-----"
        return f"-----BEGIN {mark}\n{body}\n-----END {mark}\n"

    def _of(self, characters: str, length: int) -> str:
        return "".join(self._random.choices(characters, k=length))


def _service_account(made: _Maker) -> str:
    return json.dumps(
        {
            "type": "service_account",
            "project_id": "northwind-analytics",
            "private_key_id": made.hexadecimal(40),
            "private_key": made.private_key(),
            "client_email": "ingest@northwind-analytics.iam.gserviceaccount.com",
            "client_id": made.digits(21),
            "token_uri": "https://oauth2.googleapis.com/token",
        }
    )
