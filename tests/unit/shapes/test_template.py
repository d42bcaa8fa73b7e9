"""When there is no template: rather none than a wrong one."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from secretshift.model.secret_value import SecretValue
from secretshift.shapes.connection import Connection, Field, parse
from secretshift.shapes.template import template_for

TEXT = "postgresql://app:s3cret@db.example.com:5432/orders"


def connection() -> Connection:
    found = parse(TEXT)
    assert found is not None
    return found


def test_the_user_may_stay_or_go() -> None:
    assert (
        template_for(TEXT, connection(), {"password": "password"})
        == "postgresql://app:{password|urlencode}@db.example.com:5432/orders"
    )
    assert (
        template_for(TEXT, connection(), {"password": "p", "username": "u", "port": "port"})
        == "postgresql://{u|urlencode}:{p|urlencode}@db.example.com:{port}/orders"
    )


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"username": "username"},
        {"password": "password", "token": "token"},
        {"password": "pass|word"},
        {"password": "{"},
        {"password": ""},
        {"password": "same", "username": "same"},
    ],
)
def test_keys_that_do_not_work_give_none(keys: dict[str, str]) -> None:
    assert template_for(TEXT, connection(), keys) is None


def test_a_user_that_equals_the_password_must_go_too() -> None:
    text = "postgresql://admin:admin@h/db"
    found = parse(text)
    assert found is not None
    assert template_for(text, found, {"password": "p"}) is None
    assert template_for(text, found, {"password": "p", "username": "u"}) is not None


def test_a_connection_of_another_text_gives_none() -> None:
    assert template_for(TEXT.replace("s3cret", "other1"), connection(), {"password": "p"}) is None


def test_a_field_with_a_wrong_filter_gives_none() -> None:
    found = connection()
    fields = tuple(
        dataclasses.replace(field, filters=("base64",)) if field.is_secret else field
        for field in found.fields
    )
    wrong = dataclasses.replace(found, fields=fields)
    assert template_for(TEXT, wrong, {"password": "p"}) is None


def test_overlapping_fields_give_none() -> None:
    field = Field("password", SecretValue("s3cret"), 17, 23)
    other = Field("username", SecretValue("s3cret"), 17, 23)
    overlapping = Connection("url", "postgresql", (field, other), "password")
    assert template_for(TEXT, overlapping, {"password": "p", "username": "u"}) is None


@pytest.mark.parametrize(
    "text",
    [
        "postgres://u:p%2fw1@h/db",  # lower case hexadecimal digits
        "https://h/x?password=a+b1",  # a plus sign for a blank
        "Server=h;User Id=u;Password='it''s';",
        "Basic dXNlcjpwYXNzdzByZA==",
    ],
)
def test_a_spelling_that_no_filter_gives_is_stored_whole(text: str) -> None:
    found = parse(text)
    assert found is not None
    assert found.secret.filters == ("?",)
    assert template_for(text, found, {"password": "p"}) is None


def test_nothing_prints_a_value() -> None:
    assert "s3cret" not in repr(connection())
    assert "s3cret" not in str(connection().fields)


COMMON = [
    "postgres://app:s3cret@db.example.com:5432/orders?sslmode=verify-full&application_name=orders-api",
    "postgresql://app:s3cret@orders.c9akciq32rgt.eu-central-1.rds.amazonaws.com:5432/orders"
    "?sslmode=require&connect_timeout=10",
    "mongodb+srv://app:s3cret@cluster0.ab1cd.mongodb.net/orders?retryWrites=true&w=majority"
    "&appName=Cluster0",
    "mongodb://app:s3cret@a.example:27017,b.example:27017/?replicaSet=rs0&authSource=admin"
    "&authMechanism=SCRAM-SHA-256&readPreference=secondaryPreferred",
    "mysql+pymysql://app:s3cret@db/orders?charset=utf8mb4",
    "jdbc:mysql://db.example.com:3306/orders?user=app&password=s3cret&useSSL=true"
    "&serverTimezone=UTC&allowPublicKeyRetrieval=true",
    "jdbc:postgresql://db/orders?user=app&password=s3cret&sslmode=require&prepareThreshold=0",
    "jdbc:sqlserver://db:1433;databaseName=orders;user=app;password=s3cret;encrypt=true;"
    "trustServerCertificate=false;loginTimeout=30",
    "Server=tcp:orders.database.windows.net,1433;Initial Catalog=orders;User ID=app;"
    "Password=s3cret;Encrypt=True;TrustServerCertificate=False;Connection Timeout=30;"
    "MultipleActiveResultSets=False;Persist Security Info=False",
    "Host=db;Username=app;Password=s3cret;Database=orders;SSL Mode=Require;Maximum Pool Size=20",
    "rediss://:s3cret@cache.example.com:6379/0?ssl_cert_reqs=required",
    "amqps://app:s3cret@mq.example.com:5671/orders?heartbeat=30",
    "host=db user=app password=s3cret dbname=orders sslmode=require",
    "cache.example.com:6380,password=s3cret,ssl=True,abortConnect=False",
    "DefaultEndpointsProtocol=https;AccountName=orders;AccountKey=s3cret==;"
    "EndpointSuffix=core.windows.net",
    "mssql+pyodbc://app:s3cret@db/orders?driver=ODBC+Driver+18+for+SQL+Server&Encrypt=yes",
]


@pytest.mark.parametrize("text", COMMON)
def test_what_drivers_document_gets_a_template(text: str) -> None:
    found = parse(text)
    assert found is not None
    template = template_for(text, found, {found.secret_key: "k"})
    assert template is not None and "s3cret" not in template


TOKEN = "q8Zk3LmN0pQrStUvWxYz12"
PLACES = [
    "https://svc:s3cret@hooks.example.com/services/T0/B0/%s",
    "https://svc:s3cret@hooks.example.com/?sig2=%s",
    "https://svc:s3cret@%s/",
    "postgres://app:s3cret@db:5432/app?options=-c%%20app.key%%3D%s&sslmode=require",
    "postgres://app:s3cret@db:5432/app?sslmode=%s",
    "postgres://app:s3cret@db:5432/app?%s",
    "postgres://app:s3cret@db:5432/app?%s=true",
    "postgres://app:s3cret@db:5432/app#%s",
    "postgres://app:s3cret@db:5432/app/%s",
    "postgres://app:s3cret@db:%s/app",
    "postgres+%s://app:s3cret@db/app",
    "mongodb://u:s3cret@h/db?authMechanismProperties=AWS_SESSION_TOKEN:%s",
    "amqp://u:s3cret@h:5672/v?auth_code=%s",
    "mysql://u:s3cret@h/db?user=%s",
    "Server=h;User ID=u;Password=s3cret;Extra Token=%s",
    "Server=tcp:h,1433;User ID=u;Password=s3cret;%s=true",
    "Driver={%s};Server=h;UID=u;PWD=s3cret",
    "jdbc:sqlserver://h:1433;user=u;password=s3cret;clientKey=%s",
    "jdbc:mysql://h/db?user=u&password=s3cret&sessionVariables=%s",
    "host=db user=u password=s3cret service=%s",
    "host=db user=u password=s3cret options='%s'",
    "h:6380,password=s3cret,configChannel=%s",
    "DefaultEndpointsProtocol=%s;AccountName=n;AccountKey=s3cret==",
    "mssql+pyodbc:///?odbc_connect=DRIVER%%3D%%7BFreeTDS%%7D%%3BSERVER%%3Dh%%3BUID%%3Du%%3BPWD%%3D"
    "s3cret%%3BToken%%3D%s",
    "org.apache.kafka.common.security.plain.PlainLoginModule required username=u"
    " password=s3cret extra=%s;",
]


@pytest.mark.parametrize("place", PLACES)
@example(TOKEN)
@given(st.text("abcxyzQRS0189-_.", min_size=8, max_size=30))
def test_text_that_no_list_knows_never_stays(place: str, unknown: str) -> None:
    assume(any(c.isdigit() for c in unknown) and any(c.isupper() for c in unknown))
    text = place % unknown
    found = parse(text)
    if found is None:
        return
    for taken in ({found.secret_key}, {field.key for field in found.fields}):
        template = template_for(text, found, {key: f"k{at}" for at, key in enumerate(taken)})
        if "@%s/" in place and template is not None:
            assert TOKEN not in template  # a host, if it looks like one
        else:
            assert template is None or unknown not in template


def test_a_second_credential_of_an_unusual_name_never_stays() -> None:
    text = f"Server=h;User ID=u;Password=s3cret;SharedAccessKey=K;Extra Token={TOKEN}"
    found = parse(text)
    assert found is not None
    assert template_for(text, found, {found.secret_key: "k"}) is None


@pytest.mark.parametrize(
    "kept", [f"postgres://{TOKEN}:s3cret@h/db", f"postgres://u:s3cret@h/{TOKEN}"]
)
def test_a_name_that_looks_drawn_does_not_stay(kept: str) -> None:
    found = parse(kept)
    assert found is not None
    assert template_for(kept, found, {"password": "p"}) is None
