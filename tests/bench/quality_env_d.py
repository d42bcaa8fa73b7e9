"""Groups of variables of functions, fourth batch: held out until the detector is finished.

The language is that of :mod:`tests.bench.quality_values`; one variable a line.
"""

from __future__ import annotations

from typing import Final

GROUPS: Final = r"""
[strapi]
APP_KEYS = ⟦«b64_22»==,«b64_22»==⟧
API_TOKEN_SALT = ⟦«b64_22»==⟧
ADMIN_JWT_SECRET = ⟦«b64_22»==⟧
DATABASE_CLIENT = postgres
DATABASE_PASSWORD = ⟦«pw»⟧
DATABASE_SSL = true

[ghost]
url = https://blog.example.org
database__connection__password = ⟦«person»⟧
database__connection__user = ghost
mail__options__auth__pass = ⟦«strong»⟧
mail__transport = SMTP

[directus]
KEY = «uuid»
SECRET = ⟦«alnum40»⟧
ADMIN_EMAIL = admin@example.org
ADMIN_PASSWORD = ⟦«person»⟧
CACHE_ENABLED = true

[magento]
MAGE_CRYPT_KEY = ⟦«hex32»⟧
MAGE_DB_PASS = ⟦«pw»⟧
MAGE_MODE = production
MAGE_RUN_CODE = base

[quarkus]
QUARKUS_DATASOURCE_JDBC_URL = jdbc:postgresql://«host»:5432/stock
QUARKUS_DATASOURCE_USERNAME = stock
QUARKUS_DATASOURCE_PASSWORD = ⟦«strong»⟧
QUARKUS_OIDC_CREDENTIALS_SECRET = ⟦«alnum32»⟧
QUARKUS_LOG_LEVEL = INFO

[airflow]
AIRFLOW__CORE__FERNET_KEY = ⟦«url43»=⟧
AIRFLOW__WEBSERVER__SECRET_KEY = ⟦«hex32»⟧
AIRFLOW__DATABASE__SQL_ALCHEMY_CONN = postgresql+psycopg2://airflow:⟦«pw»⟧@«host»/airflow
AIRFLOW__CORE__EXECUTOR = CeleryExecutor

[superset]
SUPERSET_SECRET_KEY = ⟦«b64_56»⟧
SUPERSET_ROW_LIMIT = 50000
MAPBOX_API_KEY = ⟦?pk.eyJ«url70»⟧

[n8n]
N8N_ENCRYPTION_KEY = ⟦«alnum24»⟧
N8N_BASIC_AUTH_USER = ops
N8N_BASIC_AUTH_PASSWORD = ⟦«person»⟧
N8N_HOST = flows.example.org

[mastodon]
OTP_SECRET = ⟦«hex128»⟧
VAPID_PRIVATE_KEY = ⟦«url43»=⟧
VAPID_PUBLIC_KEY = B«url86»=
LOCAL_DOMAIN = social.example.org

[discourse]
DISCOURSE_SMTP_PASSWORD = ⟦«pw»⟧
DISCOURSE_SMTP_USER_NAME = forum
DISCOURSE_MAXMIND_LICENSE_KEY = ⟦«alnum16»⟧

[authorizenet]
AUTHNET_LOGIN_ID = «alnum10»
AUTHNET_TRANSACTION_KEY = ⟦«alnum16»⟧
AUTHNET_SIGNATURE_KEY = ⟦«HEX128»⟧

[worldpay]
WP_SERVICE_KEY = ⟦T_S_«hex8»-«hex4»-«hex4»-«hex4»-«hex12»⟧
WP_MERCHANT = ACMEECOM

[gocardless]
GC_ACCESS_TOKEN = ⟦live_«url40»⟧
GC_WEBHOOK_SECRET = ⟦«url40»⟧
GC_CREDITOR = CR000«alnum8»

[paddle]
PADDLE_API_KEY = ⟦pdl_live_apikey_«lower26»_«alnum22»_A9k⟧
PADDLE_CLIENT_TOKEN = ⟦?live_«hex27»⟧
PADDLE_PRICE = pri_«lower26»

[brevo]
BREVO_API_KEY = ⟦xkeysib-«hex64»-«alnum16»⟧
BREVO_LIST = 12

[resend]
RESEND_API_KEY = ⟦re_«alnum8»_«alnum24»⟧
RESEND_FROM = team@example.org

[onesignal]
ONESIGNAL_APP_ID = «uuid»
ONESIGNAL_REST_API_KEY = ⟦«b64_48»⟧

[clicksend]
CLICKSEND_USERNAME = acme
CLICKSEND_API_KEY = ⟦«hex8»-«hex4»-«hex4»-«hex4»-«hex12»⟧

[intercom]
INTERCOM_ACCESS_TOKEN = ⟦dG9r«b64_56»=⟧
INTERCOM_APP_ID = «lower8»

[freshdesk]
FRESHDESK_APIKEY = ⟦«alnum20»⟧
FRESHDESK_DOMAIN = acme.freshdesk.com

[pipedrive]
PIPEDRIVE_TOKEN = ⟦«hex40»⟧
PIPEDRIVE_COMPANY = acme

[monday]
MONDAY_API_TOKEN = ⟦«jwt»⟧
MONDAY_BOARD = «digit10»

[clickup]
CLICKUP_TOKEN = ⟦pk_«digit7»_«upper32»⟧
CLICKUP_LIST = «digit9»

[buildkite]
BUILDKITE_AGENT_TOKEN = ⟦bkct_«alnum40»⟧
BUILDKITE_ORG = acme

[circle]
CIRCLE_TOKEN = ⟦CCIPAT_«alnum22»_«hex40»⟧
CIRCLE_PROJECT = gh/acme/app

[terraformcloud]
TFC_TOKEN = ⟦«alnum14».atlasv1.«alnum67»⟧
TFC_ORG = acme
TFC_WORKSPACE = ws-«alnum16»

[pulumi]
PULUMI_ACCESS_TOKEN = ⟦pul-«hex40»⟧
PULUMI_STACK = acme/prod

[doppler]
DOPPLER_TOKEN = ⟦dp.st.prd.«alnum40»⟧
DOPPLER_PROJECT = orders

[snyk]
SNYK_TOKEN = ⟦«uuid»⟧
SNYK_ORG = «uuid»

[planetscale]
PS_URL = mysql://«lower20»:⟦pscale_pw_«alnum43»⟧@aws.connect.psdb.cloud/orders?sslaccept=strict
PS_BRANCH = main

[upstash]
UPSTASH_REDIS_REST_URL = https://eu1-«word»-«digit5».upstash.io
UPSTASH_REDIS_REST_TOKEN = ⟦A«b64_55»=⟧

[neon]
NEON_DSN = postgres://app:⟦npg_«alnum12»⟧@ep-«word»-«digit6».eu-central-1.aws.neon.tech/main?sslmode=require
NEON_POOL = 10

[arango]
ARANGO_URL = http://«host»:8529
ARANGO_ROOT_PASSWORD = ⟦«person»⟧

[solace]
SOLACE_HOST = tcps://«host»:55443
SOLACE_VPN = prod
SOLACE_PASSWORD = ⟦«lower26»⟧

[tibco]
EMS_USER = app
EMS_PWD = ⟦«person»⟧
EMS_SERVER = ssl://«host»:7243

[sapodata]
SAP_CLIENT = 100
SAP_USER = RFC_APP
SAP_PASSWD = ⟦«person»⟧
SAP_SYSNR = 00

[winrm]
WINRM_USER = corp\svc
WINRM_PASSWORD = ⟦«strong»⟧
WINRM_TRANSPORT = ntlm

[smb]
SHARE = //files.corp.local/drop
SHARE_CREDENTIALS = svc:⟦«person»⟧

[sumologic]
SUMO_ENDPOINT = ⟦https://collectors.eu.sumologic.com/receiver/v1/http/«url88»==⟧
SUMO_CATEGORY = prod/orders

[logdna]
LOGDNA_KEY = ⟦«hex32»⟧
LOGDNA_TAGS = prod

[bugsnag]
BUGSNAG_API_KEY = ⟦?«hex32»⟧
BUGSNAG_STAGE = prod

[aes]
AES_KEY = ⟦«hex64»⟧
AES_MODE = GCM
HMAC_SHA_KEY = ⟦«b64_43»=⟧
KDF_ROUNDS = 200000

[jwks]
JWK_PRIVATE = {"kty":"EC","crv":"P-256","d":"⟦«url43»⟧","x":"«url43»","y":"«url43»"}
JWKS_TTL = 600

[dsnlist]
DATABASES = {"main":"postgres://a:⟦«alnum16»⟧@«host»/a","ro":"postgres://b@«host»/a"}
SHARDS = 2

[yamlconf]
APP_YAML = "db: {user: svc, password: ⟦«strong»⟧}\nlog: info"
RULES = [{"field":"password","op":"required"}]

[cookie]
COOKIE_SECRET = ⟦«word»«digit3»«word»⟧
COOKIE_NAME = sid
CSRF_KEY = ⟦«hex32»⟧
SAMESITE = lax

[neg1]
AWS_SECRETS_MANAGER_ENDPOINT = https://secretsmanager.eu-west-1.amazonaws.com
RESET_TOKEN_EXPIRY = 1h
API_KEYS_TABLE_ARN = arn:aws:dynamodb:eu-west-1:«digit12»:table/api-keys
TOKEN_BUCKET_SIZE = 100
SECRET_ID = prod/app
PARTITION_KEY_NAME = pk
AUTHOR_ID = «uuid»
DEFAULT_PASSWORD_LENGTH = 16
PASSPORT_STRATEGY = jwt
KEY_SPEC = RSA_2048

[neg2]
DOC_HASH = «hex64»
CONTAINER_ID = «hex64»
ETAG_SEED = v1
GTM_ID = GTM-«upper7»
GA_MEASUREMENT_ID = G-«upper10»
AD_UNIT = ca-app-pub-«digit16»/«digit10»
TRACKING_ID = UA-«digit8»-1
BUILD_URL = https://ci.example.org/job/app/«digit4»/
IMAGE_DIGEST = sha256:«hex64»
UUID_NAMESPACE = «uuid»

[neg3]
VAULT_SECRET_PATH = kv/data/orders
DB_PASSWORD_SSM_PATH = /prod/db/password
SECRET_STORE = aws
TOKEN_PROVIDER_URL = https://sts.example.org/token
API_KEY_FILE = /run/secrets/api_key
ENCRYPTED_PASSWORD = AQICAH«b64_160»
SIGNING_KMS_KEY = alias/sign
GITHUB_TOKEN = {{resolve:secretsmanager:github:SecretString:token}}
CLIENT_SECRET = REPLACE_ME
"""
