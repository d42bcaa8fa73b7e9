# ruff: noqa: E501 - a line of a template is a line of a file
"""Files in the manner of real repositories, first batch.

The language is that of :mod:`tests.bench.quality_values`; ``=== path`` begins a file.
"""

from __future__ import annotations

from typing import Final

FILES: Final = r"""
=== .env
# local overrides
APP_ENV=production
APP_DEBUG=false
DB_HOST=«host»
DB_PASSWORD=⟦«pw»⟧
DB_PORT=5432
MAIL_PASSWORD="⟦«person»⟧"
REDIS_URL=redis://default:⟦«alnum24»⟧@«host»:6379/1
JWT_TTL=3600
PUBLIC_URL=https://shop.example.org
SESSION_SECRET='⟦«alnum32»⟧'
API_KEY=
EMPTY_TOKEN=""
=== .env.example
APP_ENV=local
DB_PASSWORD=changeme
API_KEY=your-api-key-here
STRIPE_SECRET_KEY=sk_test_...
SESSION_SECRET=
MAIL_PASSWORD=null
JWT_SECRET=<generate with openssl rand -hex 32>
=== deploy/.env.production
export NODE_ENV=production
export DATABASE_URL="mysql://shop:⟦«enc:«strong»»⟧@«host»:3306/shop"
export S3_BUCKET=shop-assets
export AWS_ACCESS_KEY_ID=⟦?«akia»⟧
export AWS_SECRET_ACCESS_KEY=⟦«aws40»⟧
export SENTRY_DSN=⟦?«sentrydsn»⟧
=== config/database.yml
default: &default
  adapter: postgresql
  encoding: unicode
  pool: <%= ENV.fetch("RAILS_MAX_THREADS") { 5 } %>
  password: <%= ENV["DB_PASSWORD"] %>

development:
  <<: *default
  database: shop_development

production:
  <<: *default
  host: «host»
  username: shop
  password: ⟦«pw»⟧
=== config/secrets.yml
development:
  secret_key_base: ⟦«hex128»⟧
test:
  secret_key_base: ⟦«hex128»⟧
production:
  secret_key_base: <%= ENV["SECRET_KEY_BASE"] %>
=== src/main/resources/application.yml
spring:
  datasource:
    url: jdbc:postgresql://«host»:5432/orders
    username: orders
    password: ⟦«strong»⟧
  security:
    oauth2:
      client:
        registration:
          github:
            client-id: Iv1.«hex16»
            client-secret: ⟦«hex40»⟧
  mail:
    host: smtp.example.org
    password: ${MAIL_PASSWORD}
management:
  endpoint:
    health:
      show-details: never
jwt:
  secret: "⟦«b64_64»⟧"
  token-validity: 86400
=== src/main/resources/application.properties
server.port=8080
spring.datasource.url=jdbc:mysql://«host»:3306/crm
spring.datasource.username=crm
spring.datasource.password=⟦«person»⟧
spring.mail.password=${SMTP_PASSWORD:}
spring.messages.basename=i18n/messages
security.jwt.token.secret-key=⟦«alnum40»⟧
security.jwt.token.expire-length=3600000
management.endpoints.web.exposure.include=health
=== src/main/resources/messages_en.properties
login.password=Password
login.password.hint=At least eight characters
login.token=Security token
error.password.mismatch=The passwords do not match.
error.token.expired=Your token has expired
reset.secret.question=What is your mother's maiden name?
apikey.title=API keys
=== appsettings.json
{
  "Logging": {"LogLevel": {"Default": "Information"}},
  "ConnectionStrings": {
    "Default": "Server=«host»;Database=Orders;User Id=sa;Password=⟦«strong»⟧;"
  },
  "Jwt": {
    "Issuer": "orders",
    "SigningKey": "⟦«alnum48»⟧",
    "ExpiryMinutes": 60
  },
  "Smtp": {
    "Host": "smtp.example.org",
    "UserName": "orders",
    "Password": "⟦«pw»⟧"
  },
  "AllowedHosts": "*"
}
=== web/package.json
{
  "name": "shop-web",
  "version": "2.3.1",
  "scripts": {"build": "vite build", "token": "node scripts/token.js"},
  "dependencies": {
    "jsonwebtoken": "^9.0.2",
    "password-validator": "^5.3.0",
    "react": "^18.3.1"
  },
  "author": "Acme"
}
=== web/package-lock.json
{
  "name": "shop-web",
  "lockfileVersion": 3,
  "packages": {
    "node_modules/js-tokens": {
      "version": "4.0.0",
      "resolved": "https://registry.npmjs.org/js-tokens/-/js-tokens-4.0.0.tgz",
      "integrity": "«sha512»"
    },
    "node_modules/keygrip": {
      "version": "1.1.0",
      "resolved": "https://registry.npmjs.org/keygrip/-/keygrip-1.1.0.tgz",
      "integrity": "«sha512»"
    }
  }
}
=== poetry.lock
[[package]]
name = "python-keycloak"
version = "3.9.1"
files = [
    {file = "python_keycloak-3.9.1-py3-none-any.whl", hash = "sha256:«hex64»"},
    {file = "python_keycloak-3.9.1.tar.gz", hash = "sha256:«hex64»"},
]

[metadata]
content-hash = "«hex64»"
=== .npmrc
registry=https://npm.example.org/
//npm.example.org/:_authToken=⟦«uuid»⟧
always-auth=true
email=ci@example.org
=== ci/.npmrc
//registry.npmjs.org/:_authToken=${NPM_TOKEN}
save-exact=true
=== legacy/.npmrc
registry=https://artifactory.example.org/api/npm/npm/
_auth = ⟦«b64:ci:«strong»»⟧
=== home/.netrc
machine api.example.org login deploy password ⟦«pw»⟧
machine git.example.org
  login robot
  password ⟦«alnum20»⟧
default login anonymous password user@site
=== home/.pgpass
# host:port:db:user:password
«host»:5432:orders:orders:⟦«pw»⟧
*:*:*:readonly:⟦«strong»⟧
=== home/.git-credentials
https://robot:⟦«ghp»⟧@github.com
https://deploy:⟦«alnum20»⟧@git.example.org
=== home/.my.cnf
[client]
user=backup
password=⟦«person»⟧
host=«host»

[mysqldump]
quick
max_allowed_packet=64M
=== home/.pypirc
[distutils]
index-servers = internal

[internal]
repository = https://pypi.example.org/
username = ci
password = ⟦«strong»⟧
=== home/.aws/credentials
[default]
aws_access_key_id = ⟦?«akia»⟧
aws_secret_access_key = ⟦«aws40»⟧
region = eu-west-1

[sso]
sso_start_url = https://acme.awsapps.com/start
sso_role_name = Developer
=== home/.docker/config.json
{
  "auths": {
    "registry.example.org": {
      "auth": "⟦«b64:ci:«strong»»⟧"
    }
  },
  "credsStore": "desktop"
}
=== docker-compose.yml
version: "3.8"
services:
  db:
    image: postgres:15@sha256:«hex64»
    environment:
      POSTGRES_USER: shop
      POSTGRES_PASSWORD: ⟦«pw»⟧
      POSTGRES_DB: shop
  cache:
    image: redis:7
    command: redis-server --requirepass ⟦«alnum16»⟧
  web:
    build: .
    environment:
      - DATABASE_URL=postgres://shop:${DB_PASSWORD}@db/shop
      - SECRET_KEY=⟦«alnum40»⟧
      - DEBUG=0
    secrets:
      - db_password
secrets:
  db_password:
    file: ./secrets/db_password.txt
=== Dockerfile
FROM python:3.11-slim@sha256:«hex64»
ARG NPM_TOKEN
ARG BUILD_SHA=unknown
ENV PYTHONUNBUFFERED=1
ENV API_TOKEN=⟦«hex40»⟧
ENV SMTP_PASSWORD ⟦«person»⟧
RUN --mount=type=secret,id=npm cat /run/secrets/npm
RUN pip install --no-cache-dir -r requirements.txt
CMD ["gunicorn", "app:app"]
=== k8s/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: orders
spec:
  template:
    spec:
      containers:
        - name: orders
          image: registry.example.org/orders:1.4.2
          env:
            - name: DB_PASSWORD
              valueFrom:
                secretKeyRef:
                  name: orders-db
                  key: password
            - name: PAYMENT_API_KEY
              value: "⟦«hex32»⟧"
            - name: TOKEN_TTL
              value: "3600"
          envFrom:
            - secretRef:
                name: orders-secrets
=== k8s/secret.yaml
apiVersion: v1
kind: Secret
metadata:
  name: orders-db
type: Opaque
data:
  username: «b64:orders»
  password: ⟦«b64:«pw»»⟧
  api-token: ⟦«b64:«hex40»»⟧
=== k8s/sealed.yaml
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: orders-db
spec:
  encryptedData:
    password: AgB«b64_160»
    token: AgC«b64_160»
=== k8s/external-secret.yaml
apiVersion: external-secrets.io/v1beta1
kind: ExternalSecret
metadata:
  name: orders
spec:
  secretStoreRef:
    name: aws
    kind: ClusterSecretStore
  data:
    - secretKey: db-password
      remoteRef:
        key: prod/orders
        property: password
=== charts/orders/values.yaml
image:
  repository: registry.example.org/orders
  tag: 1.4.2
auth:
  existingSecret: orders-auth
  secretKeys:
    adminPasswordKey: admin-password
    userPasswordKey: password
postgresql:
  auth:
    username: orders
    password: ⟦«strong»⟧
ingress:
  tls:
    - secretName: orders-tls
=== charts/orders/templates/secret.yaml
apiVersion: v1
kind: Secret
metadata:
  name: {{ include "orders.fullname" . }}
data:
  password: {{ .Values.postgresql.auth.password | b64enc | quote }}
  token: {{ randAlphaNum 32 | b64enc }}
stringData:
  dsn: "postgres://{{ .Values.user }}:{{ .Values.password }}@db/orders"
=== terraform/main.tf
provider "aws" {
  region     = "eu-west-1"
  access_key = "⟦?«akia»⟧"
  secret_key = "⟦«aws40»⟧"
}

resource "aws_db_instance" "orders" {
  identifier = "orders"
  username   = "orders"
  password   = "⟦«strong»⟧"
  kms_key_id = "arn:aws:kms:eu-west-1:«digit12»:key/«uuid»"
}

resource "aws_db_instance" "crm" {
  username = "crm"
  password = var.crm_password
}

resource "random_password" "master" {
  length  = 24
  special = true
}
=== terraform/variables.tf
variable "crm_password" {
  description = "Password of the CRM database"
  type        = string
  sensitive   = true
}

variable "api_token" {
  type    = string
  default = "⟦«hex40»⟧"
}

variable "secret_name" {
  default = "prod/orders/db"
}
=== terraform/prod.tfvars
region       = "eu-west-1"
crm_password = "⟦«person»⟧"
key_name     = "ops-2023"
db_token_ttl = 900
=== .github/workflows/ci.yml
name: ci
on: [push]
jobs:
  test:
    runs-on: ubuntu-latest
    permissions:
      id-token: write
    env:
      POSTGRES_PASSWORD: ⟦?postgres⟧
    steps:
      - uses: actions/checkout@«hex40»
        with:
          token: ${{ secrets.GITHUB_TOKEN }}
      - run: npm publish
        env:
          NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}
      - uses: codecov/codecov-action@v4
        with:
          token: ⟦«uuid»⟧
      - uses: actions/cache@v4
        with:
          key: deps-${{ hashFiles('poetry.lock') }}
=== .gitlab-ci.yml
variables:
  DOCKER_TLS_CERTDIR: "/certs"
  SONAR_TOKEN: "⟦sqp_«hex40»⟧"
deploy:
  script:
    - docker login -u "$CI_REGISTRY_USER" -p "$CI_REGISTRY_PASSWORD" $CI_REGISTRY
    - docker login -u robot -p ⟦«strong»⟧ registry.example.org
    - 'curl -H "PRIVATE-TOKEN: ⟦«glpat»⟧" https://git.example.org/api/v4/projects'
=== scripts/deploy.sh
#!/bin/bash
set -euo pipefail
PASSWORD="${1:?password}"
TOKEN=$(vault kv get -field=token secret/deploy)
export PGPASSWORD='⟦«pw»⟧'
DEPLOY_TOKEN=⟦«alnum32»⟧
curl -sS -u admin:⟦«person»⟧ https://jenkins.example.org/job/deploy/build
curl -H "Authorization: Bearer $TOKEN" https://api.example.org/v1/deploy
curl -H "X-Api-Key: ⟦«alnum40»⟧" https://api.example.org/v1/ping
mysql -u root -p"$MYSQL_PWD" -e 'select 1'
sshpass -p '⟦«strong»⟧' ssh ops@«host» uptime
openssl enc -aes-256-cbc -pass pass:⟦«person»⟧ -in a -out b
read -s -p "Enter password: " PW
=== scripts/run.ps1
param([string]$Environment = "prod")
$password = ConvertTo-SecureString "⟦«person»⟧" -AsPlainText -Force
$cred = New-Object System.Management.Automation.PSCredential("svc", $password)
$apiKey = $env:API_KEY
$token = '⟦«alnum32»⟧'
$headers = @{ "Authorization" = "Bearer $token" }
Connect-AzAccount -Credential $cred
Write-Host "Enter your password"
=== scripts/backup.bat
@echo off
set DB_USER=backup
set DB_PASSWORD=⟦«person»⟧
set TARGET=\\fileserver\backup
mysqldump -u %DB_USER% -p%DB_PASSWORD% orders > %TARGET%\orders.sql
net use Z: \\fileserver\share /user:corp\svc ⟦«strong»⟧
=== db/init.sql
CREATE USER 'orders'@'%' IDENTIFIED BY '⟦«pw»⟧';
GRANT ALL ON orders.* TO 'orders'@'%';
CREATE TABLE users (
  id SERIAL PRIMARY KEY,
  email VARCHAR(255) NOT NULL,
  password_hash VARCHAR(60) NOT NULL,
  reset_token VARCHAR(64),
  api_key CHAR(32)
);
CREATE INDEX idx_users_token ON users (reset_token);
INSERT INTO settings (name, value) VALUES ('session_timeout', '3600');
=== db/roles.sql
CREATE ROLE reporting LOGIN PASSWORD '⟦«strong»⟧';
ALTER USER app WITH ENCRYPTED PASSWORD '⟦«person»⟧';
ALTER ROLE old WITH PASSWORD NULL;
CREATE LOGIN crm WITH PASSWORD = '⟦«pw»⟧';
SELECT id, password, token FROM users WHERE email = :email;
UPDATE users SET password = :password WHERE id = :id;
COMMENT ON COLUMN users.password IS 'bcrypt hash';
=== app/settings.py
import os

SECRET_KEY = "⟦«django»⟧"
DEBUG = False
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "shop",
        "USER": "shop",
        "PASSWORD": os.environ["DB_PASSWORD"],
        "HOST": "«host»",
    },
    "legacy": {
        "ENGINE": "django.db.backends.mysql",
        "USER": "legacy",
        "PASSWORD": "⟦«pw»⟧",
    },
}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
STRIPE_API_KEY = os.getenv("STRIPE_API_KEY", "⟦«stripe»⟧")
EMAIL_HOST_PASSWORD = config("EMAIL_HOST_PASSWORD")
TOKEN_MODEL = "accounts.Token"
=== app/client.py
from dataclasses import dataclass

API_KEY_HEADER = "X-Api-Key"
TOKEN_URL = "https://auth.example.org/oauth/token"
_password_field = "password"


@dataclass
class Credentials:
    username: str
    password: str
    token: str | None = None


def connect(user, password=None, token="", secret_key=None):
    if password == "":
        raise ValueError("password must not be empty")
    headers = {"Authorization": f"Bearer {token}"}
    auth = (user, password)
    return request(url, headers=headers, auth=auth)


client = Client(api_key="⟦«alnum40»⟧", timeout=10)
requests.get("https://api.example.org", auth=("svc", "⟦«person»⟧"))
conn = psycopg2.connect(host="«host»", user="etl", password="⟦«strong»⟧")
engine = create_engine("postgresql://etl:⟦«alnum16»⟧@«host»/dwh")
=== tests/test_auth.py
import pytest


def test_login(client):
    response = client.post("/login", json={"email": "a@b.c", "password": "password"})
    assert response.status_code == 200


def test_wrong_password(client):
    client.post("/login", json={"email": "a@b.c", "password": "⟦?wrongpass⟧"})


@pytest.mark.parametrize("token", ["", "abc", "expired"])
def test_token(client, token):
    assert client.get("/me", headers={"Authorization": "Bearer " + token}).status_code == 401


def test_hash():
    assert sha256(b"x") == "«hex64»"


def test_key():
    api_key = "test-key"
    secret = "secret"
    assert sign(secret, "body") == "«hex64»"
=== tests/fixtures/users.json
[
  {"id": "«uuid»", "name": "Ada", "passwordHash": "«bcrypt»", "role": "admin"},
  {"id": "«uuid»", "name": "Bob", "passwordHash": "«bcrypt»", "role": "user"},
  {"id": "«uuid»", "name": "Cy", "etag": "«hex32»", "avatar": "https://cdn.example.org/«hex32».png"}
]
=== web/src/i18n/en.json
{
  "login": {
    "title": "Sign in",
    "password": "Password",
    "passwordPlaceholder": "Enter your password",
    "forgotPassword": "Forgot password?",
    "token": "One-time token"
  },
  "settings": {
    "apiKey": "API key",
    "secret": "Client secret",
    "regenerateSecret": "Regenerate secret"
  }
}
=== web/src/i18n/de.json
{
  "login": {
    "password": "Passwort",
    "passwordPlaceholder": "Passwort eingeben",
    "forgotPassword": "Passwort vergessen?",
    "secretQuestion": "Geheimfrage"
  },
  "errors": {"invalidToken": "Ungültiges Token", "weakPassword": "Das Passwort ist zu schwach"}
}
=== web/src/Login.tsx
import { useState } from "react";

export function Login({ onSubmit }: Props) {
  const [password, setPassword] = useState("");
  const passwordInputId = "login-password";
  return (
    <form onSubmit={() => onSubmit(password)}>
      <label htmlFor="password">Password</label>
      <input type="password" name="password" id="password" autoComplete="current-password" />
      <input type="hidden" name="csrf_token" value={token} />
      <Button variant="secret" tokenType="primary">Log in</Button>
    </form>
  );
}
=== web/src/config.ts
export const config = {
  apiUrl: process.env.API_URL ?? "http://localhost:3000",
  apiKey: process.env.API_KEY,
  firebase: {
    apiKey: "⟦?«googlekey»⟧",
    authDomain: "acme.firebaseapp.com",
    projectId: "acme",
  },
  tokenStorageKey: "acme.token",
  passwordRules: { min: 8 },
};
export const ADMIN_TOKEN = "⟦«jwt»⟧";
const secretKey: string = '⟦«alnum32»⟧';
=== web/src/auth.test.ts
describe("auth", () => {
  it("logs in", async () => {
    const res = await login({ username: "demo", password: "demo" });
    expect(res.token).toBe("token-123");
  });
  it("rejects", async () => {
    await expect(login({ username: "demo", password: "" })).rejects.toThrow("Invalid password");
  });
  const mockToken = "mock-token";
  const apiKey = "fake-api-key";
});
=== server/index.js
const express = require("express");
const session = require("express-session");
const jwt = require("jsonwebtoken");
app.use(session({ secret: "⟦«person»⟧", resave: false }));
const token = jwt.sign({ id }, "⟦«alnum32»⟧", { expiresIn: "1h" });
const db = mysql.createConnection({ host: "«host»", user: "shop", password: "⟦«pw»⟧" });
const key = req.headers["x-api-key"];
const password = req.body.password;
const { token: csrfToken } = await getToken();
mongoose.connect("mongodb://shop:⟦«alnum16»⟧@«host»:27017/shop");
if (token === "undefined") throw new Error("token missing");
console.log("Your token is " + token);
=== server/legacy.js
var settings = {
  'user': 'admin',
  'pass': '⟦«person»⟧',
  'realm': 'Secure Area',
  'cookieName': 'auth_token',
  'keyboard': 'us'
};
var re = /password=([^&]+)&token=([a-z0-9]{32})/;
module.exports = settings;
=== internal/config/config.go
package config

const (
	defaultTokenTTL = 3600
	apiKeyEnv       = "PAYMENTS_API_KEY"
	signingKey      = "⟦«alnum40»⟧"
)

type Config struct {
	Password string `json:"password" yaml:"password"`
	APIToken string `env:"API_TOKEN,required"`
}

func New() *Config {
	return &Config{
		Password: "⟦«pw»⟧",
		APIToken: os.Getenv("API_TOKEN"),
	}
}

var dsn = "orders:⟦«alnum16»⟧@tcp(«host»:3306)/orders"
var ErrToken = errors.New("token is invalid")
=== src/main/java/org/example/Db.java
package org.example;

public class Db {
    private static final String PASSWORD = "⟦«person»⟧";
    private static final String PASSWORD_PARAM = "password";
    private static final String TOKEN_HEADER = "X-Auth-Token";
    private final String secretKey;

    public Connection open() throws SQLException {
        return DriverManager.getConnection("jdbc:mysql://«host»/crm", "crm", "⟦«strong»⟧");
    }

    @Value("${jwt.secret}")
    private String jwtSecret;

    public void setPassword(String password) {
        this.password = password;
        props.setProperty("ssl.key.password", "⟦«pw»⟧");
    }
}
=== src/Client.cs
public class Client
{
    private const string ApiKey = "⟦«hex32»⟧";
    private readonly string _password = ConfigurationManager.AppSettings["Password"];
    public string Token { get; set; } = string.Empty;

    public void Open()
    {
        var conn = new SqlConnection("Data Source=«host»;Initial Catalog=hr;User ID=hr;Password=⟦«strong»⟧");
        var cred = new NetworkCredential("svc", "⟦«person»⟧");
        throw new ArgumentException("Password is required", nameof(password));
    }
}
=== web.config
<?xml version="1.0"?>
<configuration>
  <connectionStrings>
    <add name="Main" connectionString="Data Source=«host»;Initial Catalog=crm;User ID=crm;Password=⟦«pw»⟧" providerName="System.Data.SqlClient" />
  </connectionStrings>
  <appSettings>
    <add key="ApiKey" value="⟦«alnum32»⟧" />
    <add key="PasswordMinLength" value="8" />
    <add key="SmtpPassword" value="⟦«person»⟧" />
  </appSettings>
  <system.web>
    <machineKey validationKey="⟦«HEX128»⟧" decryptionKey="⟦«HEX64»⟧" validation="SHA1" />
    <compilation debug="false" targetFramework="4.8" />
    <assemblies><add assembly="System.Web, PublicKeyToken=b03f5f7f11d50a3a" /></assemblies>
  </system.web>
</configuration>
=== settings.xml
<settings>
  <servers>
    <server>
      <id>releases</id>
      <username>ci</username>
      <password>⟦«strong»⟧</password>
    </server>
    <server>
      <id>snapshots</id>
      <username>ci</username>
      <password>${env.MVN_PASSWORD}</password>
    </server>
  </servers>
</settings>
=== gradle.properties
org.gradle.jvmargs=-Xmx2g
android.useAndroidX=true
RELEASE_STORE_FILE=release.jks
RELEASE_STORE_PASSWORD=⟦«person»⟧
RELEASE_KEY_ALIAS=upload
RELEASE_KEY_PASSWORD=⟦«pw»⟧
mavenUser=ci
mavenPassword=⟦«alnum20»⟧
=== wp-config.php
<?php
define( 'DB_NAME', 'wordpress' );
define( 'DB_USER', 'wp' );
define( 'DB_PASSWORD', '⟦«pw»⟧' );
define( 'DB_HOST', '«host»' );
define( 'AUTH_KEY',         '⟦«sym64»⟧' );
define( 'NONCE_SALT',       '⟦«sym64»⟧' );
$table_prefix = 'wp_';
define( 'WP_DEBUG', false );
=== config/app.php
<?php
return [
    'name' => env('APP_NAME', 'Shop'),
    'key' => env('APP_KEY'),
    'cipher' => 'AES-256-CBC',
    'db' => [
        'username' => 'shop',
        'password' => '⟦«person»⟧',
    ],
    'passwords' => ['users' => ['table' => 'password_resets', 'expire' => 60]],
    'token_name' => 'api_token',
];
$secret = "⟦«alnum32»⟧";
=== config/initializers/devise.rb
Devise.setup do |config|
  config.secret_key = '⟦«hex128»⟧'
  config.mailer_sender = 'no-reply@example.org'
  config.password_length = 8..128
  config.reset_password_within = 6.hours
  config.pepper = ENV['DEVISE_PEPPER']
  config.omniauth :github, 'Iv1.«hex16»', '⟦«hex40»⟧', scope: 'user'
  config.authentication_keys = [:email]
end
=== src/config.rs
pub const API_TOKEN: &str = "⟦«alnum40»⟧";
pub const TOKEN_PREFIX: &str = "Bearer ";

#[derive(Deserialize)]
pub struct Settings {
    pub password: String,
    pub secret_key: Option<String>,
}

fn main() {
    let password = std::env::var("PASSWORD").expect("PASSWORD not set");
    let client = Client::new("svc", "⟦«strong»⟧");
    let token: Token = lexer.next_token();
}
=== app/src/main/java/Keys.kt
object Keys {
    const val MAPS_KEY = "⟦«googlekey»⟧"
    const val PREF_TOKEN = "pref_token"
    private val password: String by lazy { readPassword() }
    val clientSecret = "⟦«url32»⟧"
    const val EXTRA_PASSWORD = "org.example.extra.PASSWORD"
}
=== ios/App/Config.swift
struct Config {
    static let apiKey = "⟦«hex32»⟧"
    static let tokenKeychainKey = "auth.token"
    var password: String = ""
    let passwordPlaceholder = NSLocalizedString("Password", comment: "")
}
=== lib/tasks/sync.rb
require 'net/http'
client = Api.new(user: 'sync', password: '⟦«person»⟧')
token = ENV.fetch('SYNC_TOKEN')
uri = URI("https://sync:⟦«alnum20»⟧@api.example.org/v1")
raise 'missing token' if token.nil?
attr_accessor :password, :password_confirmation
validates :password, presence: true, length: { minimum: 8 }
=== notebooks/analysis.ipynb
{
 "cells": [
  {
   "cell_type": "code",
   "execution_count": 3,
   "metadata": {},
   "outputs": [
    {"name": "stdout", "output_type": "stream", "text": ["token count: 5123\n", "password column dropped\n"]}
   ],
   "source": [
    "import boto3\n",
    "session = boto3.Session(\n",
    "    aws_access_key_id=\"⟦?«akia»⟧\",\n",
    "    aws_secret_access_key=\"⟦«aws40»⟧\",\n",
    ")\n",
    "password = \"⟦«person»⟧\"\n",
    "df = df.drop(columns=[\"password\", \"token\"])\n"
   ]
  },
  {
   "cell_type": "markdown",
   "id": "«hex8»",
   "metadata": {},
   "source": ["## Tokens\n", "We count the tokens of each document."]
  }
 ],
 "metadata": {"kernelspec": {"name": "python3"}},
 "nbformat": 4
}
=== README.md
# Orders

Set `DB_PASSWORD` and `API_TOKEN` before you start.

```bash
export API_TOKEN=<your token>
curl -H "Authorization: Bearer YOUR_TOKEN" https://api.example.org/v1/orders
curl -u user:password https://api.example.org/v1/orders
```

The token is valid for 15 minutes. Passwords have at least 12 characters.
=== docs/api.md
## Authentication

Send the key in the `X-Api-Key` header:

    GET /v1/orders HTTP/1.1
    Host: api.example.org
    X-Api-Key: ⟦«alnum40»⟧

or

    Authorization: Basic ⟦«b64:ops:«strong»»⟧

| field | meaning |
| --- | --- |
| `password` | the new password |
| `token` | see above |
=== docs/runbook.md
# Runbook

1. Log in to Jenkins: user `ops`, password: ⟦«person»⟧
2. `psql "postgresql://ops:⟦«alnum16»⟧@«host»/core"`
3. Rotate the key if the token was leaked.
4. Password: see the vault
=== openapi.yaml
openapi: 3.0.3
components:
  securitySchemes:
    apiKey:
      type: apiKey
      in: header
      name: X-Api-Key
    oauth:
      type: oauth2
      flows:
        password:
          tokenUrl: https://auth.example.org/token
  schemas:
    Login:
      properties:
        password:
          type: string
          format: password
          example: correct-horse
        token:
          type: string
          description: The session token
=== proto/auth.proto
syntax = "proto3";
message LoginRequest {
  string username = 1;
  string password = 2;
  string totp_token = 3;
}
message LoginReply { string access_token = 1; int64 expires_in = 2; }
=== web/style/login.css
.password-field { color: #3b5998; }
input[type="password"] { border: 1px solid #ccc; }
.token::before { content: "token"; }
#secret-key { background: url("data:image/png;base64,«b64_160»"); }
=== web/login.html
<form action="/login" method="post">
  <input type="text" name="username" placeholder="User name">
  <input type="password" name="password" placeholder="Password" value="">
  <input type="hidden" name="_csrf" value="{{ csrf_token }}">
  <a href="/password/reset">Forgot your password?</a>
  <script src="https://cdn.example.org/lib.js" integrity="sha384-«b64_64»"></script>
</form>
=== ansible/group_vars/all.yml
db_user: orders
db_password: "{{ vault_db_password }}"
smtp_password: ⟦«pw»⟧
ssl_key_path: /etc/ssl/private/key.pem
api_token: !vault |
  $ANSIBLE_VAULT;1.1;AES256
  «hex80»
  «hex80»
become_pass: '⟦«person»⟧'
=== ansible/site.yml
- hosts: db
  vars_prompt:
    - name: db_password
      prompt: Database password
      private: true
  tasks:
    - name: Create user
      postgresql_user:
        name: orders
        password: "{{ db_password }}"
    - name: Set root password
      mysql_user:
        name: root
        password: "⟦«strong»⟧"
=== serverless.yml
service: orders
provider:
  name: aws
  runtime: nodejs20.x
  environment:
    TABLE: ${self:custom.table}
    DB_PASSWORD: ${ssm:/prod/db/password}
    PARTNER_KEY: ⟦«alnum32»⟧
functions:
  login:
    handler: src/login.handler
    events:
      - http:
          path: password/reset
          method: post
          private: true
=== template.yaml
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  DbPassword:
    Type: String
    NoEcho: true
  TokenTable:
    Type: String
    Default: tokens
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Environment:
        Variables:
          DB_PASSWORD: !Ref DbPassword
          API_KEY: "{{resolve:secretsmanager:prod/api:SecretString:key}}"
          WEBHOOK_SECRET: ⟦«hex40»⟧
          SLACK_WEBHOOK: ⟦«slackhook»⟧
=== nginx/nginx.conf
server {
  listen 443 ssl;
  ssl_certificate_key /etc/ssl/private/site.key;
  auth_basic "Restricted";
  auth_basic_user_file /etc/nginx/.htpasswd;
  location / {
    proxy_set_header Authorization "Basic ⟦«b64:svc:«strong»»⟧";
    proxy_set_header X-Token $http_x_token;
    proxy_pass http://backend;
  }
}
=== config/settings.ini
[database]
host = «host»
user = orders
password = ⟦«pw»⟧

[auth]
; token lifetime in seconds
token_lifetime = 900
secret = ⟦«alnum32»⟧
password_file = /etc/orders/pw
login_url = /login?next=/
=== config/prod.toml
title = "orders"
[db]
url = "postgres://orders:⟦«alnum20»⟧@«host»/orders"
[auth]
jwt_secret = "⟦«b64_43»=⟧"
token_ttl = 3600
issuer = "https://auth.example.org"
public_key = "«b64_43»="
[smtp]
password = "⟦«person»⟧"
=== keys/id_rsa
⟦«rsa»⟧
=== keys/id_rsa.pub
ssh-rsa AAAAB3NzaC1yc2E«b64_160» ops@acme
=== keys/server.crt
«cert»
=== src/pem.py
HEADER = "-----BEGIN RSA PRIVATE" " KEY-----"
FOOTER = "-----END RSA PRIVATE KEY-----"


def is_key(text: str) -> bool:
    return text.startswith("-----BEGIN RSA PRIVATE KEY-----")
=== src/lexer.py
TOKENS = ("NUMBER", "PLUS", "MINUS")
t_PLUS = r"\+"
keywords = {"if": "IF", "else": "ELSE"}


class Token:
    def __init__(self, kind, value):
        self.kind = kind


token = Token("NUMBER", "42")
next_token = tokens[1]
token_type = "IDENTIFIER"
SECRET_RE = re.compile(r"(?i)secret\s*[:=]\s*['\"]?([a-z0-9]{16,})")
PASSWORD_PATTERN = "^(?=.*[A-Z])(?=.*[0-9]).{8,}$"
=== src/hashes.py
KNOWN = {
    "linux.tar.gz": "«hex64»",
    "darwin.tar.gz": "«hex64»",
}
GIT_SHA = "«hex40»"
ETAG = '"«hex32»"'
NAMESPACE = UUID("«uuid»")
CACHE_KEY = "orders:v2:{}"
partition_key = "customer_id"
=== CHANGELOG.md
## 2.3.0

- Passwords are hashed with argon2 (#4711, «hex40»)
- Token refresh: tokens are renewed 60 seconds before they expire
- Secret: the client secret can be rotated in the settings
=== Makefile
REGISTRY ?= registry.example.org
TOKEN ?= $(shell cat .token)
login:
	docker login -u ci -p $(DOCKER_PASSWORD) $(REGISTRY)
publish:
	twine upload -u __token__ -p ⟦«pypi»⟧ dist/*
=== config/log4j2.xml
<Configuration>
  <Appenders>
    <JDBC name="db" tableName="log">
      <DriverManager connectionString="jdbc:oracle:thin:@«host»:1521/LOG" userName="log" password="⟦«person»⟧"/>
    </JDBC>
    <Console name="stdout"><PatternLayout pattern="%d %p %m%n"/></Console>
  </Appenders>
</Configuration>
=== tomcat/tomcat-users.xml
<tomcat-users>
  <role rolename="manager-gui"/>
  <user username="deploy" password="⟦«pw»⟧" roles="manager-gui"/>
</tomcat-users>
=== tomcat/server.xml
<Server>
  <Connector port="8443" keystoreFile="conf/ks.jks" keystorePass="⟦«person»⟧" keyAlias="tomcat"/>
  <Resource name="jdbc/crm" username="crm" password="⟦«strong»⟧" url="jdbc:mysql://«host»/crm"/>
</Server>
=== .circleci/config.yml
jobs:
  build:
    docker:
      - image: cimg/postgres:15.1
        environment:
          POSTGRES_PASSWORD: ⟦?circle⟧
    environment:
      CC_TEST_REPORTER_ID: ⟦?«hex64»⟧
    steps:
      - restore_cache:
          key: v1-deps-{{ checksum "package-lock.json" }}
      - add_ssh_keys:
          fingerprints:
            - "SHA256:«b64_43»"
"""
