"""The functions of a small shop: where they run, which variables they have, and why.

A variable's value may name generated values as `{name}`; whatever needs such a name is a secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

EU, US = "eu-west-1", "us-east-1"

_HARMLESS = MappingProxyType({"LOG_LEVEL": "info", "STAGE": "production"})


@dataclass(frozen=True)
class Blueprint:
    """One sample function before it exists.

    source: a file in `functions/`; secret: variable to the name of a generated value; plain: the
    harmless variables; event: what it is invoked with.
    """

    name: str
    region: str
    runtime: str
    role: str
    source: str
    story: str
    event: Mapping[str, Any]
    secret: Mapping[str, str] = field(default_factory=dict)
    plain: Mapping[str, str] = field(default_factory=dict)
    customer_key: bool = False
    wrapped: bool = False
    alias: str = ""
    own_secret: bool = False

    @property
    def variables(self) -> dict[str, str]:
        """Harmless variables; the secret ones come with the generated values."""
        return {**_HARMLESS, **self.plain}


BLUEPRINTS = (
    Blueprint(
        "orders-api",
        EU,
        "python3.12",
        "shop-backend",
        "python/orders_api.py",
        "a database URL with a password in it",
        {"order": "A-1001"},
        {"DATABASE_URL": "orders_url"},
        {"TABLE_NAME": "orders", "FEATURE_FLAGS": "new-checkout,gift-cards"},
    ),
    Blueprint(
        "orders-export",
        EU,
        "python3.12",
        "shop-backend",
        "python/orders_export.py",
        "the same password in parts, under the same role",
        {"day": "2026-01-31"},
        {"DB_PASSWORD": "orders_password"},
        {
            "DB_HOST": "orders.cluster-c9akciq32rxq.eu-west-1.rds.amazonaws.com",
            "DB_USER": "orders",
            "DB_PORT": "5432",
            "DB_NAME": "orders",
            "EXPORT_BUCKET": "northwind-order-exports",
        },
    ),
    Blueprint(
        "payments-webhook",
        EU,
        "nodejs24.x",
        "payments",
        "node/payments_webhook.js",
        "a payment provider's live key and its webhook secret",
        {"payment": "P-77"},
        {"STRIPE_SECRET_KEY": "stripe_key", "STRIPE_WEBHOOK_SECRET": "stripe_webhook_secret"},
        {"STRIPE_API_VERSION": "2025-09-30", "CURRENCY": "eur"},
    ),
    Blueprint(
        "mailer",
        EU,
        "nodejs22.x",
        "mailer",
        "node/mailer.js",
        "a mail provider's key, read by an older callback handler",
        {"mail": "welcome"},
        {"SENDGRID_API_KEY": "sendgrid_key"},
        {"MAIL_FROM": "shop@northwind.example", "TEMPLATE_ID": "d-5f2c"},
    ),
    Blueprint(
        "invoices",
        EU,
        "python3.13",
        "shop-backend",
        "python/invoices.py",
        "a JDBC URL with user and password as parameters",
        {"invoice": "R-2026-17"},
        {"BILLING_JDBC_URL": "invoices_jdbc"},
        {"TAX_RATE": "0.19", "ARCHIVE_URL": "https://archive.northwind.example/invoices"},
    ),
    Blueprint(
        "warehouse-sync",
        EU,
        "nodejs24.x",
        "warehouse",
        "node/warehouse_sync.mjs",
        "an ADO.NET connection string in an ES module",
        {"article": "4711"},
        {"WAREHOUSE_CONNECTION": "warehouse_connection"},
        {"BATCH_SIZE": "250", "QUEUE_ARN": "arn:aws:sqs:eu-west-1:{account}:stock-changes"},
    ),
    Blueprint(
        "crm-bridge",
        EU,
        "python3.12",
        "crm",
        "python/crm_bridge.py",
        "a login as one JSON object",
        {"customer": "K-9"},
        {"CRM_CREDENTIALS": "crm_credentials"},
        {"CRM_URL": "https://crm.northwind.example/api/v2", "RETRY_LIMIT": "3"},
    ),
    Blueprint(
        "document-signer",
        EU,
        "nodejs24.x",
        "documents",
        "node/document_signer.js",
        "a private key in one line",
        {"document": "D-3"},
        {"SIGNING_KEY": "signing_key"},
        {"SIGNING_KEY_ID": "2026-01", "DOCUMENT_BUCKET": "northwind-documents"},
    ),
    Blueprint(
        "partner-gateway",
        EU,
        "python3.12",
        "partner",
        "python/partner_gateway.py",
        "a basic-auth header, and a secret of its own that it already reads by ARN",
        {"shipment": "S-12"},
        {"PARTNER_AUTHORIZATION": "partner_header"},
        {"PARTNER_URL": "https://partner.northwind.example"},
        own_secret=True,
    ),
    Blueprint(
        "traced-checkout",
        EU,
        "python3.12",
        "checkout",
        "python/traced_checkout.py",
        "started by a tracing layer's wrapper, which must keep working",
        {"basket": "B-5"},
        {"CHECKOUT_API_TOKEN": "checkout_token"},
        {"OTEL_SERVICE_NAME": "checkout", "AWS_LAMBDA_EXEC_WRAPPER": "/opt/otel-instrument"},
        wrapped=True,
    ),
    Blueprint(
        "ledger",
        EU,
        "python3.12",
        "ledger",
        "python/ledger.py",
        "two passwords, encrypted with a key of the customer's own",
        {"entry": "L-1"},
        {"LEDGER_DB_PASSWORD": "ledger_password", "REDIS_PASSWORD": "redis_password"},
        {"LEDGER_DB_USER": "ledger", "REDIS_PORT": "6379"},
        customer_key=True,
    ),
    Blueprint(
        "release-bot",
        EU,
        "nodejs24.x",
        "release-bot",
        "node/release_bot.js",
        "a published version that an alias points to holds the token as well",
        {"release": "v1.4.0"},
        {"GITHUB_TOKEN": "github_token"},
        {"GITHUB_REPOSITORY": "northwind/shop"},
        alias="live",
    ),
    Blueprint(
        "analytics-ingest",
        US,
        "python3.12",
        "analytics",
        "python/analytics_ingest.py",
        "a service account of another cloud, JSON in base64",
        {"events": [{"kind": "view"}, {"kind": "buy"}]},
        {"GCP_SERVICE_ACCOUNT_B64": "service_account"},
        {"DATASET": "shop_events"},
    ),
    Blueprint(
        "chat-notifier",
        US,
        "nodejs24.x",
        "analytics",
        "node/chat_notifier.js",
        "a chat token, under a role that another function has too",
        {"text": "deployed"},
        {"SLACK_BOT_TOKEN": "slack_token"},
        {"CHANNEL": "#releases"},
    ),
    Blueprint(
        "legacy-import",
        US,
        "python3.11",
        "legacy",
        "python/legacy_import.py",
        "a password with quotes, dollar and percent signs, a line break and an umlaut",
        {"file": "january.csv"},
        {"IMPORT_PASSWORD": "import_password"},
        {"IMPORT_FOLDER": "/mnt/import", "DELIMITER": ";"},
    ),
    Blueprint(
        "metrics-rollup",
        US,
        "python3.12",
        "metrics",
        "python/metrics_rollup.py",
        "no credential at all",
        {"numbers": [1, 2, 3]},
        {},
        {"TABLE_NAME": "metrics", "TOPIC_ARN": "arn:aws:sns:us-east-1:{account}:metrics"},
    ),
)
