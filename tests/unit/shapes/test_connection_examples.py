"""One example of each form: what is found, where, and the template that comes of it."""

from __future__ import annotations

import pytest

from secretshift.shapes.connection import parse
from secretshift.shapes.template import template_for

FOUND = [
    # text, form, scheme, fields, template of the password (and user, where there is one)
    (
        "postgresql+psycopg2://user:p%40w@db.x:5432/app?sslmode=require",
        "url",
        "postgresql+psycopg2",
        {"username": "user", "password": "p@w", "host": "db.x", "port": "5432", "dbname": "app"},
        "postgresql+psycopg2://{username|urlencode}:{password|urlencode}@db.x:5432/app?sslmode=require",
    ),
    (
        "redis://:pw1@[::1]:6379/0",
        "url",
        "redis",
        {"password": "pw1", "host": "::1", "port": "6379", "dbname": "0"},
        "redis://:{password|urlencode}@[::1]:6379/0",
    ),
    (
        "amqps://u:p1@broker.x/%2Fmain",
        "url",
        "amqps",
        {"username": "u", "password": "p1", "host": "broker.x", "vhost": "/main"},
        "amqps://{username|urlencode}:{password|urlencode}@broker.x/%2Fmain",
    ),
    (
        "mongodb://u:p1@a.x:27017,b.x:27017/db?replicaSet=r",
        "mongodb",
        "mongodb",
        {"username": "u", "password": "p1", "hosts": "a.x:27017,b.x:27017", "dbname": "db"},
        "mongodb://{username|urlencode}:{password|urlencode}@a.x:27017,b.x:27017/db?replicaSet=r",
    ),
    (
        "postgres://u:p/w#1@h/db",
        "url",
        "postgres",
        {"username": "u", "password": "p/w#1", "host": "h", "dbname": "db"},
        "postgres://{username|urlencode}:{password}@h/db",
    ),
    (
        "mysql://u:p@ss@h/db",
        "url",
        "mysql",
        {"username": "u", "password": "p@ss", "host": "h", "dbname": "db"},
        "mysql://{username|urlencode}:{password}@h/db",
    ),
    (
        "postgres://h/db?user=u&password=p%2B1",
        "url",
        "postgres",
        {"username": "u", "password": "p+1", "host": "h", "dbname": "db"},
        "postgres://h/db?user={username|urlencode}&password={password|urlencode}",
    ),
    (
        "jdbc:postgresql://h:5432/d?user=u&password=p1",
        "jdbc",
        "postgresql",
        {"username": "u", "password": "p1", "host": "h", "port": "5432", "dbname": "d"},
        "jdbc:postgresql://h:5432/d?user={username|urlencode}&password={password|urlencode}",
    ),
    (
        "jdbc:sqlserver://h\\i:1433;user=sa;password={a;b};databaseName=q",
        "jdbc",
        "sqlserver",
        {"host": "h", "port": "1433", "username": "sa", "password": "a;b", "dbname": "q"},
        "jdbc:sqlserver://h\\i:1433;user={username};password={{{password}}};databaseName=q",
    ),
    (
        'jdbc:oracle:thin:scott/"ti@ger"@//h:1521/svc',
        "jdbc",
        "oracle:thin",
        {"username": "scott", "password": "ti@ger", "host": "h", "port": "1521", "dbname": "svc"},
        'jdbc:oracle:thin:{username}/"{password}"@//h:1521/svc',
    ),
    (
        "jdbc:db2://h:50000/db:user=u;password=p1;",
        "jdbc",
        "db2",
        {"host": "h", "port": "50000", "dbname": "db", "username": "u", "password": "p1"},
        "jdbc:db2://h:50000/db:user={username};password={password};",
    ),
    (
        'Server=tcp:x.y,1433; User Id = u ;PWD="a;\'b";Initial Catalog=d',
        "adonet",
        "sqlserver",
        {"host": "x.y", "port": "1433", "username": "u", "password": "a;'b", "dbname": "d"},
        'Server=tcp:x.y,1433; User Id = {username} ;PWD="{password}";Initial Catalog=d',
    ),
    (
        "Driver={ODBC Driver 18 for SQL Server};Server=h;UID=u;PWD={a;b};",
        "odbc",
        "sqlserver",
        {"host": "h", "username": "u", "password": "a;b"},
        "Driver={{ODBC Driver 18 for SQL Server}};Server=h;UID={username};PWD={{{password}}};",
    ),
    (
        "mssql+pyodbc:///?odbc_connect=DRIVER%3D%7BODBC+Driver+18+for+SQL+Server%7D%3B"
        "SERVER%3Dh%3BUID%3Du%3BPWD%3Da%40b%3B",
        "odbc",
        "mssql+pyodbc",
        {"host": "h", "username": "u", "password": "a@b"},
        "mssql+pyodbc:///?odbc_connect=DRIVER%3D%7BODBC+Driver+18+for+SQL+Server%7D%3B"
        "SERVER%3Dh%3BUID%3D{username|urlencode}%3BPWD%3D{password|urlencode}%3B",
    ),
    (
        "Host=h;Username=u;Password=p1;Database=d",
        "adonet",
        "postgresql",
        {"host": "h", "username": "u", "password": "p1", "dbname": "d"},
        "Host=h;Username={username};Password={password};Database=d",
    ),
    (
        "Server=h;Port=3306;Uid=u;Pwd=p1;",
        "adonet",
        "",
        {"host": "h", "port": "3306", "username": "u", "password": "p1"},
        "Server=h;Port=3306;Uid={username};Pwd={password};",
    ),
    (
        "host=h port=5432 user = u password='a b' dbname=d",
        "libpq",
        "postgresql",
        {"host": "h", "port": "5432", "username": "u", "password": "a b", "dbname": "d"},
        "host=h port=5432 user = {username} password='{password}' dbname=d",
    ),
    (
        "org.apache.kafka.common.security.scram.ScramLoginModule required"
        ' username="u" password="p\\"q1";',
        "kafka-jaas",
        "scram",
        {"username": "u", "password": 'p"q1'},
        "org.apache.kafka.common.security.scram.ScramLoginModule required"
        ' username="{username|json}" password="{password|json}";',
    ),
    (
        "DefaultEndpointsProtocol=https;AccountName=n;AccountKey=QUJD==;EndpointSuffix=e",
        "azure",
        "storage",
        {"accountname": "n", "accountkey": "QUJD=="},
        "DefaultEndpointsProtocol=https;AccountName=n;AccountKey={accountkey};EndpointSuffix=e",
    ),
    (
        "Endpoint=sb://x.y/;SharedAccessKeyName=R;SharedAccessKey=QUJD=",
        "azure",
        "servicebus",
        {"endpoint": "sb://x.y/", "sharedaccesskeyname": "R", "sharedaccesskey": "QUJD="},
        "Endpoint=sb://x.y/;SharedAccessKeyName=R;SharedAccessKey={sharedaccesskey}",
    ),
    (
        "AccountEndpoint=https://x.y:443/;AccountKey=QUJD==;",
        "azure",
        "cosmos",
        {"endpoint": "https://x.y:443/", "accountkey": "QUJD=="},
        "AccountEndpoint=https://x.y:443/;AccountKey={accountkey};",
    ),
    (
        "cache.x:6380,password=QUJD=,ssl=True",
        "stackexchange",
        "redis",
        {"host": "cache.x", "port": "6380", "password": "QUJD="},
        "cache.x:6380,password={password},ssl=True",
    ),
    ("Bearer abcdefgh1", "bearer", "", {"token": "abcdefgh1"}, "Bearer {token}"),
    ("Basic dXNlcjpwYXNz", "basic-auth", "", {"username": "user", "password": "pass"}, None),
    (
        "https://abcdefghij0123456789@git.x/o/r.git",
        "url",
        "https",
        {"token": "abcdefghij0123456789", "host": "git.x"},
        None,  # what a path holds nobody can tell
    ),
    (
        "https://abc:x-oauth-basic@git.x/",
        "url",
        "https",
        {"token": "abc", "host": "git.x"},
        "https://{token|urlencode}:x-oauth-basic@git.x/",
    ),
    (
        "https://api.x/?api_key=k%2B1&version=2",
        "url",
        "https",
        {"token": "k+1", "host": "api.x"},
        "https://api.x/?api_key={token|urlencode}&version=2",
    ),
]

TAKEN = ("username", "password", "token", "accountkey", "sharedaccesskey")


@pytest.mark.parametrize(("text", "form", "scheme", "fields", "template"), FOUND)
def test_a_form_is_taken_apart(
    text: str, form: str, scheme: str, fields: dict[str, str], template: str | None
) -> None:
    connection = parse(text)
    assert connection is not None
    assert (connection.form, connection.scheme) == (form, scheme)
    assert {f.key: f.text.reveal() for f in connection.fields} == fields
    keys = {f.key: f.key for f in connection.fields if f.key in TAKEN}
    assert template_for(text, connection, keys) == template


NOTHING = [
    "",
    "hello",
    "https://example.com/path",
    "https://user@example.com/path",
    "https://0123456789abcdef0123456789abcdef@o1.ingest.sentry.io/2",
    "https://example.com:8080/@scope/package",
    "redis://[::1]:6379/0",
    "postgres://user@host/db",
    "postgres://user:@host/db",
    "postgres://u:a@b/c@host/db",  # either "a" or "a@b/c"
    "postgres://u:a/b@c@host/db",  # either "a/b" or "a/b@c"
    "postgres://u:one@h/db?password=two&sslpassword=three",
    "postgres://u:one@h/db?password=two",  # which one counts differs from driver to driver
    "jdbc:oracle:thin:@//h:1521/svc",
    "jdbc:oracle:thin:u/a@b@//h:1521/svc",
    "Server=h;Database=d;Trusted_Connection=True",
    'Server=h;Password="open',
    "a=1;password=2",
    "password=one",
    "password='open host=h",
    "Basic !!!!",
    "Basic aGVsbG8=",
    "Bearer authentication",
    "InstrumentationKey=0;IngestionEndpoint=https://x.y/",
    "see https://a.b: mail me@x.y",
]


@pytest.mark.parametrize("text", NOTHING)
def test_what_holds_no_credential_or_two_readings_is_left_alone(text: str) -> None:
    assert parse(text) is None
