# ruff: noqa: E501 - a line of a template is a line of a file
"""Files in the manner of real repositories, third batch: held out until the detector is finished.

The language is that of :mod:`tests.bench.quality_values`; ``=== path`` begins a file.
"""

from __future__ import annotations

from typing import Final

FILES: Final = r"""
=== backend/.env
DJANGO_SECRET_KEY='⟦«django»⟧'
POSTGRES_PASSWORD=⟦«pw»⟧
CELERY_BROKER_URL=amqp://celery:⟦«alnum18»⟧@«host»:5672//
DJANGO_ALLOWED_HOSTS=example.org
GOOGLE_OAUTH_SECRET=⟦GOC«url4»-«url24»⟧
LOG_FORMAT=%(asctime)s %(message)s
TOKEN_LIFETIME_MINUTES=15
=== frontend/.env.local
VITE_API_URL=https://api.example.org
VITE_MAPBOX_TOKEN=pk.eyJ«url60».«url22»
AUTH_SECRET=⟦«b64_43»=⟧
ANALYZE=false
=== infra/secrets.auto.tfvars
db_password         = "⟦«strong»⟧"
datadog_api_key     = "⟦«hex32»⟧"
tags                = { owner = "platform" }
secret_name_prefix  = "prod/"
=== infra/modules/db/main.tf
resource "aws_rds_cluster" "main" {
  master_username             = "root"
  master_password             = var.master_password
  manage_master_user_password = true
  storage_encrypted           = true
}
resource "aws_secretsmanager_secret_version" "v" {
  secret_string = jsonencode({ password = "⟦«person»⟧" })
}
resource "kubernetes_secret" "s" {
  data = { token = "⟦«alnum40»⟧" }
}
=== deploy/values.yaml
global:
  imagePullSecrets:
    - name: regcred
app:
  env:
    - name: SESSION_SECRET
      value: ⟦«alnum32»⟧
    - name: CACHE_KEY_PREFIX
      value: orders
  jwt:
    secretName: jwt-keys
    secretKey: private.pem
grafana:
  adminPassword: ⟦«person»⟧
  adminUser: admin
=== deploy/secret.json
{
  "apiVersion": "v1",
  "kind": "Secret",
  "metadata": {"name": "pay"},
  "type": "Opaque",
  "data": {
    "merchant": "«b64:acme-merchant»",
    "apiKey": "⟦«b64:«alnum32»»⟧"
  }
}
=== deploy/list.yaml
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Secret
    metadata:
      name: mail
    data:
      smtp-password: ⟦«b64:«strong»»⟧
      smtp-host: «b64:smtp.example.org»
=== docker-compose.prod.yml
services:
  db:
    image: mariadb:11
    environment:
      MARIADB_ROOT_PASSWORD: ⟦«strong»⟧
      MARIADB_DATABASE: shop
  mq:
    environment:
      - RABBITMQ_DEFAULT_USER=shop
      - RABBITMQ_DEFAULT_PASS=⟦«person»⟧
  app:
    environment:
      DB_PASSWORD_FILE: /run/secrets/db
      API_TOKEN: ${API_TOKEN:?set it}
      ENCRYPTION_KEY: "⟦«hex64»⟧"
=== build/Dockerfile
FROM golang:1.22
ARG GOPRIVATE=git.example.org
ENV GOPROXY=https://ci:⟦«alnum20»⟧@goproxy.example.org
RUN echo "machine git.example.org login ci password ⟦«glpat»⟧" > ~/.netrc
RUN --mount=type=secret,id=token true
ENV KEY_FILE=/keys/app.pem
=== ci/pipeline.yml
resources:
  - name: repo
    type: git
    source:
      uri: git@git.example.org:acme/app.git
      private_key: ((deploy-key))
      password: ⟦«pw»⟧
jobs:
  - name: test
    params: {TOKEN: ((vault.token)), CACHE_KEY: v2}
=== bitbucket-pipelines.yml
pipelines:
  default:
    - step:
        script:
          - export SONAR_TOKEN=$SONAR
          - curl --user deploy:⟦«person»⟧ https://deploy.example.org/run
          - pipe: atlassian/aws-s3-deploy:1.1.0
            variables:
              AWS_SECRET_ACCESS_KEY: $AWS_SECRET_ACCESS_KEY
=== scripts/restore.sh
#!/bin/sh
DB_PASS=${DB_PASS:-⟦«person»⟧}
mongorestore --uri "mongodb://admin:⟦«alnum16»⟧@«host»:27017" dump/
redis-cli -h cache -a ⟦«alnum24»⟧ flushall
ldapsearch -x -D cn=admin,dc=acme -w ⟦«person»⟧ -b dc=acme
aws configure set aws_secret_access_key ⟦«aws40»⟧
export TOKEN="$(aws ssm get-parameter --name /x --query Parameter.Value)"
echo "password: " && read -r PASS
keytool -importkeystore -srckeystore a.p12 -srcstorepass ⟦«person»⟧
=== scripts/setup.ps1
$securePassword = ConvertTo-SecureString -String '⟦«strong»⟧' -AsPlainText -Force
$env:PGPASSWORD = "⟦«person»⟧"
Invoke-RestMethod -Uri $uri -Headers @{ 'X-Api-Key' = '⟦«alnum32»⟧' }
[string]$Token = Get-Content token.txt
New-LocalUser -Name svc -Password $securePassword
=== db/V2__users.sql
CREATE USER reporting WITH LOGIN
  PASSWORD '⟦«pw»⟧';
GRANT SELECT ON ALL TABLES IN SCHEMA public TO reporting;
ALTER TABLE users ADD COLUMN password_changed_at timestamptz;
INSERT INTO oauth_clients (client_id, client_secret, scope) VALUES ('web', '⟦«alnum40»⟧', 'read');
INSERT INTO roles (name, description) VALUES ('token_admin', 'may revoke tokens');
=== db/mysql.sql
CREATE USER 'app'@'10.%' IDENTIFIED WITH caching_sha2_password BY '⟦«person»⟧';
SET GLOBAL validate_password.policy = LOW;
UPDATE users SET password = MD5('x') WHERE id = 1;
=== app/services/mail.py
import smtplib


def send(message):
    with smtplib.SMTP("smtp.example.org", 587) as server:
        server.login("robot@example.org", "⟦«person»⟧")
        server.send_message(message)


MAILGUN = {"domain": "mg.example.org", "api_key": "⟦«mailgun»⟧"}
PASSWORD_RESET_SUBJECT = "Reset your password"
TOKEN_GENERATOR = "app.tokens.Generator"
=== app/services/pay.py
import stripe

stripe.api_key = "⟦«stripe»⟧"
WEBHOOK_SECRET = os.environ.get("WEBHOOK_SECRET") or "⟦«stripehook»⟧"
PUBLISHABLE_KEY = "«stripepk»"
IDEMPOTENCY_KEY = f"order-{order.id}"
token = request.headers.get("X-Token", "")
if not secret:
    raise RuntimeError("secret is not set")
=== app/auth.py
pwd_context = CryptContext(schemes=["bcrypt"], deprecated="auto")
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")
SECRET_KEY = "⟦«hex64»⟧"
ALGORITHM = "HS256"
fake_users_db = {"ada": {"username": "ada", "hashed_password": "«bcrypt»"}}


def authenticate(username: str, password: str = Form(...)):
    return jwt.encode({"sub": username}, SECRET_KEY, algorithm=ALGORITHM)
=== tests/test_client.py
def test_client_sends_token(mock):
    client = Client(token="t0k3n")
    client.login("user", "pass")
    assert mock.headers["Authorization"] == "Bearer t0k3n"
    assert client.password is None


def test_digest():
    assert digest("a") == "«hex40»"
=== tests/fixtures/config.json
{"api_key": "test", "password": "password", "secret": "shh", "id": "«uuid»", "sha": "«hex40»"}
=== src/settings.ts
export default {
  session: { secret: process.env.SESSION_SECRET || "⟦«person»⟧", name: "sid" },
  mail: { auth: { user: "robot", pass: "⟦«strong»⟧" } },
  storageKeys: { token: "app.token", refreshToken: "app.refresh" },
  algolia: { appId: "«upper10»", adminKey: "⟦«hex32»⟧" },
  routes: { resetPassword: "/reset-password", apiKeys: "/settings/api-keys" },
};
=== src/api.spec.ts
it("rejects a wrong password", () => {
  cy.get("[name=password]").type("wrong");
  cy.intercept("POST", "/token", { body: { token: "abc", expires: 60 } });
  expect(validate({ password: "short" })).toEqual(["Password is too short"]);
});
=== src/components/Form.jsx
const fields = [
  { name: "password", label: "Password", type: "password", placeholder: "••••••••" },
  { name: "token", label: "Token", help: "Paste the token from your app" },
];
<Field key="password" id="password-field" error={errors.password && "Password required"} />;
=== lib/mailer.rb
ActionMailer::Base.smtp_settings = {
  address: 'smtp.example.org',
  user_name: 'robot',
  password: '⟦«pw»⟧',
  authentication: :plain
}
Stripe.api_key = '⟦«stripe»⟧'
TOKEN_LENGTH = 32
has_secure_password
secret = Rails.application.credentials.secret_key_base
=== cmd/server/main.go
func main() {
	store := sessions.NewCookieStore([]byte("⟦«alnum32»⟧"))
	auth := smtp.PlainAuth("", "robot", "⟦«strong»⟧", "smtp.example.org")
	db, err := sql.Open("postgres", "host=«host» user=app password=⟦«alnum20»⟧ dbname=app sslmode=disable")
	token := r.URL.Query().Get("token")
	log.Printf("password for %s changed", user)
	const keyHeader = "X-Api-Key"
}
=== internal/model.go
type User struct {
	ID       int64  `db:"id"`
	Password string `db:"password" json:"-" validate:"required,min=8"`
	APIKey   string `db:"api_key"`
}

var validKeys = []string{"name", "email", "password"}
=== src/main/java/App.java
public class App {
    private String password = "⟦«person»⟧";
    static final String SECRET_ID = "prod/app/db";
    void init() {
        config.setPassword("⟦«strong»⟧");
        request.setHeader("Authorization", "Bearer ⟦«jwt»⟧");
        JedisPool pool = new JedisPool(cfg, "«host»", 6379, 2000, "⟦«alnum24»⟧");
        Algorithm a = Algorithm.HMAC256("⟦«person»⟧");
        String token = tokenService.create(user);
        log.info("token refreshed for {}", user);
    }
}
=== src/Startup.cs
services.AddDbContext<Db>(o => o.UseSqlServer("Server=«host»;Database=crm;User Id=crm;Password=⟦«strong»⟧;"));
var key = new SymmetricSecurityKey(Encoding.UTF8.GetBytes("⟦«alnum48»⟧"));
options.ClientSecret = Configuration["Auth:ClientSecret"];
options.ApiKey = "⟦«hex32»⟧";
[Required(ErrorMessage = "Password is required")]
public string Password { get; set; }
=== src/Service.kt
val client = HttpClient { install(Auth) { basic { credentials { BasicAuthCredentials(username = "svc", password = "⟦«person»⟧") } } } }
private const val TOKEN_PREF = "token_pref"
val apiKey = BuildConfig.API_KEY
=== src/lib.rs
const SIGNING_SECRET: &[u8] = b"⟦«alnum32»⟧";
let auth = format!("Bearer {}", token);
let mut builder = reqwest::Client::new().get(url).basic_auth("svc", Some("⟦«strong»⟧"));
pub enum Token { Ident(String), Number(f64) }
=== public/index.php
<?php
$dbPassword = getenv('DB_PASSWORD') ?: '⟦«person»⟧';
$mailer->Password = '⟦«strong»⟧';
$client = new Client(['auth' => ['svc', '⟦«pw»⟧']]);
$csrf = $_SESSION['csrf_token'] ?? '';
$lang['password'] = 'Password';
$lang['token_expired'] = 'The token has expired.';
=== config/parameters.ini
[redis]
auth="⟦«alnum24»⟧"
port=6379
[mail]
password=⟦«pw»⟧
encryption=tls
[keys]
sort=name
primary=id
=== config/app.properties
db.user=app
db.password=⟦«strong»⟧
oauth.client-secret=⟦«url40»⟧
cache.key.prefix=app
token.header=X-Token
ssl.keystore.password=⟦«person»⟧
password.policy=strict
=== config/hibernate.cfg.xml
<hibernate-configuration><session-factory>
  <property name="hibernate.connection.username">app</property>
  <property name="hibernate.connection.password">⟦«pw»⟧</property>
  <property name="hibernate.cache.region_prefix">app</property>
</session-factory></hibernate-configuration>
=== config/logging.xml
<appender name="mail"><smtpHost>smtp.example.org</smtpHost><username>log</username><password>⟦«strong»⟧</password></appender>
<logger name="org.example.Password" level="INFO"/>
=== NuGet.Config
<configuration>
  <packageSourceCredentials>
    <acme>
      <add key="Username" value="ci" />
      <add key="ClearTextPassword" value="⟦«alnum32»⟧" />
    </acme>
  </packageSourceCredentials>
</configuration>
=== Info.plist
<plist><dict>
  <key>CFBundleName</key><string>App</string>
  <key>ApiSecret</key><string>⟦«alnum32»⟧</string>
  <key>PasswordMinLength</key><string>8</string>
</dict></plist>
=== locales/it.yml
it:
  login:
    password: Password
    token: Gettone
    forgot_password: Password dimenticata?
    secret_question: Domanda segreta
=== docs/auth.md
# Authentication

| header | value |
| --- | --- |
| `Authorization` | `Bearer <token>` |
| `X-Api-Key` | your key |

```sh
curl -H "X-Api-Key: YOUR_KEY" https://api.example.org/v1/items
curl -H 'Authorization: token ⟦«ghp»⟧' https://api.github.com/user
```

The default password of the demo user is `demo`.
=== docs/ops.md
- Grafana: https://grafana.example.org, user admin, password: ⟦«person»⟧
- Database: `mysql -h «host» -u ops -p⟦«alnum14»⟧ core`
- The API key is in the vault.
- SSH key: see the wiki
=== swagger.json
{"definitions": {"Login": {"required": ["password"], "properties": {"password": {"type": "string", "minLength": 8}, "token": {"type": "string", "example": "abc"}}}},
 "securityDefinitions": {"key": {"type": "apiKey", "name": "X-API-Key", "in": "header"}}}
=== notebooks/report.ipynb
{"cells": [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": 1,
 "source": ["import openai\n", "openai.api_key = \"⟦«openai»⟧\"\n", "conn = psycopg2.connect(host='«host»', password='⟦«person»⟧')\n", "n_tokens = 512\n", "df['token'] = df.text.str.split()\n"]}],
 "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
=== src/parser.ts
const KEYWORDS = { if: "IF", key: "KEY", secret: "SECRET" };
type Token = { kind: "ident" | "number"; value: string };
const token: Token = { kind: "ident", value: "password" };
expect("token", "}");
const PASSWORD_RE = /^(?=.*\d)[a-z\d]{8,}$/i;
=== assets/app.min.js
!function(e){var t={password:"",token:null};e.auth=function(n){return n.token||t.token},e.key="k",e.secretField="secret",e.cfg={url:"/api",csrfToken:""}}(window);
=== yarn-error.log
Arguments: /usr/bin/node yarn install
PATH: /usr/local/bin:/usr/bin
npm manifest: {"dependencies": {"jsonwebtoken": "^9.0.0"}}
Trace: Error: https://registry.yarnpkg.com/token: 401 Unauthorized
=== uv.lock
[[package]]
name = "pyjwt"
version = "2.8.0"
sdist = { url = "https://files.pythonhosted.org/packages/«hex2»/«hex2»/«hex60»/PyJWT-2.8.0.tar.gz", hash = "sha256:«hex64»", size = 78313 }
wheels = [{ url = "https://files.pythonhosted.org/packages/«hex2»/x.whl", hash = "sha256:«hex64»" }]
=== home/.pgpass
localhost:5432:*:postgres:⟦«pw»⟧
=== home/.git-credentials
https://ci-bot:⟦«alnum32»⟧@dev.azure.com
=== home/.netrc
machine nexus.example.org
	login deploy
	password ⟦«strong»⟧
=== home/.npmrc
@acme:registry=https://npm.pkg.github.com
//npm.pkg.github.com/:_authToken=⟦«ghp»⟧
//registry.example.org/:_password=⟦«b64:«strong»»⟧
//registry.example.org/:username=ci
=== home/.yarnrc.yml
npmScopes:
  acme:
    npmRegistryServer: https://npm.example.org
    npmAuthToken: ⟦«uuid»⟧
nodeLinker: node-modules
=== home/.m2/settings-security.xml
<settingsSecurity>
  <master>{«b64_43»=}</master>
</settingsSecurity>
=== haproxy.cfg
userlist ops
  user admin insecure-password ⟦«person»⟧
  user viewer password $6$«alnum8»$«alnum86»
frontend http
  bind *:80
  http-request set-header X-Auth-Token %[src]
=== keys/deploy.pem
⟦«ssh»⟧
=== keys/chain.pem
«cert»
«cert»
"""
