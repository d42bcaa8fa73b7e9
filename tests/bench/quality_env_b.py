# ruff: noqa: E501 - a line of a template is a line of a file
"""Groups of variables of functions, second batch: held out until the detector is finished.

The language is that of :mod:`tests.bench.quality_values`; one variable a line.
"""

from __future__ import annotations

from typing import Final

GROUPS: Final = r"""
[flask]
FLASK_APP = wsgi.py
FLASK_SECRET = ⟦«person»⟧
SQLALCHEMY_DATABASE_URI = mysql+pymysql://web:⟦«pw»⟧@«host»/web?charset=utf8mb4
SQLALCHEMY_POOL_RECYCLE = 280
WTF_CSRF_ENABLED = True

[symfony]
APP_ENV = prod
APP_SECRET = ⟦«hex32»⟧
MAILER_DSN = smtp://robot:⟦«enc:«pw»»⟧@«host»:587?encryption=tls
MESSENGER_TRANSPORT_DSN = doctrine://default?auto_setup=0
TRUSTED_PROXIES = 127.0.0.1,REMOTE_ADDR

[wordpress]
WP_HOME = https://blog.example.org
AUTH_KEY = ⟦«sym64»⟧
SECURE_AUTH_SALT = ⟦«sym64»⟧
WP_DB_PASSWORD = ⟦«person»⟧
WP_DB_PREFIX = wp_
WP_DEBUG = false

[phoenix]
SECRET_KEY_BASE = ⟦«b64_64»⟧
PHX_HOST = app.example.org
POOL_SIZE = 10
ERLANG_COOKIE = ⟦«upper20»⟧
ECTO_IPV6 = false

[play]
PLAY_HTTP_SECRET_KEY = ⟦«b64_64»⟧
PLAY_FILTERS_HOSTS = .example.org
JDBC_DATABASE_URL = jdbc:mysql://«host»:3306/shop?user=shop&password=⟦«alnum16»⟧&useSSL=true

[keycloak]
KEYCLOAK_URL = https://id.example.org/realms/acme
KEYCLOAK_CLIENT = orders-api
KEYCLOAK_CLIENT_SECRET = ⟦«uuid»⟧
KEYCLOAK_ADMIN = admin
KEYCLOAK_ADMIN_PASSWORD = ⟦«person»⟧

[hasura]
HASURA_ENDPOINT = https://«host»/v1/graphql
HASURA_GRAPHQL_ADMIN_SECRET = ⟦«person»⟧
HASURA_GRAPHQL_JWT_SECRET = {"type":"HS256","key":"⟦«alnum44»⟧"}
HASURA_GRAPHQL_UNAUTHORIZED_ROLE = anonymous

[supabase]
SUPABASE_URL = https://«lower20».supabase.co
SUPABASE_SERVICE_ROLE_KEY = ⟦«jwt»⟧
SUPABASE_BUCKET = avatars

[braintree]
BT_ENVIRONMENT = production
BT_MERCHANT_ID = «lower16»
BT_PUBLIC_KEY = «lower16»
BT_PRIVATE_KEY = ⟦«hex32»⟧

[square]
SQUARE_ACCESS_TOKEN = ⟦«square»⟧
SQUARE_LOCATION = L«upper12»
SQUARE_WEBHOOK_SIGNATURE_KEY = ⟦«url22»⟧

[mollie]
MOLLIE_KEY = ⟦live_«alnum30»⟧
MOLLIE_PROFILE = pfl_«alnum10»
MOLLIE_REDIRECT = https://shop.example.org/mollie/{order}

[plaid]
PLAID_CLIENT_ID = «hex24»
PLAID_SECRET = ⟦«hex30»⟧
PLAID_ENV = production
PLAID_PRODUCTS = transactions,auth

[vonage]
VONAGE_KEY = ⟦?«hex8»⟧
VONAGE_SECRET = ⟦«alnum16»⟧
VONAGE_BRAND = ACME

[messagebird]
MB_ACCESS_KEY = ⟦«alnum25»⟧
MB_ORIGINATOR = ACME
MB_TEMPLATE = Your code is %token

[teams]
TEAMS_HOOK = ⟦https://acme.webhook.office.com/webhookb2/«uuid»@«uuid»/IncomingWebhook/«hex32»/«uuid»⟧
CARD_COLOR = 0076D7
ESCALATE_AFTER = PT15M

[hubspot]
HUBSPOT_TOKEN = ⟦pat-eu1-«uuid»⟧
HUBSPOT_PORTAL = «digit8»
HUBSPOT_PIPELINE = default

[zendesk]
ZENDESK_SUBDOMAIN = acme
ZENDESK_EMAIL = bot@example.org
ZENDESK_TOKEN = ⟦«alnum40»⟧
ZENDESK_BRAND_ID = «digit12»

[jira]
JIRA_BASE = https://acme.atlassian.net
JIRA_USER = bot@example.org
JIRA_API_TOKEN = ⟦ATATT3xFfGF0«url172»=«HEX8»⟧
JIRA_PROJECT_KEY = OPS
JIRA_ISSUE_KEY_PATTERN = [A-Z]+-\d+

[bitbucket]
BB_WORKSPACE = acme
BB_USER = acme-bot
BB_APP_PASSWORD = ⟦ATBB«alnum28»«HEX4»⟧
BB_CLONE_URL = https://acme-bot@bitbucket.org/acme/site.git

[npm]
NPM_TOKEN = ⟦«npm»⟧
NPM_CONFIG_REGISTRY = https://registry.npmjs.org/
PACKAGE_LOCK_HASH = «sha512»

[docker]
DOCKER_REGISTRY = registry.example.org
DOCKER_USERNAME = ci
DOCKER_PASSWORD = ⟦«pw»⟧
DOCKER_AUTH_CONFIG = {"auths":{"registry.example.org":{"auth":"⟦«b64:ci:«strong»»⟧"}}}
DOCKER_TAG = 1.14.2-«hex8»

[hf]
HF_TOKEN = ⟦«hf»⟧
HF_MODEL = sentence-transformers/all-MiniLM-L6-v2
HF_HOME = /tmp/hf
PAD_TOKEN = <pad>
EOS_TOKEN_ID = 50256

[cohere]
COHERE_API_KEY = ⟦«alnum40»⟧
EMBED_MODEL = embed-multilingual-v3.0
MAX_INPUT_TOKENS = 512

[pinecone]
PINECONE_API_KEY = ⟦«uuid»⟧
PINECONE_ENV = eu-west1-gcp
PINECONE_INDEX = docs
PINECONE_NAMESPACE = «uuid»

[honeycomb]
HONEYCOMB_KEY = ⟦«alnum22»⟧
HONEYCOMB_DATASET = lambda
OTEL_EXPORTER_OTLP_HEADERS = x-honeycomb-team=⟦«alnum22»⟧
OTEL_SERVICE_NAME = checkout
OTEL_TRACES_SAMPLER = parentbased_traceidratio

[splunk]
SPLUNK_HEC_URL = https://«host»:8088/services/collector
SPLUNK_HEC_TOKEN = ⟦«uuid»⟧
SPLUNK_INDEX = main
SPLUNK_SOURCETYPE = aws:lambda

[logzio]
LOGZIO_LISTENER = https://listener.logz.io:8071
LOGS_SHIPPING_TOKEN = ⟦«alnum32»⟧
LOGZIO_TYPE = lambda

[rollbar]
ROLLBAR_ACCESS_TOKEN = ⟦«hex32»⟧
ROLLBAR_ENV = prod
CODE_VERSION = «hex40»

[launchdarkly]
LD_SDK_KEY = ⟦sdk-«uuid»⟧
LD_CLIENT_SIDE_ID = «hex24»
LD_FLAG_KEY = new-checkout-flow
LD_PROJECT_KEY = default

[segment]
SEGMENT_WRITE_KEY = ⟦«alnum32»⟧
SEGMENT_FLUSH_AT = 20
SEGMENT_SPACE_ID = spa_«alnum22»

[contentful]
CONTENTFUL_SPACE = «lower12»
CONTENTFUL_MANAGEMENT_TOKEN = ⟦CFPAT-«url43»⟧
CONTENTFUL_DELIVERY_TOKEN = ⟦«url43»⟧
CONTENTFUL_ENVIRONMENT = master

[cloudinary]
CLOUDINARY_URL = cloudinary://«digit15»:⟦«url27»⟧@acme
UPLOAD_PRESET = ml_default

[pusher]
PUSHER_APP_ID = «digit7»
PUSHER_KEY = ⟦?«hex20»⟧
PUSHER_SECRET = ⟦«hex20»⟧
PUSHER_CLUSTER = eu

[ably]
ABLY_KEY = ⟦«alnum6».«alnum6»:«alnum43»⟧
ABLY_CHANNEL = orders

[clickhouse]
CLICKHOUSE = clickhouse://default:⟦«pw»⟧@«host»:9440/analytics?secure=true
CH_TABLE = events

[redshift]
RS_CONN = redshift+psycopg2://loader:⟦«person»⟧@dwh.«lower12».eu-west-1.redshift.amazonaws.com:5439/dw
RS_IAM_ROLE = arn:aws:iam::«digit12»:role/redshift-load

[cassandra]
CASSANDRA_CONTACT_POINTS = 10.0.1.4,10.0.1.5
CASSANDRA_USERNAME = cassandra
CASSANDRA_PASSWORD = ⟦«person»⟧
CASSANDRA_KEYSPACE = events
PARTITION_KEY = device_id

[neo4j]
NEO4J_URI = neo4j+s://«hex8».databases.neo4j.io
NEO4J_USER = neo4j
NEO4J_PASSWORD = ⟦«url43»⟧
NEO4J_AUTH = neo4j/⟦«person»⟧

[couch]
COUCHDB_URL = https://admin:⟦«word»«digit2»⟧@«host»:6984/orders
COUCH_VIEW = by_date

[adonet]
CRM_DB = Data Source=«host»;Initial Catalog=CRM;User Id=crm;Pwd=⟦«person»⟧;MultipleActiveResultSets=true
REPORTING_DB = Data Source=«host»;Initial Catalog=Reporting;Integrated Security=SSPI

[odbc]
ODBC_CONN = Driver={ODBC Driver 18 for SQL Server};Server=«host»;Database=hr;UID=hr;PWD=⟦«strong»⟧;Encrypt=yes
ODBC_TIMEOUT = 30

[cosmos]
COSMOS_CONN = AccountEndpoint=https://acme.documents.azure.com:443/;AccountKey=⟦«azurekey»⟧;
COSMOS_DB = catalog

[iothub]
IOT_CONN = HostName=acme.azure-devices.net;DeviceId=d17;SharedAccessKey=⟦«b64_43»=⟧
IOT_THING = sensor-17

[eventhubsas]
EH_SAS = SharedAccessSignature sr=https%3A%2F%2Facme.servicebus.windows.net%2Fin&sig=⟦«enc:«b64_43»=»⟧&se=1735689600&skn=send
EH_PARTITIONS = 4

[ldap]
LDAP_URI = ldaps://ldap.corp.local:636
LDAP_BIND_DN = cn=svc-lambda,ou=services,dc=corp,dc=local
LDAP_BIND_PW = ⟦«person»⟧
LDAP_FILTER = (&(objectClass=user)(sAMAccountName={0}))

[saml]
SAML_ENTITY_ID = urn:acme:sp
SAML_IDP_CERT = «join:«cert»»
SAML_SP_PRIVATE_KEY = ⟦«oneline:«pkcs8»»⟧
SAML_NAMEID = urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress

[applekeys]
APPLE_TEAM_ID = «upper10»
APPLE_KEY_ID = «upper10»
APPLE_PRIVATE_KEY = ⟦«oneline:«ec»»⟧
APPLE_BUNDLE = org.example.app
APNS_TOPIC = org.example.app

[zoom]
ZOOM_ACCOUNT_ID = «url22»
ZOOM_CLIENT_ID = «url22»
ZOOM_CLIENT_SECRET = ⟦«alnum32»⟧
ZOOM_SECRET_TOKEN = ⟦«url22»⟧

[facebook]
FB_APP_ID = «digit15»
FB_APP_SECRET = ⟦«hex32»⟧
FB_VERIFY_TOKEN = ⟦«person»⟧
FB_PAGE_ACCESS_TOKEN = ⟦EAA«alnum160»⟧
FB_GRAPH_VERSION = v19.0

[twitter]
TW_CONSUMER_KEY = ⟦?«alnum25»⟧
TW_CONSUMER_SECRET = ⟦«alnum50»⟧
TW_ACCESS_TOKEN = ⟦«digit18»-«alnum40»⟧
TW_ACCESS_TOKEN_SECRET = ⟦«alnum45»⟧
TW_HANDLE = @acme

[encryption]
FIELD_ENCRYPTION_KEY = ⟦«url43»=⟧
HASHIDS_SALT = ⟦«person»⟧
AES_IV = ⟦?«hex32»⟧
CIPHER = aes-256-gcm
KEY_ROTATION = 90d
PBKDF2_ITERATIONS = 600000

[hmac]
WEBHOOK_SIGNING_SECRET = ⟦«hex64»⟧
SIGNATURE_HEADER = X-Hub-Signature-256
SIGNATURE_ALGO = sha256
TOLERANCE_SECONDS = 300

[internalapi]
INTERNAL_API_KEY = ⟦«person»⟧
INTERNAL_API_URL = https://internal.example.org/v1
INTERNAL_API_TIMEOUT = 5
X_API_KEY = ⟦«lower32»⟧

[apigw]
PARTNER_KEY = ⟦«alnum40»⟧
PARTNER_URL = https://«lower10».execute-api.eu-west-1.amazonaws.com/prod
PARTNER_NAME = Contoso
PARTNER_KEY_HEADER = X-API-KEY

[signedlink]
EXPORT_URL = https://acme-exports.s3.amazonaws.com/2024/report.csv?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=«akia»%2F20240101%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Expires=604800&X-Amz-Signature=⟦«hex64»⟧
EXPORT_FORMAT = csv

[sasurl]
BLOB_URL = https://acme.blob.core.windows.net/in?sv=2022-11-02&ss=b&srt=co&sp=rwdl&se=2027-01-01T00:00:00Z&sig=⟦«enc:«b64_43»=»⟧
BLOB_TIER = Hot

[queryurl]
WEATHER_URL = https://api.weather.example.org/v1/forecast?city=Berlin&apikey=⟦«hex32»⟧
FX_URL = https://fx.example.org/latest?base=EUR&access_key=⟦«hex32»⟧
HEALTH_URL = https://api.example.org/health?verbose=true&key=status

[commandline]
MIGRATE_CMD = mysqldump -h db -u root -p⟦«alnum14»⟧ orders
JAVA_OPTS = -Xmx512m -Djavax.net.ssl.trustStorePassword=⟦«person»⟧ -Dlog.level=INFO
NODE_OPTIONS = --max-old-space-size=512 --enable-source-maps

[yamlvar]
SETTINGS = {"smtp":{"host":"«host»","port":587,"user":"robot","pass":"⟦«pw»⟧"},"ui":{"passwordLabel":"Password"}}
THEME = {"tokens":{"color.primary":"#0055ff"}}

[b64json]
APP_CONFIG_B64 = ⟦«b64:{"user":"svc","password":"«strong»"}»⟧
APP_SCHEMA_B64 = «b64:{"type":"object","title":"Order"}»

[refs1]
DB_PASSWORD = arn:aws:ssm:eu-west-1:«digit12»:parameter/prod/db/password
API_SECRET = vault:secret/data/prod#api
TOKEN = ${TOKEN}
PRIVATE_KEY_PATH = s3://acme-config/keys/signing.pem
CERT_PASSWORD_FILE = /run/secrets/cert_password
SECRET_NAME = prod/orders/partner

[refs2]
CLIENT_SECRET_ID = projects/123/secrets/client/versions/latest
KEYVAULT_URL = https://acme.vault.azure.net/secrets/db-password
OP_REF = op://prod/orders/password
GITHUB_TOKEN_SSM = /ci/github/token
SECRETS_EXTENSION_HTTP_PORT = 2773
PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED = true

[placeholders2]
STRIPE_SECRET = sk_test_xxxxxxxxxxxxxxxxxxxxxxxx
JWT_KEY = your-256-bit-secret
ADMIN_PASSWORD = ********
REDIS_PASSWORD = null
SMTP_PASSWORD = "REPLACE_WITH_PASSWORD"
SLACK_TOKEN = xoxb-your-token
AWS_SECRET = insert-secret-here
PASSPHRASE = <REDACTED>

[names]
PRIMARY_KEY = order_id
FOREIGN_KEYS = customer_id,product_id
KEYBOARD_LAYOUT = qwertz
MONKEY_PATCH = gevent
TOKEN_TYPE = Bearer
SECRET_SANTA_DATE = 2024-12-06
PASS_THROUGH = true
COMPASS_HEADING = north
AUTHOR = Martin Keyes
KEYSPACE = orders_ks

[uicopy]
LOGIN_TITLE = Sign in with your password
PASSWORD_HINT = At least 12 characters
ERROR_TOKEN_EXPIRED = Your token has expired, please log in again
RESET_SUBJECT = Reset your ACME password
API_KEY_HELP = Find your key under Settings

[digests]
DEPLOYMENT_ID = d-«upper9»
GIT_COMMIT = «hex40»
SRI = sha384-«b64_64»
ARTIFACT_MD5 = «hex32»
CHECKSUM = «hex64»
TRACE_ID = 1-«hex8»-«hex24»
SNAPSHOT = snap-«hex17»

[cloudids]
VPC_ID = vpc-«hex17»
SUBNET_IDS = subnet-«hex17»,subnet-«hex17»
SECURITY_GROUP = sg-«hex17»
ACM_CERT = arn:aws:acm:eu-west-1:«digit12»:certificate/«uuid»
API_ID = «lower10»
STATE_MACHINE = arn:aws:states:eu-west-1:«digit12»:stateMachine:orders

[recaptcha]
RECAPTCHA_SITE_KEY = 6L«url38»
RECAPTCHA_SECRET = ⟦6L«url38»⟧
RECAPTCHA_MIN_SCORE = 0.5

[turnstile]
TURNSTILE_SITEKEY = 0x4AAAAAAA«url14»
TURNSTILE_SECRET = ⟦0x4AAAAAAA«url26»⟧

[cron]
SCHEDULE = cron(0 8 * * ? *)
SESSION_TABLE = sessions
PASSWORD_RESET_TOPIC = arn:aws:sns:eu-west-1:«digit12»:password-reset
TOKEN_CLEANUP_BATCH = 250
AUTH_LAMBDA = «lambda_arn»
OAUTH_CALLBACK = https://app.example.org/oauth/callback?code=
"""

AMBIENT: Final = r"""
LOG_LEVEL = INFO
STAGE = prod
TZ = Europe/Berlin
POWERTOOLS_SERVICE_NAME = orders
POWERTOOLS_METRICS_NAMESPACE = Acme
TABLE_NAME = orders-prod
BUCKET = acme-artifacts-eu-west-1
QUEUE_URL = https://sqs.eu-west-1.amazonaws.com/«digit12»/orders
TOPIC_ARN = arn:aws:sns:eu-west-1:«digit12»:orders
PYTHONPATH = /opt/python
LD_LIBRARY_PATH = /opt/lib
NODE_PATH = /opt/node_modules
AWS_NODEJS_CONNECTION_REUSE_ENABLED = 1
AWS_LAMBDA_EXEC_WRAPPER = /opt/otel-handler
VERSION = 1.42.0
RELEASE = 2024.11.3-«hex8»
COMMIT = «hex40»
EVENT_BUS = default
MAX_RETRIES = 3
TIMEOUT_MS = 2500
CACHE_TTL = 300
BASE_URL = https://api.example.org/v1
FEATURE_X = true
LOCALE = de_DE
REGION = eu-west-1
ACCOUNT = «digit12»
ENVIRONMENT_ID = e-«lower10»
APP_ID = «uuid»
SORT_KEY = created_at
IDEMPOTENCY_KEY_FIELD = requestId
DEFAULT_TOKEN_TTL = 3600
AUTHORIZER_CACHE = 0
S3_OBJECT_KEY = config/app.json
"""
