"""Which variables of a function belong to one credential."""

from __future__ import annotations

import pytest

from secretshift.catalogue import load, normalised, siblings

TABLE = [
    # credential, kind, other variables of the function, what belongs to it
    (
        "DB_PASSWORD",
        "database-password",
        ["DB_USER", "DB_HOST", "DB_PORT", "DB_NAME", "LOG_LEVEL"],
        {"username": "DB_USER", "host": "DB_HOST", "port": "DB_PORT", "dbname": "DB_NAME"},
    ),
    (
        "PGPASSWORD",
        "postgres-password",
        ["PGUSER", "PGHOST", "PGPORT", "PGDATABASE", "PG_HOST"],
        {"username": "PGUSER", "host": "PGHOST", "port": "PGPORT", "dbname": "PGDATABASE"},
    ),
    (
        "MYSQL_ROOT_PASSWORD",
        "mysql-password",
        ["MYSQL_HOST", "MYSQL_DATABASE", "MYSQL_USER"],
        {"username": "MYSQL_USER", "host": "MYSQL_HOST", "dbname": "MYSQL_DATABASE"},
    ),
    (  # the user of another password is not this one's
        "MYSQL_ROOT_PASSWORD",
        "mysql-password",
        ["MYSQL_HOST", "MYSQL_USER", "MYSQL_PASSWORD"],
        {"host": "MYSQL_HOST"},
    ),
    (
        "DB_READONLY_PASSWORD",
        "database-password",
        ["DB_PASSWORD", "DB_USER", "DB_READONLY_USER", "DB_HOST"],
        {"username": "DB_READONLY_USER", "host": "DB_HOST"},
    ),
    (  # two candidates: neither
        "DB_PASSWORD",
        "database-password",
        ["DB_USER", "DB_USERNAME", "DB_HOST"],
        {"host": "DB_HOST"},
    ),
    (
        "dbPassword",
        "database-password",
        ["dbUser", "dbHost", "region"],
        {"username": "dbUser", "host": "dbHost"},
    ),
    (
        "DB_PASSWORD_PROD",
        "database-password",
        ["DB_USER_PROD", "DB_USER_DEV", "DB_HOST_PROD"],
        {"username": "DB_USER_PROD", "host": "DB_HOST_PROD"},
    ),
    (
        "ORDERS_DB_PASSWORD",
        "database-password",
        ["ORDERS_DB_HOST", "BILLING_DB_HOST", "ORDERS_USER"],
        {"host": "ORDERS_DB_HOST"},
    ),
    (
        "AWS_SECRET_ACCESS_KEY",
        "aws-access-key",
        ["AWS_ACCESS_KEY_ID", "AWS_REGION"],
        {"aws_access_key_id": "AWS_ACCESS_KEY_ID"},
    ),
    (
        "PARTNER_AWS_SECRET_ACCESS_KEY",
        "aws-access-key",
        ["AWS_ACCESS_KEY_ID", "PARTNER_AWS_ACCESS_KEY_ID"],
        {"aws_access_key_id": "PARTNER_AWS_ACCESS_KEY_ID"},
    ),
    (
        "TWILIO_AUTH_TOKEN",
        "twilio-auth-token",
        ["TWILIO_ACCOUNT_SID"],
        {"account_sid": "TWILIO_ACCOUNT_SID"},
    ),
    (
        "AZURE_CLIENT_SECRET",
        "azure-client-secret",
        ["AZURE_CLIENT_ID", "AZURE_TENANT_ID"],
        {"client_id": "AZURE_CLIENT_ID", "tenant_id": "AZURE_TENANT_ID"},
    ),
    (
        "RABBITMQ_DEFAULT_PASS",
        "amqp-password",
        ["RABBITMQ_DEFAULT_USER", "RABBITMQ_DEFAULT_VHOST"],
        {"username": "RABBITMQ_DEFAULT_USER", "vhost": "RABBITMQ_DEFAULT_VHOST"},
    ),
    ("SMTP_PASSWORD", "smtp-password", ["DB_USER", "HOST", "USER"], {}),
    ("PASSWORD", "smtp-password", ["HOST", "USERNAME"], {"host": "HOST", "username": "USERNAME"}),
    ("PASSWORD", "smtp-password", ["HOST", "USERNAME", "DB_PASSWORD"], {}),
    (  # two spellings of one name: which of them is read nobody knows
        "DB_PASSWORD",
        "database-password",
        ["DB_HOST", "dbHost"],
        {},
    ),
    ("STRIPE_SECRET_KEY", "stripe-secret-key", ["STRIPE_USER"], {}),
]


@pytest.mark.parametrize(("variable", "kind_id", "others", "expected"), TABLE)
def test_siblings(variable: str, kind_id: str, others: list[str], expected: dict[str, str]) -> None:
    kind = load().get(kind_id)
    assert kind is not None
    assert dict(siblings(variable, kind, [variable, *others])) == expected


@pytest.mark.parametrize(
    ("written", "one"),
    [
        ("DB_PASSWORD", "DB_PASSWORD"),
        ("dbPassword", "DB_PASSWORD"),
        ("db-password", "DB_PASSWORD"),
        ("spring.datasource.password", "SPRING_DATASOURCE_PASSWORD"),
        ("AzureWebJobsStorage", "AZURE_WEB_JOBS_STORAGE"),
        ("PGPASSWORD", "PGPASSWORD"),
        ("OAuth2ClientSecret", "O_AUTH2_CLIENT_SECRET"),
        ("", ""),
        ("°", ""),
    ],
)
def test_names_have_one_spelling(written: str, one: str) -> None:
    assert normalised(written) == one
    assert normalised(one) == one


@pytest.mark.parametrize(
    ("name", "kind_id"),
    [
        ("POSTGRES_PASSWORD", "postgres-password"),
        ("MYSQL_ALLOW_EMPTY_PASSWORD", "generic-password"),
        ("SNOWFLAKE_PASSWORD", "snowflake-password"),
        ("STRIPE_WEBHOOK_SECRET", "stripe-webhook-secret"),
        ("GITHUB_APP_PRIVATE_KEY", "github-app-private-key"),
        ("GITHUB_CLIENT_SECRET", "oauth-client-secret"),
        ("MY_SQL_PASSWORD", "mysql-password"),
        ("APP_SECRET", "signing-key"),
        ("APP_KEY", "encryption-key"),
        ("SQL_PASSWORD", "database-password"),
        ("AzureWebJobsStorage", "azure-storage-key"),
        ("JWT_SECRET", "signing-key"),
        ("APP_SECRET_KEY", "signing-key"),
        ("ENCRYPTION_KEY", "encryption-key"),
        ("PARTNER_CLIENT_SECRET", "oauth-client-secret"),
        ("PARTNER_API_KEY", "generic-api-key"),
        ("PARTNER_TOKEN", "generic-token"),
        ("ADMIN_PASSWORD", "generic-password"),
        ("SLACK_WEBHOOK_URL", "slack-webhook"),
        ("OPS_WEBHOOK_URL", "webhook-url"),
    ],
)
def test_a_special_name_goes_before_a_general_one(name: str, kind_id: str) -> None:
    kind = load().by_name(name)
    assert kind is not None
    assert kind.id == kind_id


@pytest.mark.parametrize(
    "name",
    [
        "AWS_REGION",
        "LOG_LEVEL",
        "TABLE_NAME",
        "DB_HOST",
        "MAX_TOKENS",
        "PASSWORD_MIN_LENGTH",
        "DB_PASSWORD_SECRET_ARN",
        "DB_PASSWORD_FILE",
        "KMS_KEY_ID",
        "PUBLIC_KEY",
        "TOKEN_URL",
        "CACHE_KEY_PREFIX",
        "COMPASS",
        "BYPASS",
        "MONKEY",
        "S3_BUCKET",
    ],
)
def test_a_harmless_name_is_no_kind(name: str) -> None:
    assert load().by_name(name) is None


@pytest.mark.parametrize(
    ("begin", "kind"),
    [
        ("glso" + "at-", "gitlab-token"),
        ("glag" + "ent-", "gitlab-token"),
        ("pat-" + "na2-", "hubspot-token"),
        ("pat-" + "ap1-", "hubspot-token"),
        ("AS" + "IA", ""),
    ],
)
def test_what_a_value_begins_with_says_whose_it_is(begin: str, kind: str) -> None:
    found = load().by_prefix(begin + "x7Kq2mVd9RbTzLs4WcYh")
    assert (found.id if found else "") == kind
