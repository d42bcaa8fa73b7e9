# ruff: noqa: E501 - a line of a template is a line of a file
"""Files in the manner of real repositories, second batch: held out until the detector is finished.

The language is that of :mod:`tests.bench.quality_values`; ``=== path`` begins a file.
"""

from __future__ import annotations

from typing import Final

FILES: Final = r'''
=== services/mailer/.env
SMTP_HOST=smtp.example.org
SMTP_USER=robot
SMTP_PASS=⟦«strong»⟧   # rotate in May
export SENDGRID_API_KEY=⟦«sendgrid»⟧
MAIL_FROM_NAME="The Orders Team"
TEMPLATE_TOKEN_OPEN={{
DKIM_SELECTOR=mail2024
DKIM_PRIVATE_KEY="⟦«oneline:«rsa»»⟧"
UNSUBSCRIBE_SECRET=⟦«hex48»⟧
=== services/worker/env.sh
export BROKER_URL="amqp://worker:⟦«alnum16»⟧@«host»:5672//"
export RESULT_BACKEND=redis://«host»/2
export WORKER_CONCURRENCY=8
export FLOWER_BASIC_AUTH=ops:⟦«person»⟧
export HASH_SEED=0
=== test.env
DB_PASSWORD=⟦?test⟧
SECRET_KEY=⟦?test-secret-key⟧
API_TOKEN=dummy
=== config/local.yml
api:
  base: https://api.example.org
  key: ⟦«alnum40»⟧
  timeout: 30
slack:
  token: ⟦«slackbot»⟧
  channel: "#deploys"
queue:
  name: tokens
  key: order_id
users:
  - name: admin
    password: ⟦«person»⟧
  - name: guest
    password: ""
=== config/credentials.yaml
postgres: {user: core, password: "⟦«strong»⟧", host: «host»}
partner:
  client_id: acme-orders
  client_secret: >-
    ⟦«url48»⟧
signing:
  private_key: |
    ⟦«indent4:«ec»»⟧
  public_key: |
    «indent4:«public»»
=== config/parameters.yml
parameters:
    database_user: symfony
    database_password: ⟦«pw»⟧
    mailer_password: ~
    secret: ⟦«hex40»⟧
    locale: en
    router.request_context.host: example.org
=== config/packages/security.yaml
security:
  password_hashers:
    App\Entity\User: auto
  firewalls:
    main:
      form_login:
        password_parameter: _password
        csrf_token_generator: security.csrf.token_manager
      remember_me:
        secret: '%kernel.secret%'
=== prometheus.yml
scrape_configs:
  - job_name: orders
    basic_auth:
      username: prom
      password: ⟦«pw»⟧
    static_configs:
      - targets: ["«host»:9100"]
  - job_name: api
    bearer_token_file: /var/run/token
    authorization:
      credentials: ⟦«alnum48»⟧
=== alertmanager.yml
global:
  smtp_auth_username: alert
  smtp_auth_password: '⟦«person»⟧'
  slack_api_url: '⟦«slackhook»⟧'
receivers:
  - name: pager
    pagerduty_configs:
      - service_key: ⟦«hex32»⟧
=== grafana/grafana.ini
[security]
admin_user = admin
admin_password = ⟦«pw»⟧
;secret_key = SW2YcwTIb9zpOOhoPsMm
cookie_secure = true
[smtp]
password = """⟦«person»⟧"""
[auth.generic_oauth]
client_secret = ⟦«uuid»⟧
token_url = https://id.example.org/token
=== odoo.conf
[options]
admin_passwd = ⟦«person»⟧
db_user = odoo
db_password = ⟦«alnum16»⟧
list_db = False
proxy_mode = True
=== redis.conf
port 6379
requirepass ⟦«alnum32»⟧
masterauth ⟦«strong»⟧
maxmemory-policy allkeys-lru
keyspace-notification Ex
=== pgbouncer/userlist.txt
"orders" "⟦«pw»⟧"
"reporting" "md5«hex32»"
=== supervisord.conf
[inet_http_server]
port=127.0.0.1:9001
username=ops
password=⟦«person»⟧
[program:web]
command=gunicorn app:app
environment=SECRET_KEY="⟦«alnum40»⟧",DEBUG="0"
=== systemd/orders.service
[Service]
User=orders
Environment=NODE_ENV=production
Environment="API_TOKEN=⟦«hex40»⟧"
EnvironmentFile=/etc/orders/env
LoadCredential=db:/etc/creds/db
ExecStart=/usr/bin/orders --config /etc/orders.toml
=== cron/backup.cron
MAILTO=ops@example.org
0 3 * * * root PGPASSWORD=⟦«pw»⟧ pg_dump -U backup core | gzip > /backup/core.gz
30 3 * * * root s3cmd sync /backup s3://acme-backup/
=== s3cfg/.s3cfg
[default]
access_key = ⟦?«akia»⟧
secret_key = ⟦«aws40»⟧
gpg_passphrase = ⟦«person»⟧
use_https = True
gpg_command = /usr/bin/gpg
=== rclone.conf
[partner]
type = sftp
host = sftp.example.org
user = acme
pass = ⟦«url38»⟧
key_file = ~/.ssh/id
=== irc/.weechatrc
server.nick = acmebot
server.password = ⟦«person»⟧
server.ssl = on
=== .dockercfg
{"https://registry.example.org": {"auth": "⟦«b64:robot:«alnum20»»⟧", "email": "ci@example.org"}}
=== auth.json
{
    "http-basic": {
        "repo.example.org": {"username": "acme", "password": "⟦«alnum32»⟧"}
    },
    "github-oauth": {"github.com": "⟦«ghp»⟧"}
}
=== .composer/composer.lock
{
    "content-hash": "«hex32»",
    "packages": [
        {"name": "lcobucci/jwt", "version": "5.3.0",
         "dist": {"type": "zip", "reference": "«hex40»", "shasum": ""}},
        {"name": "paragonie/hidden-string", "version": "2.1.0",
         "dist": {"type": "zip", "reference": "«hex40»", "shasum": "«hex40»"}}
    ]
}
=== yarn.lock
"@types/jsonwebtoken@^9.0.0":
  version "9.0.6"
  resolved "https://registry.yarnpkg.com/@types/jsonwebtoken/-/jsonwebtoken-9.0.6.tgz#«hex40»"
  integrity «sha512»

password-prompt@^1.1.2:
  version "1.1.3"
  integrity «sha512»
=== go.sum
github.com/golang-jwt/jwt/v5 v5.2.1 h1:«b64_43»=
github.com/golang-jwt/jwt/v5 v5.2.1/go.mod h1:«b64_43»=
golang.org/x/crypto v0.24.0 h1:«b64_43»=
=== Cargo.lock
[[package]]
name = "secrecy"
version = "0.8.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "«hex64»"
=== Pipfile
[[source]]
url = "https://ci:⟦«alnum24»⟧@pypi.example.org/simple"
verify_ssl = true
[packages]
pyjwt = "*"
passlib = {version = "*", extras = ["bcrypt"]}
=== pip.conf
[global]
index-url = https://__token__:⟦«glpat»⟧@git.example.org/api/v4/projects/17/packages/pypi/simple
timeout = 60
=== requirements.txt
--extra-index-url https://${PIP_USER}:${PIP_PASSWORD}@pypi.example.org/simple
python-jose[cryptography]==3.3.0 --hash=sha256:«hex64»
django-rest-passwordreset==1.4.1 --hash=sha256:«hex64»
=== Jenkinsfile
pipeline {
  environment {
    NEXUS = credentials('nexus-ci')
    SONAR_TOKEN = "⟦squ_«hex40»⟧"
    DOCKER_REPO = 'registry.example.org/orders'
  }
  stages {
    stage('deploy') {
      steps {
        withCredentials([string(credentialsId: 'deploy-token', variable: 'TOKEN')]) {
          sh 'curl -H "Authorization: Bearer $TOKEN" https://deploy.example.org'
        }
        sh "sshpass -p ${PASS} ssh deploy@«host»"
      }
    }
  }
}
=== azure-pipelines.yml
variables:
  - group: prod-secrets
  - name: sqlPassword
    value: ⟦«strong»⟧
  - name: buildKey
    value: $(Build.BuildId)
steps:
  - task: SonarCloudPrepare@1
    inputs:
      SonarCloud: sonar
  - script: az login --service-principal -u $(appId) -p $(appPassword) --tenant $(tenant)
    env:
      SYSTEM_ACCESSTOKEN: $(System.AccessToken)
=== .travis.yml
env:
  global:
    - secure: "«b64_171»="
    - NPM_EMAIL=ci@example.org
deploy:
  provider: pypi
  user: __token__
  password:
    secure: «b64_171»=
  api_key: ⟦«gho»⟧
=== .drone.yml
kind: pipeline
steps:
  - name: publish
    image: plugins/docker
    settings:
      username: robot
      password:
        from_secret: docker_password
      repo: registry.example.org/shop
  - name: notify
    settings:
      webhook: ⟦«discordhook»⟧
=== k8s/config.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: orders-config
data:
  DB_HOST: «host»
  DB_PASSWORD: ⟦«pw»⟧
  TOKEN_ISSUER: https://auth.example.org
  application.properties: |
    server.port=8080
    spring.redis.password=⟦«alnum24»⟧
    spring.application.name=orders
=== k8s/stringdata.yaml
apiVersion: v1
kind: Secret
metadata:
  name: smtp
stringData:
  username: robot
  password: "⟦«strong»⟧"
---
apiVersion: v1
kind: Secret
metadata:
  name: token
type: kubernetes.io/service-account-token
=== k8s/tls-secret.yaml
kind: Secret
apiVersion: v1
type: kubernetes.io/tls
metadata: {name: orders-tls}
data:
  tls.crt: «b64:«cert»»
  tls.key: ⟦«b64:«pkcs8»»⟧
=== k8s/regcred.yaml
apiVersion: v1
kind: Secret
metadata:
  name: regcred
type: kubernetes.io/dockerconfigjson
data:
  .dockerconfigjson: ⟦«b64:{"auths":{"registry.example.org":{"username":"ci","password":"«strong»"}}}»⟧
=== kubeconfig
apiVersion: v1
kind: Config
clusters:
  - cluster:
      certificate-authority-data: «b64:«cert»»
      server: https://10.0.0.1:6443
    name: prod
users:
  - name: admin
    user:
      client-certificate-data: «b64:«cert»»
      client-key-data: ⟦«b64:«rsa»»⟧
  - name: ci
    user:
      token: ⟦«jwt»⟧
=== helm/values-prod.yaml
redis:
  auth:
    enabled: true
    password: ⟦«alnum24»⟧
rabbitmq:
  auth:
    username: orders
    existingPasswordSecret: orders-rabbit
    erlangCookie: ⟦«alnum32»⟧
oauth2-proxy:
  config:
    clientID: orders
    clientSecret: "⟦«uuid»⟧"
    cookieSecret: "⟦«b64_43»=⟧"
secretsStore:
  provider: aws
passwordPolicy: strict
=== docker/compose.override.yaml
services:
  rabbit:
    environment:
      RABBITMQ_DEFAULT_PASS: "⟦«person»⟧"
      RABBITMQ_ERLANG_COOKIE: ⟦«alnum20»⟧
  minio:
    environment:
      - MINIO_ROOT_USER=minio
      - MINIO_ROOT_PASSWORD=⟦«person»⟧
    healthcheck:
      test: ["CMD", "curl", "-f", "http://localhost:9000/minio/health/live"]
  keycloak:
    command: start-dev --hostname-strict=false
    env_file: .env
=== docker/app.Dockerfile
FROM node:20
ARG GITHUB_PAT=⟦«ghp»⟧
RUN git clone https://x:${GITHUB_PAT}@github.com/acme/lib.git
ENV DB_USER=app \
    DB_PASS=⟦«strong»⟧ \
    TOKEN_PATH=/run/token
LABEL maintainer="ops@example.org"
HEALTHCHECK CMD curl -fu health:⟦«person»⟧ http://localhost/health
=== infra/provider.tf
provider "datadog" {
  api_key = "⟦«hex32»⟧"
  app_key = "⟦«hex40»⟧"
}
provider "postgresql" {
  host     = "«host»"
  password = data.aws_secretsmanager_secret_version.db.secret_string
}
resource "aws_ssm_parameter" "token" {
  name  = "/prod/token"
  type  = "SecureString"
  value = "⟦«alnum40»⟧"
}
resource "aws_lambda_function" "f" {
  environment {
    variables = {
      PARTNER_SECRET = "⟦«hex64»⟧"
      SECRET_ARN     = aws_secretsmanager_secret.db.arn
      TOKEN_TABLE    = "tokens"
    }
  }
}
=== infra/user_data.tf
locals {
  script = <<-EOT
    #!/bin/sh
    export VAULT_TOKEN=⟦«vault»⟧
    echo "ready"
  EOT
  password_length = 24
  tags = { key = "owner", value = "platform" }
}
=== infra/outputs.tf
output "db_password" {
  value     = random_password.db.result
  sensitive = true
}
output "token_endpoint" { value = "https://auth.example.org/token" }
=== pulumi/Pulumi.prod.yaml
encryptionsalt: v1:«b64_11»=:v1:«b64_16»:«b64_40»==
config:
  aws:region: eu-west-1
  shop:dbPassword:
    secure: AAABA«b64_60»
  shop:apiKey: ⟦«hex32»⟧
  shop:tokenTtl: "900"
=== cdk/lib/stack.ts
const fn = new lambda.Function(this, "Fn", {
  environment: {
    TABLE_NAME: table.tableName,
    PARTNER_TOKEN: "⟦«alnum40»⟧",
    SECRET_NAME: secret.secretName,
    DB_PASSWORD: secret.secretValueFromJson("password").unsafeUnwrap(),
  },
});
const secret = new secretsmanager.Secret(this, "DbSecret", {
  generateSecretString: { generateStringKey: "password", passwordLength: 24 },
});
new CfnOutput(this, "TokenUrl", { value: `${api.url}token` });
=== events/login.json
{
  "version": "2.0",
  "headers": {"authorization": "Bearer ⟦?«jwt»⟧", "x-amzn-trace-id": "Root=1-«hex8»-«hex24»"},
  "body": "{\"user\":\"ada\",\"password\":\"x\"}",
  "requestContext": {"accountId": "«digit12»", "requestId": "«uuid»"}
}
=== sql/seed.sql
INSERT INTO users (email, password) VALUES ('ada@example.org', '«bcrypt»');
INSERT INTO api_clients (name, secret) VALUES ('partner', '⟦«hex40»⟧');
INSERT INTO translations (k, v) VALUES ('password', 'Passwort'), ('token', 'Token');
=== sql/oracle.sql
CREATE USER hr IDENTIFIED BY "⟦«upper4»_«person»⟧" DEFAULT TABLESPACE users;
ALTER USER hr IDENTIFIED BY VALUES 'S:«HEX60»';
CREATE DATABASE LINK crm CONNECT TO crm IDENTIFIED BY ⟦«word»«digit4»⟧ USING 'CRM';
CREATE TABLE tokens (token VARCHAR2(64) NOT NULL, secret_key VARCHAR2(128));
=== sql/grants.sql
SET PASSWORD FOR 'web'@'localhost' = PASSWORD('⟦«person»⟧');
CREATE USER MAPPING FOR app SERVER legacy OPTIONS (user 'legacy', password '⟦«strong»⟧');
COPY events FROM 's3://b/e' CREDENTIALS 'aws_access_key_id=⟦?«akia»⟧;aws_secret_access_key=⟦«aws40»⟧';
DROP USER IF EXISTS old_password_user;
=== sql/dynamic.sql
EXECUTE format('ALTER ROLE %I PASSWORD %L', name, secret);
CREATE FUNCTION check_password(password text) RETURNS boolean AS $$ SELECT true $$ LANGUAGE sql;
SELECT * FROM sessions WHERE token = $1 AND secret = $2;
=== scripts/release.py
"""Releases a version."""
import subprocess

PYPI_TOKEN = "⟦«pypi»⟧"
TOKEN_FILE = "~/.config/token"


def upload(password: str = "") -> None:
    """password: asked for if empty."""
    password = password or getpass("Password: ")
    subprocess.run(["twine", "upload", "-p", password], check=True)


session.headers["X-Api-Key"] = "⟦«lower40»⟧"
session.headers.update({"Authorization": "token ⟦«ghp»⟧"})
data = {"grant_type": "password", "client_id": "cli", "client_secret": "⟦«uuid»⟧"}
msg = "Set the token with --token"
=== src/users/models.py
class User(Base):
    __tablename__ = "users"
    password = Column(String(60), nullable=False)
    api_key = Column("api_key", String(32), unique=True)
    reset_token: Mapped[str] = mapped_column(default="")

    def set_password(self, raw):
        self.password = make_password(raw, salt="«word»")

    @property
    def token(self):
        return self._token


PASSWORD_RESET_TEMPLATE = "emails/password_reset.html"
TOKEN_SALT = "⟦?password-reset⟧"
=== src/forms.py
class LoginForm(Form):
    password = PasswordField("Password", validators=[DataRequired()])
    token = StringField(label="Authentication token", description="from your app")
    secret_answer = CharField(widget=PasswordInput(attrs={"placeholder": "Secret answer"}))


MESSAGES = {
    "password_mismatch": "The two password fields didn't match.",
    "token_invalid": "Invalid token.",
    "api_key": "Api key",
}
=== src/crypto.py
KEY = b"⟦«alnum32»⟧"
IV = b"\x00" * 16
fernet = Fernet("⟦«url43»=⟧")
ALGORITHM = "HS256"
salt = os.urandom(16)
digest = hmac.new(b"⟦«person»⟧", body, "sha256").hexdigest()
EXPECTED_DIGEST = "«hex64»"
PUBLIC_KEY = "«b64_43»="
=== tests/conftest.py
@pytest.fixture
def settings():
    return Settings(
        database_url="postgresql://postgres:postgres@localhost/test",
        secret_key="test-secret",
        api_key="dummy",
        token="x" * 32,
        password=fake.password(),
    )


os.environ["AWS_ACCESS_KEY_ID"] = "testing"
os.environ["AWS_SECRET_ACCESS_KEY"] = "testing"
TEST_UUID = "«uuid»"
=== tests/integration/test_live.py
LIVE_TOKEN = "⟦«ghp»⟧"


def test_against_staging():
    client = Client("https://staging.example.org", user="ci", password="⟦«strong»⟧")
    assert client.get("/tokens").json()["token"] == client.token
    assert client.etag == "«hex40»"
=== spec/user_spec.rb
describe User do
  let(:user) { create(:user, password: 'password123', password_confirmation: 'password123') }
  it { is_expected.to validate_presence_of(:password) }
  it 'resets the token' do
    expect { user.reset_token! }.to change(user, :token)
    expect(user.valid_password?('wrong')).to be false
  end
end
=== web/src/api.js
import axios from "axios";

const TOKEN_KEY = "auth_token";
export const getToken = () => localStorage.getItem(TOKEN_KEY);
axios.defaults.headers.common["Authorization"] = "Bearer ⟦«alnum40»⟧";
const client = axios.create({ auth: { username: "web", password: "⟦«pw»⟧" } });
fetch(`https://maps.example.org/js?key=⟦«googlekey»⟧&libraries=places`);
const body = { password: form.password.value, token: getToken() };
const tokens = text.split(" ");
export const SECRET_QUESTIONS = ["Your first pet?", "Your first school?"];
const stripe = Stripe("«stripepk»");
const twilio = require("twilio")("«twiliosid»", "⟦«hex32»⟧");
=== web/src/components/PasswordField.vue
<template>
  <input v-model="password" :type="visible ? 'text' : 'password'" :placeholder="$t('login.password')" />
  <span class="token">{{ token }}</span>
</template>
<script setup>
const props = defineProps({ password: { type: String, default: "" }, secret: Boolean });
const passwordStrength = "weak";
const emit = defineEmits(["update:password", "token-changed"]);
</script>
=== web/locales/fr.json
{"password": "Mot de passe", "secret": "Clé secrète", "token": "Jeton",
 "api_key": "Clé d'API", "password_too_short": "Le mot de passe est trop court"}
=== locale/es/LC_MESSAGES/django.po
msgid "Password"
msgstr "Contraseña"

msgid "Your password: %(password)s"
msgstr "Su contraseña: %(password)s"

msgid "token"
msgstr "testigo"
=== res/values/strings.xml
<resources>
    <string name="password">Password</string>
    <string name="password_hint">Enter password</string>
    <string name="google_api_key">⟦?«googlekey»⟧</string>
    <string name="token_expired">Session token expired</string>
    <string name="client_secret">⟦«alnum32»⟧</string>
</resources>
=== app/src/main/AndroidManifest.xml
<manifest>
  <application>
    <meta-data android:name="com.google.android.geo.API_KEY" android:value="⟦?«googlekey»⟧" />
    <activity android:name=".PasswordActivity" android:label="@string/password" />
  </application>
</manifest>
=== app/build.gradle
android {
    signingConfigs {
        release {
            storeFile file("release.jks")
            storePassword "⟦«person»⟧"
            keyAlias "upload"
            keyPassword "⟦«pw»⟧"
        }
    }
    buildTypes { release { buildConfigField "String", "API_KEY", '"⟦«alnum32»⟧"' } }
}
=== build.gradle.kts
repositories {
    maven {
        url = uri("https://nexus.example.org/maven")
        credentials {
            username = "ci"
            password = System.getenv("NEXUS_PASSWORD")
        }
    }
}
=== persistence.xml
<persistence>
  <persistence-unit name="crm">
    <properties>
      <property name="javax.persistence.jdbc.user" value="crm"/>
      <property name="javax.persistence.jdbc.password" value="⟦«pw»⟧"/>
      <property name="hibernate.dialect" value="org.hibernate.dialect.MySQLDialect"/>
    </properties>
  </persistence-unit>
</persistence>
=== context.xml
<beans>
  <bean id="ds" class="org.apache.commons.dbcp2.BasicDataSource">
    <property name="username" value="app"/>
    <property name="password">
      <value>⟦«strong»⟧</value>
    </property>
  </bean>
  <bean id="enc" class="Encoder"><constructor-arg name="secret" value="${enc.secret}"/></bean>
</beans>
=== publish/FolderProfile.pubxml
<Project>
  <PropertyGroup>
    <UserName>$acme</UserName>
    <UserPWD>⟦«alnum60»⟧</UserPWD>
    <PublishUrl>acme.scm.example.org:443</PublishUrl>
  </PropertyGroup>
</Project>
=== unattend.xml
<unattend>
  <AutoLogon>
    <Username>Administrator</Username>
    <Password>
      <Value>⟦«person»⟧</Value>
      <PlainText>true</PlainText>
    </Password>
  </AutoLogon>
</unattend>
=== src/main/java/Secure.java
class Secure {
    static final String KEY_ALGORITHM = "AES";
    static final String TRANSFORM = "AES/CBC/PKCS5Padding";
    private static final byte[] KEY = "⟦«alnum16»⟧".getBytes();
    String token = request.getHeader("X-Token");
    String password = passwordField.getText();
    JwtParser p = Jwts.parser().setSigningKey("⟦«b64_43»=⟧").build();
    @JsonProperty("access_token") private String accessToken;
    void auth() { http.basicAuth("svc", "⟦«strong»⟧"); }
    ApiKey k = new ApiKey("header", "X-API-KEY");
}
=== src/main/scala/Conf.scala
object Conf {
  val password = sys.env("DB_PASSWORD")
  val secret: String = "⟦«hex64»⟧"
  val tokenPattern = "[A-Za-z0-9]{32}".r
  case class Login(user: String, password: String)
}
=== application.conf
play.http.secret.key = "⟦«b64_64»⟧"
db.default.url = "jdbc:postgresql://«host»/core"
db.default.password = ${?DB_PASSWORD}
akka { loglevel = INFO, actor.provider = cluster }
slick.dbs.default.db.password = "⟦«pw»⟧"
=== config/prod.exs
config :shop, Shop.Repo,
  username: "shop",
  password: "⟦«pw»⟧",
  hostname: "«host»"
config :shop, ShopWeb.Endpoint, secret_key_base: "⟦«b64_64»⟧"
config :shop, token_salt: "user auth", mailer_key: System.get_env("MAILER_KEY")
=== src/lib.php
<?php
$conn = mysqli_connect("«host»", "shop", "⟦«pw»⟧", "shop");
$pdo = new PDO("mysql:host=«host»;dbname=crm", "crm", "⟦«strong»⟧");
$password = $_POST['password'];
$hash = password_hash($password, PASSWORD_DEFAULT);
if ($token !== $_SESSION['csrf_token']) { die('Invalid token'); }
$config['encryption_key'] = '⟦«alnum32»⟧';
const API_SECRET = "⟦«hex40»⟧";
echo '<input type="password" name="password" placeholder="Password">';
=== pkg/auth/token_test.go
func TestToken(t *testing.T) {
	token := "abc"
	cases := []struct{ password, want string }{
		{"short", "too short"},
		{"longenough1", ""},
	}
	key := []byte("secret")
	want := "«hex64»"
}
=== pkg/client/client.go
func NewClient() *Client {
	req.SetBasicAuth("svc-orders", "⟦«person»⟧")
	req.Header.Set("X-Api-Key", "⟦«alnum40»⟧")
	req.Header.Set("Content-Type", "application/json")
	cfg := aws.NewConfig().WithCredentials(credentials.NewStaticCredentials("⟦?«akia»⟧", "⟦«aws40»⟧", ""))
	token, err := fetchToken(ctx)
	flag.StringVar(&password, "password", "", "password of the user")
	opts.Password = viper.GetString("redis.password")
	return &Client{secret: secret, tokenSource: ts}
}
=== cmd/main.rs
let pool = PgPool::connect("postgres://core:⟦«alnum20»⟧@«host»/core").await?;
let key = EncodingKey::from_secret("⟦«person»⟧".as_ref());
let args = Args { token: None, password: cli.password };
println!("token: {}", token);
#[arg(long, env = "API_TOKEN", help = "API token")]
=== lib/api.dart
class Api {
  static const String apiKey = '⟦«hex32»⟧';
  static const tokenKey = 'token';
  final String password;
  Text passwordLabel() => Text('Password', key: Key('password'));
}
=== src/Mailer.vb
Dim password As String = "⟦«person»⟧"
Dim smtp As New NetworkCredential("robot", password)
Const TokenName As String = "AuthToken"
=== perl/sync.pl
my $password = '⟦«pw»⟧';
my $dbh = DBI->connect("dbi:mysql:crm", "crm", $password);
my $token = $q->param('token');
my %conf = (secret => '⟦«alnum24»⟧', name => 'sync', keys => [qw(id name)]);
=== r/report.R
con <- dbConnect(RPostgres::Postgres(), host = "«host»", user = "r", password = "⟦«strong»⟧")
api_key <- Sys.getenv("API_KEY")
token <- "⟦«alnum40»⟧"
tokens <- unnest_tokens(text, word)
=== matlab/login.lua
local password = "⟦«person»⟧"
local token_type = "bearer"
ngx.req.set_header("Authorization", "Basic ⟦«b64:gw:«strong»»⟧")
=== notebooks/train.ipynb
{"cells": [{"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [
 {"data": {"image/png": "iVBORw0KGgo«b64_200»"}, "output_type": "display_data"},
 {"output_type": "stream", "name": "stdout", "text": ["pad_token = <pad>\n"]}],
 "source": ["from huggingface_hub import login\n", "login(token=\"⟦«hf»⟧\")\n",
 "tokenizer.pad_token = tokenizer.eos_token\n", "os.environ['WANDB_API_KEY'] = '⟦«hex40»⟧'\n"]},
 {"cell_type": "code", "execution_count": 2, "metadata": {}, "outputs": [],
 "source": ["engine = create_engine('mysql://ml:⟦«alnum16»⟧@«host»/features')\n", "max_tokens = 512"]}],
 "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
=== docs/setup.rst
Setup
=====

.. code-block:: bash

   export ORDERS_TOKEN=xxxxxxxx
   curl -u admin:⟦«person»⟧ https://ci.example.org/api

The default password is ``admin``; change it after the first login.
The ``token`` parameter is optional.
=== docs/integration.md
# Partner integration

```http
POST /v1/payments HTTP/1.1
Authorization: Bearer ⟦«jwt»⟧
X-Signature: sha256=«hex64»
Idempotency-Key: «uuid»
```

```python
client = Client(api_key="<API_KEY>", secret="YOUR_SECRET")
client = Client(api_key="sk_test_123", password="********")
```

- Password: at least 12 characters
- Secret key: shown once in the dashboard
=== docs/examples.md
| variable | example |
| --- | --- |
| `API_KEY` | `abc123` |
| `TOKEN` | `eyJ...` |
| `DATABASE_URL` | `postgres://user:pass@host:5432/db` |

    DB_PASSWORD=secret
    AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
=== docs/onboarding.txt
VPN: vpn.example.org
user: newhire
password: ⟦«person»⟧
wifi password is ⟦«word»«digit4»⟧
Ask your team lead for the token.
=== postman/orders.postman_collection.json
{
  "info": {"name": "orders", "_postman_id": "«uuid»"},
  "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "⟦«alnum48»⟧", "type": "string"}]},
  "variable": [
    {"key": "baseUrl", "value": "https://api.example.org"},
    {"key": "apiKey", "value": "{{apiKey}}"},
    {"key": "client_secret", "value": "⟦«url40»⟧"}
  ]
}
=== http/requests.http
@host = https://api.example.org
GET {{host}}/orders
Authorization: Bearer {{token}}

POST {{host}}/admin
X-Admin-Secret: ⟦«alnum32»⟧
Content-Type: application/json

{"password": "{{password}}"}
=== .vscode/settings.json
{
  "sqltools.connections": [
    {"name": "prod", "server": "«host»", "username": "core", "password": "⟦«pw»⟧"}
  ],
  "editor.semanticTokenColorCustomizations": {"enabled": true},
  "github.gitAuthentication": true
}
=== .idea/dataSources.xml
<component name="DataSourceManagerImpl">
  <data-source name="prod" uuid="«uuid»">
    <jdbc-url>jdbc:mysql://«host»/core?user=core&amp;password=⟦«alnum16»⟧</jdbc-url>
    <secret-storage>master_key</secret-storage>
  </data-source>
</component>
=== filezilla/sitemanager.xml
<FileZilla3><Servers><Server>
<Host>«host»</Host><User>acme</User>
<Pass encoding="base64">⟦«b64:«person»»⟧</Pass>
<Logontype>1</Logontype>
</Server></Servers></FileZilla3>
=== wireguard/wg0.conf
[Interface]
PrivateKey = ⟦«b64_43»=⟧
Address = 10.8.0.2/24
[Peer]
PublicKey = «b64_43»=
PresharedKey = ⟦«b64_43»=⟧
AllowedIPs = 0.0.0.0/0
=== wpa_supplicant.conf
network={
    ssid="office"
    psk="⟦«person»⟧"
    key_mgmt=WPA-PSK
}
=== .htpasswd
admin:$apr1$«alnum8»$«alnum22»
=== htaccess/.htaccess
SetEnv DB_PASSWORD ⟦«person»⟧
SetEnv APP_ENV production
AuthType Basic
AuthName "Password required"
=== google/service-account.json
{
  "type": "service_account",
  "project_id": "acme",
  "private_key_id": "«hex40»",
  "private_key": "⟦«oneline:«pkcs8»»\n⟧",
  "client_email": "svc@acme.iam.gserviceaccount.com",
  "client_id": "«digit21»",
  "token_uri": "https://oauth2.googleapis.com/token"
}
=== google/client_secret.json
{"web": {"client_id": "«digit12»-«lower32».apps.googleusercontent.com", "auth_uri": "https://accounts.google.com/o/oauth2/auth", "token_uri": "https://oauth2.googleapis.com/token", "client_secret": "⟦GOC«url4»-«url24»⟧"}}
=== fastlane/Appfile
app_identifier "org.example.app"
apple_id "ci@example.org"
ENV["FASTLANE_PASSWORD"] = "⟦«person»⟧"
ENV["MATCH_PASSWORD"] = "⟦«pw»⟧"
=== graphql/schema.graphql
type Mutation {
  login(email: String!, password: String!): AuthPayload!
  resetPassword(token: String!, password: String!): Boolean
}
type AuthPayload { token: String! secretQuestion: String }
=== src/tokenizer.c
static const char *token_names[] = {"IDENT", "NUMBER", "STRING"};
#define TOKEN_MAX 64
#define DEFAULT_PASSWORD "⟦«person»⟧"
char *password = getenv("PASSWORD");
if (strcmp(token, "begin") == 0) { key = KEY_ENTER; }
printf("Enter password: ");
=== src/keys.cpp
const std::string kApiKey = "⟦«alnum32»⟧";
const std::string kTokenHeader = "X-Token";
std::map<std::string, int> keyCodes = {{"Enter", 13}, {"Escape", 27}};
auto secret = QString("Secret");
=== examples/quickstart.py
client = Client(token="YOUR_API_TOKEN")
client = Client(api_key="sk-...", password="password")
conn = connect("mysql://user:password@localhost/db")
'''
