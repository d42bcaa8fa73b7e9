# ruff: noqa: E501 - a line of a template is a line of a file
"""Groups of variables of functions, third batch: held out until the detector is finished.

The language is that of :mod:`tests.bench.quality_values`; one variable a line.
"""

from __future__ import annotations

from typing import Final

GROUPS: Final = r"""
[fastapi]
APP_SECRET_KEY = ⟦«hex64»⟧
ACCESS_TOKEN_EXPIRE_MINUTES = 30
ALGORITHM = HS256
SQLALCHEMY_URL = postgresql+asyncpg://api:⟦«enc:«strong»»⟧@«host»:5432/api
FIRST_SUPERUSER = admin@example.org
FIRST_SUPERUSER_PASSWORD = ⟦«person»⟧
BACKEND_CORS_ORIGINS = ["https://app.example.org"]

[nestjs]
JWT_ACCESS_SECRET = ⟦«person»⟧
JWT_REFRESH_SECRET = ⟦«alnum40»⟧
JWT_ACCESS_EXPIRATION = 900s
TYPEORM_HOST = «host»
TYPEORM_USERNAME = nest
TYPEORM_PASSWORD = ⟦«pw»⟧
TYPEORM_SYNCHRONIZE = false
THROTTLE_LIMIT = 10

[micronaut]
DATASOURCES_DEFAULT_URL = jdbc:mariadb://«host»:3306/inv
DATASOURCES_DEFAULT_PASSWORD = ⟦«strong»⟧
MICRONAUT_SECURITY_TOKEN_JWT_SIGNATURES_SECRET_GENERATOR_SECRET = ⟦«alnum48»⟧
MICRONAUT_ENVIRONMENTS = lambda

[sinatra]
SESSION_KEY = ⟦«hex64»⟧
RACK_ENV = production
SIDEKIQ_WEB_USER = ops
SIDEKIQ_WEB_PASSWORD = ⟦«person»⟧
PUMA_WORKERS = 2

[coldbox]
DB_CONN = Server=«host»,1433;Initial Catalog=legacy;Persist Security Info=False;User ID=legacy;Password=⟦«person»⟧;Connection Timeout=30;
DB_PROVIDER = System.Data.SqlClient
PROTECTOR_KEY = ⟦«b64_43»=⟧

[adyen]
ADYEN_APIKEY = ⟦AQE«alnum60».«url20»⟧
ADYEN_MERCHANT = AcmePOS
ADYEN_HMAC = ⟦«HEX64»⟧
ADYEN_SKIN = «alnum8»

[klarna]
KLARNA_USERNAME = PK«digit5»_«hex12»
KLARNA_PASSWORD = ⟦«alnum16»⟧
KLARNA_BASE = https://api.klarna.com

[checkoutcom]
CKO_SECRET_KEY = ⟦sk_«hex8»-«hex4»-«hex4»-«hex4»-«hex12»⟧
CKO_PUBLIC_KEY = pk_«hex8»-«hex4»-«hex4»-«hex4»-«hex12»
CKO_CHANNEL = pc_«lower26»

[wise]
WISE_TOKEN = ⟦«uuid»⟧
WISE_PROFILE = «digit8»
WISE_SANDBOX = false

[sinch]
SINCH_PLAN = «hex32»
SINCH_TOKEN = ⟦«hex32»⟧
SINCH_SENDER = ACME

[postmark]
POSTMARK_SERVER_TOKEN = ⟦«uuid»⟧
POSTMARK_STREAM = outbound
POSTMARK_BOUNCE_ADDRESS = bounce@example.org

[sparkpost]
SPARKPOST_API_KEY = ⟦«hex40»⟧
SPARKPOST_EU = true

[mandrill]
MANDRILL_KEY = ⟦«url22»⟧
MANDRILL_TEMPLATE = order-confirmation

[whatsapp]
WHATSAPP_PHONE_ID = «digit15»
WHATSAPP_ACCESS_TOKEN = ⟦EAA«alnum150»⟧
WHATSAPP_VERIFY_TOKEN = ⟦«word»«digit4»⟧

[mattermost]
MM_HOOK = ⟦https://chat.example.org/hooks/«lower26»⟧
MM_TEAM = platform

[asana]
ASANA_PAT = ⟦1/«digit16»:«hex32»⟧
ASANA_PROJECT = «digit16»

[trello]
TRELLO_KEY = ⟦?«hex32»⟧
TRELLO_TOKEN = ⟦«hex64»⟧
TRELLO_BOARD = «alnum8»

[notion]
NOTION_SECRET = ⟦«notion»⟧
NOTION_DB = «hex32»
NOTION_VERSION = 2022-06-28

[linear]
LINEAR_KEY = ⟦«linear»⟧
LINEAR_TEAM = «uuid»

[airtable]
AIRTABLE_PAT = ⟦«airtable»⟧
AIRTABLE_BASE = app«alnum14»
AIRTABLE_TABLE = Orders

[figma]
FIGMA_TOKEN = ⟦figd_«url40»⟧
FIGMA_FILE = «alnum22»

[digitalocean]
DO_TOKEN = ⟦«do»⟧
DO_REGION = fra1
SPACES_KEY = ⟦?DO«upper18»⟧
SPACES_SECRET = ⟦«b64_43»⟧

[cloudflare]
CF_API_TOKEN = ⟦«url40»⟧
CF_ZONE_ID = «hex32»
CF_ACCOUNT = «hex32»
R2_SECRET_ACCESS_KEY = ⟦«hex64»⟧

[fastly]
FASTLY_API_KEY = ⟦«url32»⟧
FASTLY_SERVICE = «alnum22»

[vercel]
VERCEL_TOKEN = ⟦«alnum24»⟧
VERCEL_PROJECT_ID = prj_«alnum28»
VERCEL_ORG_ID = team_«alnum24»

[sonar]
SONAR_TOKEN = ⟦squ_«hex40»⟧
SONAR_HOST_URL = https://sonar.example.org
SONAR_PROJECT_KEY = acme:orders

[artifactory]
ARTIFACTORY_USER = ci
ARTIFACTORY_PASSWORD = ⟦AP«alnum70»⟧
ARTIFACTORY_REPO = libs-release
JFROG_ACCESS_TOKEN = ⟦«jwt»⟧

[influx]
INFLUX_URL = https://eu-central-1-1.aws.cloud2.influxdata.com
INFLUX_TOKEN = ⟦«url86»==⟧
INFLUX_BUCKET = metrics

[loki]
LOKI_URL = https://«digit6»:⟦glc_«alnum80»⟧@logs-prod-eu.grafana.net/loki/api/v1/push
LOKI_LABELS = app=orders

[elasticpw]
ELASTIC_CLOUD_ID = prod:«b64:eu-west-1.aws.found.io$«hex32»»
ELASTIC_USERNAME = elastic
ELASTIC_PASSWORD = ⟦«alnum24»⟧

[opensearch]
OS_AUTH = admin:⟦«person»⟧
OS_DOMAIN = search-orders-«lower26».eu-west-1.es.amazonaws.com

[dynatrace]
DT_API_TOKEN = ⟦dt0c01.«upper24».«upper64»⟧
DT_TENANT = abc12345
DT_CLUSTER_ID = «digit9»

[appinsights]
APPLICATIONINSIGHTS_CONNECTION_STRING = ⟦?InstrumentationKey=«uuid»;IngestionEndpoint=https://westeurope-1.in.applicationinsights.azure.com/⟧
WEBSITE_NODE_DEFAULT_VERSION = ~18

[bigquery]
BQ_CREDENTIALS = ⟦«b64:{"type":"service_account","private_key":"«oneline:«pkcs8»»"}»⟧
BQ_DATASET = sales
BQ_LOCATION = EU

[databricks]
DATABRICKS_HOST = https://adb-«digit16».1.azuredatabricks.net
DATABRICKS_TOKEN = ⟦dapi«hex32»⟧
DATABRICKS_CLUSTER = 0101-«digit6»-abcd

[sybase]
HANA_DSN = DRIVER={HDBODBC};SERVERNODE=«host»:30015;UID=ETL;PWD=⟦«strong»⟧
HANA_SCHEMA = SAPABAP1

[db2]
DB2_URL = jdbc:db2://«host»:50000/CRM:user=crm;password=⟦«person»⟧;
DB2_SCHEMA = CRM

[cockroach]
CRDB = postgresql://svc:⟦«alnum22»⟧@free-tier.gcp-europe-west1.cockroachlabs.cloud:26257/defaultdb?sslmode=verify-full
CRDB_CA = /opt/root.crt

[memcached]
MEMCACHE_SERVERS = «host»:11211
MEMCACHE_USER = cache
MEMCACHE_PASS = ⟦«alnum32»⟧

[mqtt]
MQTT_URL = mqtts://device:⟦«person»⟧@«host»:8883
MQTT_TOPIC = site/+/state
MQTT_QOS = 1

[nats]
NATS_URL = nats://⟦«alnum28»⟧@«host»:4222
NATS_STREAM = ORDERS

[ftp]
FTP_URL = ftp://partner:⟦«pw»⟧@ftp.partner.example.org/in
FTP_PASSIVE = yes

[imap]
IMAP_SERVER = imap.example.org
IMAP_LOGIN = orders@example.org
IMAP_PASSWD = ⟦«pw»⟧
IMAP_FOLDER = INBOX

[oauthgeneric]
OAUTH_TOKEN_URL = https://id.partner.example.org/oauth/token
OAUTH_CLIENT_ID = «alnum20»
OAUTH_CLIENT_SECRET = ⟦«url48»⟧
OAUTH_SCOPE = orders.read orders.write
OAUTH_REFRESH_TOKEN = ⟦1//«url100»⟧
OAUTH_GRANT_TYPE = client_credentials

[mtls]
CLIENT_CERT_B64 = «b64:«cert»»
CLIENT_KEY_B64 = ⟦«b64:«pkcs8»»⟧
CLIENT_KEY_PASSPHRASE = ⟦«person»⟧
CA_BUNDLE = /etc/ssl/ca.pem

[pgpkey]
PGP_PASSPHRASE = ⟦«word» «word» «word» «digit2»⟧
PGP_RECIPIENT = partner@example.org
PGP_KEY_ID = «HEX16»

[ethereum]
ETH_RPC = https://mainnet.infura.io/v3/⟦«hex32»⟧
WALLET_PRIVATE_KEY = ⟦0x«hex64»⟧
CONTRACT = 0x«hex40»
CHAIN_ID = 1

[weather]
OPENWEATHER_APPID = ⟦«hex32»⟧
UNITS = metric
CITY = Berlin

[german]
DB_PASSWORT = ⟦«person»⟧
DB_BENUTZER = app
API_SCHLUESSEL = ⟦«alnum40»⟧
MANDANT = 100

[shortnames]
PW = ⟦«person»⟧
USR = svc
TKN = ⟦«hex40»⟧
ENV = p
URL = https://example.org

[harmless1]
MAX_TOKENS = 2048
TOKENS_TABLE = tokens
KEY_SCHEMA = pk,sk
API_KEY_REQUIRED = false
PASSWORD_EXPIRY = 90
SECRET_PREFIX = prod/
AUTH_URL = https://auth.example.org/login
KEYCLOAK_REALM = acme
CREDENTIAL_TYPE = vault
PASSWORDLESS_LOGIN = true
PUBLIC_KEY_URL = https://auth.example.org/key.pem

[harmless2]
S3_KEY = reports/2024/summary.csv
SORT_BY_KEY = name
MESSAGE_GROUP_KEY = tenant
FEATURE_KEYS = a,b,c
PRIMARY_KEY_COLUMN = uuid
STATE_TOKEN_TTL = 60
BUILD_HASH = «hex40»
ASSET_INTEGRITY = sha384-«b64_64»
REQUEST_ID_HEADER = x-request-id
ACCESS_LOG = s3://acme-logs/access

[harmless3]
SSM_PATH = /acme/prod
DB_SECRET = prod/orders/db
API_KEY_SECRET_ID = arn:aws:secretsmanager:eu-west-1:«digit12»:secret:api-«alnum6»
PASSWORD_PARAMETER_NAME = /acme/prod/db/password
TOKEN_SOURCE = ssm
JWT_ISSUER_URI = https://id.example.org
CERT_ARN = arn:aws:acm:eu-west-1:«digit12»:certificate/«uuid»
LAMBDA_LAYER = «lambda_arn»

[harmless4]
PASSWORD = ${DB_PASSWORD}
SECRET = {{ secret }}
API_KEY = __API_KEY__
TOKEN = %TOKEN%
ACCESS_TOKEN = your-access-token
PRIVATE_KEY = <paste key here>
CLIENT_SECRET = *****
DB_PASS = -
"""
