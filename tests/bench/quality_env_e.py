# ruff: noqa: E501 - a line of a template is a line of a file
"""Groups of variables of functions, fifth batch: held out.

The language is that of :mod:`tests.bench.quality_values`; one variable a line.
"""

from __future__ import annotations

from typing import Final

GROUPS: Final = r"""
[pyramid]
SESSION_SIGNING_SECRET = ⟦«person»⟧
SQLALCHEMY_URL = mysql+mysqldb://pyr:⟦«enc:«pw»»⟧@«host»:3306/pyr
PYRAMID_RELOAD_TEMPLATES = false

[koa]
APP_KEYS_SESSION = ⟦«alnum32»⟧
KOA_PROXY = true
MONGO_PASS = ⟦«person»⟧
MONGO_USER = koa
MONGO_HOST = «host»

[ktor]
KTOR_JWT_SECRET = ⟦«hex64»⟧
KTOR_JWT_REALM = orders
KTOR_DB_PASSWORD = ⟦«strong»⟧

[dotnetworker]
Worker__ConnectionString = Server=«host»;Database=Jobs;User Id=jobs;Password=⟦«pw»⟧;Encrypt=true
Worker__ApiKey = ⟦«alnum40»⟧
Worker__IntervalSeconds = 30

[billing]
BILLING_PROVIDER = stripe
BILLING_SECRET = ⟦«stripe»⟧
BILLING_HOOK_SECRET = ⟦«stripehook»⟧
BILLING_CURRENCY = eur

[chargebee]
CHARGEBEE_SITE = acme
CHARGEBEE_API_KEY = ⟦live_«alnum36»⟧

[mixedmail]
MAIL_SERVER = smtp.example.org
MAIL_USER = robot@example.org
MAIL_PASS = ⟦«pw»⟧
MAIL_DEFAULT_SENDER = Orders <orders@example.org>
MAIL_USE_TLS = 1

[sendgridtwo]
SG_API_KEY = ⟦«sendgrid»⟧
SG_UNSUBSCRIBE_GROUP = 14021

[twilioverify]
TWILIO_SID = «twiliosid»
TWILIO_TOKEN = ⟦«hex32»⟧
TWILIO_VERIFY_SERVICE = VA«hex32»

[slackapp]
SLACK_CLIENT_ID = «digit12».«digit12»
SLACK_CLIENT_SECRET = ⟦«hex32»⟧
SLACK_VERIFICATION_TOKEN = ⟦«alnum24»⟧
SLACK_REDIRECT = https://app.example.org/slack/oauth

[telegrambot]
BOT_TOKEN = ⟦«telegram»⟧
BOT_ADMINS = «digit9»,«digit9»

[githubci]
GH_PAT = ⟦«ghp»⟧
GH_REPOSITORY = acme/app
GH_RUN_ID = «digit10»

[gitlabci]
CI_DEPLOY_PASSWORD = ⟦«glpat»⟧
CI_DEPLOY_USER = gitlab+deploy-token-12
CI_COMMIT_SHA = «hex40»

[ai]
OPENAI_KEY = ⟦«openai»⟧
CLAUDE_API_KEY = ⟦«anthropic»⟧
LLM_MAX_TOKENS = 2000
LLM_STOP_TOKEN = <|end|>

[azureopenai]
AZURE_OPENAI_ENDPOINT = https://acme.openai.azure.com/
AZURE_OPENAI_KEY = ⟦«hex32»⟧
AZURE_OPENAI_DEPLOYMENT = gpt-4o

[storage]
STORAGE_ACCOUNT = acmefiles
STORAGE_KEY = ⟦«azurekey»⟧
STORAGE_CONTAINER = in

[s3creds]
BACKUP_AWS_ACCESS_KEY_ID = ⟦?«akia»⟧
BACKUP_AWS_SECRET_ACCESS_KEY = ⟦«aws40»⟧
BACKUP_BUCKET = acme-backup

[minio]
MINIO_ENDPOINT = https://«host»:9000
MINIO_ACCESS_KEY = ⟦?«alnum20»⟧
MINIO_SECRET_KEY = ⟦«alnum40»⟧

[pgparts]
PGHOST = «host»
PGUSER = reporting
PGPASSWORD = ⟦«person»⟧
PGDATABASE = dwh
PGSSLMODE = require

[pgurl]
DATABASE_URL = postgres://«word»:⟦«alnum32»⟧@«host»:5432/«word»?sslmode=require
DB_POOL_MIN = 2

[mysqlurl]
CLEARDB_DATABASE_URL = mysql://b«hex13»:⟦«hex8»⟧@eu-cdbr-west-01.cleardb.com/heroku_«hex15»?reconnect=true
DB_CHARSET = utf8mb4

[redisurl]
CACHE_URL = redis://:⟦«person»⟧@«host»:6379/3
CACHE_PREFIX = app:

[rabbit]
RABBIT_DSN = amqp://app:⟦«strong»⟧@«host»:5672/prod
RABBIT_QUEUE = jobs

[mongo2]
MONGO_DSN = mongodb://app:⟦«enc:«pw»»⟧@«host»:27017/app?authSource=admin&tls=true
MONGO_DB = app

[oracle2]
ORACLE_PASSWORD = ⟦«person»⟧
ORACLE_SID = PROD
ORACLE_TNS = (DESCRIPTION=(ADDRESS=(PROTOCOL=TCPS)(HOST=«host»)(PORT=1522))(CONNECT_DATA=(SERVICE_NAME=prod)))

[snow]
SNOWFLAKE_DSN = snowflake://etl:⟦«strong»⟧@xy12345.eu-central-1/DB/PUBLIC?warehouse=WH
SNOWFLAKE_STAGE = @raw

[ssh2]
SSH_HOST = «host»
SSH_USER = deploy
SSH_PRIVATE_KEY = ⟦«ssh»⟧
SSH_PORT = 22

[jwtkeys]
JWT_PRIVATE_KEY = ⟦«oneline:«rsa»»⟧
JWT_PUBLIC_KEY = «oneline:«public»»
JWT_KID = «hex16»

[auth2]
OIDC_CLIENT_ID = «lower24»
OIDC_CLIENT_SECRET = ⟦«alnum48»⟧
OIDC_DISCOVERY = https://id.example.org/.well-known/openid-configuration
OIDC_SCOPES = openid profile

[basicauth2]
API_USERNAME = partner
API_PASSWORD = ⟦«pw»⟧
API_ENDPOINT = https://api.partner.example.org
API_VERSION = v3

[datadog2]
DATADOG_API_KEY = ⟦«hex32»⟧
DATADOG_SITE = datadoghq.com
DD_SERVICE = app

[newrelic2]
NEWRELIC_KEY = ⟦«newrelic»⟧
NEWRELIC_APP_NAME = app

[sentry2]
SENTRY_DSN = ⟦?«sentrydsn»⟧
SENTRY_TOKEN = ⟦sntrys_«alnum80»⟧
SENTRY_ORG = acme

[pepper]
PASSWORD_PEPPER = ⟦«hex32»⟧
HASH_ROUNDS = 12
URL_SIGNING_KEY = ⟦«alnum40»⟧
ENCRYPTION_PASSPHRASE = ⟦«person»⟧

[jsoncfg]
DB = {"host":"«host»","username":"app","password":"⟦«strong»⟧","ssl":true}
UI = {"passwordField":"pwd","tokenName":"csrf"}

[n1]
TABLE_KEY = id
TOKENS_PER_REQUEST = 1000
AUTH_MODE = IAM
SECRET_ARN = arn:aws:secretsmanager:eu-central-1:«digit12»:secret:app-«alnum6»
PASSWORD_RESET_URL = https://app.example.org/reset
API_KEY_NAME = x-api-key
GIT_SHA = «hex40»
CERT_SHA1 = «hex40»
KEY_ALIAS = alias/app
LOGIN_REDIRECT = /home

[n2]
CACHE_VERSION = «hex8»
CLIENT_ID = «uuid»
SERVICE_ACCOUNT = app@acme.iam.gserviceaccount.com
BUNDLE_HASH = «hex64»
FEATURE_TOKEN_REFRESH = on
USER_POOL_CLIENT = «lower26»
PUBLIC_TOKEN_URL = https://id.example.org/token
SIGNED_URL_TTL = 600
ACCESS_CONTROL = private
DB_NAME = secrets

[n3]
API_TOKEN = changeme
DB_PASSWORD = <password>
CLIENT_SECRET = ${CLIENT_SECRET}
ACCESS_KEY = xxxx
SIGNING_KEY = arn:aws:kms:eu-west-1:«digit12»:key/«uuid»
TOKEN = null
PRIVATE_KEY = /opt/keys/app.pem
"""
