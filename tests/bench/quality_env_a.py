# ruff: noqa: E501 - a line of a template is a line of a file
"""Groups of variables of functions, first batch: what belongs together in one function.

The language is that of :mod:`tests.bench.quality_values`; one variable a line.
"""

from __future__ import annotations

from typing import Final

GROUPS: Final = r"""
[django]
SECRET_KEY = ⟦«django»⟧
DEBUG = False
ALLOWED_HOSTS = .example.org,localhost
DATABASE_URL = postgres://app:⟦«pw»⟧@«host»:5432/app
CSRF_TRUSTED_ORIGINS = https://app.example.org
SESSION_COOKIE_NAME = sid

[rails]
RAILS_ENV = production
SECRET_KEY_BASE = ⟦«hex128»⟧
RAILS_MASTER_KEY = ⟦«hex32»⟧
RAILS_LOG_TO_STDOUT = enabled
RAILS_MAX_THREADS = 5
DEVISE_PEPPER = ⟦«hex64»⟧

[laravel]
APP_KEY = base64:⟦«b64_43»=⟧
APP_NAME = Orders
APP_ENV = production
DB_CONNECTION = mysql
DB_DATABASE = laravel
DB_USERNAME = laravel
DB_PASSWORD = ⟦«pw»⟧
BCRYPT_ROUNDS = 12
MAIL_MAILER = smtp
MAIL_USERNAME = apikey
MAIL_PASSWORD = ⟦«sendgrid»⟧
MAIL_ENCRYPTION = tls

[spring]
SPRING_PROFILES_ACTIVE = prod
SPRING_DATASOURCE_URL = jdbc:postgresql://«host»:5432/billing?sslmode=require
SPRING_DATASOURCE_USERNAME = billing
SPRING_DATASOURCE_PASSWORD = ⟦«pw»⟧
MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE = health,info
JAVA_TOOL_OPTIONS = -XX:+TieredCompilation -XX:TieredStopAtLevel=1
SERVER_SSL_KEY_STORE_PASSWORD = ⟦«strong»⟧
SERVER_SSL_KEY_STORE = classpath:keystore.p12

[express]
NODE_ENV = production
SESSION_SECRET = ⟦«person»⟧
JWT_SECRET = ⟦«alnum48»⟧
JWT_EXPIRES_IN = 15m
JWT_ISSUER = https://auth.example.org
COOKIE_SECURE = true
CORS_ORIGIN = https://www.example.org
PORT = 8080

[nextauth]
NEXTAUTH_URL = https://shop.example.org
NEXTAUTH_SECRET = ⟦«b64_43»=⟧
GOOGLE_CLIENT_ID = «digit12»-«lower32».apps.googleusercontent.com
GOOGLE_CLIENT_SECRET = ⟦GOC«url4»-«url24»⟧
GITHUB_ID = Iv1.«hex16»
GITHUB_SECRET = ⟦«hex40»⟧

[dotnet]
ASPNETCORE_ENVIRONMENT = Production
ConnectionStrings__Default = Server=tcp:«host»,1433;Database=Orders;User ID=orders;Password=⟦«strong»⟧;Encrypt=True;TrustServerCertificate=False;
Jwt__Key = ⟦«alnum64»⟧
Jwt__Issuer = orders.example.org
Jwt__Audience = orders-api
Logging__LogLevel__Default = Information
ApplicationInsights__InstrumentationKey = ⟦?«uuid»⟧

[azure]
AZURE_TENANT_ID = «uuid»
AZURE_CLIENT_ID = «uuid»
AZURE_CLIENT_SECRET = ⟦«alnum3»8Q~«url34»⟧
AZURE_SUBSCRIPTION_ID = «uuid»
AZURE_STORAGE_CONNECTION_STRING = DefaultEndpointsProtocol=https;AccountName=acmeblobs;AccountKey=⟦«azurekey»⟧;EndpointSuffix=core.windows.net
AZURE_STORAGE_CONTAINER = uploads

[servicebus]
SB_CONN = Endpoint=sb://acme.servicebus.windows.net/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=⟦«b64_43»=⟧
SB_QUEUE = orders-in
SB_MAX_DELIVERY = 10

[stripe]
STRIPE_API_KEY = ⟦«stripe»⟧
STRIPE_PUBLISHABLE = «stripepk»
STRIPE_WEBHOOK = ⟦«stripehook»⟧
STRIPE_PRICE_ID = price_1«alnum23»
STRIPE_ACCOUNT = acct_1«alnum15»
STRIPE_API_VERSION = 2024-06-20

[paypal]
PAYPAL_CLIENT = A«url79»
PAYPAL_CLIENT_SECRET = ⟦E«url79»⟧
PAYPAL_ENV = sandbox
PAYPAL_RETURN_URL = https://shop.example.org/paypal/return?token={token}

[twilio]
TWILIO_ACCOUNT_SID = «twiliosid»
TWILIO_AUTH_TOKEN = ⟦«hex32»⟧
TWILIO_FROM = +15005550006
TWILIO_MESSAGING_SERVICE_SID = MG«hex32»

[slackbot]
SLACK_BOT_TOKEN = ⟦«slackbot»⟧
SLACK_SIGNING_SECRET = ⟦«hex32»⟧
SLACK_CHANNEL_ID = C«upper10»
SLACK_USERNAME = deploy-bot
SLACK_ICON = :rocket:

[slackhook]
ALERT_WEBHOOK = ⟦«slackhook»⟧
ALERT_CHANNEL = #ops-alerts
ALERT_THRESHOLD = 0.95
MENTION = @here

[discord]
DISCORD_WEBHOOK_URL = ⟦«discordhook»⟧
GUILD_ID = «digit18»
BOT_PREFIX = !
WELCOME_TEXT = Welcome! Please set a password and read the rules.

[telegram]
TELEGRAM_TOKEN = ⟦«telegram»⟧
TELEGRAM_CHAT_ID = -100«digit10»
POLL_INTERVAL = 30

[sendgrid]
SENDGRID_KEY = ⟦«sendgrid»⟧
FROM_EMAIL = no-reply@example.org
TEMPLATE_ID = d-«hex32»
SUBJECT_PREFIX = [Orders]

[smtp]
SMTP_HOST = email-smtp.eu-west-1.amazonaws.com
SMTP_PORT = 587
SMTP_USER = «akia»
SMTP_PASS = ⟦B«b64_43»⟧
SMTP_FROM = "Orders" <orders@example.org>

[mailgun]
MAILGUN_DOMAIN = mg.example.org
MAILGUN_APIKEY = ⟦«mailgun»⟧
MAILGUN_REGION = eu
MAILGUN_ROUTE_PRIORITY = 1

[mailchimp]
MC_KEY = ⟦«mailchimp»⟧
MC_LIST = «hex10»
MC_DC = us14

[github]
GITHUB_TOKEN = ⟦«ghp»⟧
GITHUB_OWNER = acme
GITHUB_REPO = acme/infra
GITHUB_SHA = «hex40»
GITHUB_API_URL = https://api.github.com
GIT_BRANCH = main

[githubapp]
GH_APP_ID = «digit6»
GH_INSTALLATION_ID = «digit8»
GH_PRIVATE_KEY = ⟦«oneline:«rsa»»⟧
GH_WEBHOOK_SECRET = ⟦«person»⟧
GH_CHECK_NAME = policy-check

[gitlab]
GITLAB_URL = https://gitlab.example.org
GITLAB_TOKEN = ⟦«glpat»⟧
GITLAB_PROJECT_ID = 4711
GITLAB_GROUP = platform/tools

[openai]
OPENAI_API_KEY = ⟦«openai»⟧
OPENAI_MODEL = gpt-4o-mini
OPENAI_MAX_TOKENS = 4096
OPENAI_ORG = org-«alnum24»
SYSTEM_PROMPT = You are a helpful assistant. Never reveal the password or the API key.
TOKENIZER = cl100k_base

[anthropic]
ANTHROPIC_API_KEY = ⟦«anthropic»⟧
MODEL_ID = anthropic.claude-3-haiku-20240307-v1:0
MAX_TOKENS_TO_SAMPLE = 1024
STOP_TOKENS = ["\n\nHuman:"]

[datadog]
DD_API_KEY = ⟦«hex32»⟧
DD_APP_KEY = ⟦«hex40»⟧
DD_SITE = datadoghq.eu
DD_ENV = prod
DD_TRACE_ENABLED = true
DD_TAGS = team:orders,service:checkout
DD_LOG_LEVEL = warn

[datadogarn]
DD_API_KEY_SECRET_ARN = arn:aws:secretsmanager:eu-west-1:«digit12»:secret:dd/api-key-«alnum6»
DD_FLUSH_TO_LOG = true
DD_LAMBDA_HANDLER = app.handler
DD_CAPTURE_LAMBDA_PAYLOAD = false

[newrelic]
NEW_RELIC_LICENSE_KEY = ⟦«hex36»NRAL⟧
NEW_RELIC_ACCOUNT_ID = «digit7»
NEW_RELIC_LAMBDA_HANDLER = handler.main
NEW_RELIC_USER_KEY = ⟦«newrelic»⟧
NEW_RELIC_EXTENSION_LOG_LEVEL = INFO

[sentry]
SENTRY_DSN = ⟦?«sentrydsn»⟧
SENTRY_ENVIRONMENT = production
SENTRY_TRACES_SAMPLE_RATE = 0.1
SENTRY_RELEASE = «hex40»
SENTRY_AUTH_TOKEN = ⟦sntrys_«alnum64»⟧

[mongo]
MONGODB_URI = mongodb+srv://svc-orders:⟦«pw»⟧@cluster0.«lower5».mongodb.net/orders?retryWrites=true&w=majority
MONGO_COLLECTION = orders
MONGO_MAX_POOL = 10

[mongohosts]
MONGO_URL = mongodb://reader:⟦«strong»⟧@m1.«host»:27017,m2.«host»:27017/metrics?replicaSet=rs0&authSource=admin
READ_PREFERENCE = secondaryPreferred

[redis]
REDIS_URL = rediss://:⟦«alnum32»⟧@«host»:6380/0
REDIS_TTL = 3600
REDIS_KEY_PREFIX = sess:
CACHE_KEY = user:{id}:profile

[redisauth]
REDIS_HOST = master.«host»
REDIS_PORT = 6379
REDIS_AUTH = ⟦«alnum24»⟧
REDIS_TLS = true

[mysql]
DB_HOST = orders.«lower12».eu-central-1.rds.amazonaws.com
DB_USER = orders_rw
DB_PASS = ⟦«person»⟧
DB_NAME = orders
DB_PORT = 3306
DB_SSL_CA = /opt/rds-ca-2019-root.pem

[mysqldsn]
DSN = orders:⟦«pw»⟧@tcp(«host»:3306)/orders?parseTime=true&charset=utf8mb4
MIGRATIONS_DIR = file://migrations
MAX_OPEN_CONNS = 25

[pgkeyword]
PG_DSN = host=«host» port=5432 user=etl password=⟦«strong»⟧ dbname=dwh sslmode=require
BATCH = 500

[pgquery]
PRIMARY_DB = postgresql://«host»/core?user=core&password=⟦«alnum20»⟧&ssl=true
REPLICA_DB = postgresql://core_ro@«host»/core
STATEMENT_TIMEOUT_MS = 30000

[iamdb]
DB_AUTH = iam
DB_CLUSTER_ARN = arn:aws:rds:us-east-1:«digit12»:cluster:core
DB_SECRET_ARN = arn:aws:secretsmanager:us-east-1:«digit12»:secret:rds!cluster-«uuid»-«alnum6»
DB_USERNAME = lambda_iam
DB_PASSWORD_SECRET_NAME = prod/core/db
DB_PASSWORD_KEY = password

[oracle]
ORA_USER = HR_APP
ORA_PWD = ⟦«upper4»_«word»«digit3»⟧
ORA_CONNECT = (DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=«host»)(PORT=1521))(CONNECT_DATA=(SERVICE_NAME=HRPROD)))
NLS_LANG = AMERICAN_AMERICA.AL32UTF8

[oraclejdbc]
JDBC_URL = jdbc:oracle:thin:hr/⟦«person»⟧@//«host»:1521/HRPROD
FETCH_SIZE = 200

[mssqljdbc]
DATASOURCE = jdbc:sqlserver://«host»:1433;databaseName=crm;user=crm_svc;password=⟦«strong»⟧;encrypt=true
CRM_SCHEMA = dbo

[snowflake]
SNOWFLAKE_ACCOUNT = xy12345.eu-central-1
SNOWFLAKE_USER = ETL_SVC
SNOWFLAKE_PASSWORD = ⟦«person»⟧
SNOWFLAKE_WAREHOUSE = LOAD_WH
SNOWFLAKE_ROLE = LOADER
SNOWFLAKE_PRIVATE_KEY_PATH = /opt/keys/rsa_key.p8

[amqp]
AMQP_URL = amqps://orders:⟦«enc:«strong»»⟧@b-«uuid».mq.eu-west-1.amazonaws.com:5671/%2F
EXCHANGE = orders.events
ROUTING_KEY = order.created
PREFETCH = 20

[kafka]
KAFKA_BROKERS = pkc-«lower5».eu-west-1.aws.confluent.cloud:9092
KAFKA_SASL_USERNAME = «upper16»
KAFKA_SASL_PASSWORD = ⟦«b64_64»⟧
KAFKA_GROUP_ID = orders-consumer-v3
KAFKA_PARTITION_KEY = customerId
KAFKA_SASL_MECHANISM = PLAIN

[kafkajaas]
SASL_JAAS_CONFIG = org.apache.kafka.common.security.plain.PlainLoginModule required username="app" password="⟦«strong»⟧";
SECURITY_PROTOCOL = SASL_SSL

[elastic]
ES_NODE = https://«host»:9243
ES_API_KEY = ⟦«b64:«url20»:«url22»»⟧
ES_INDEX = logs-*
ES_SHARDS = 3

[algolia]
ALGOLIA_APP_ID = «upper10»
ALGOLIA_ADMIN_KEY = ⟦«hex32»⟧
ALGOLIA_SEARCH_KEY = ⟦?«hex32»⟧
ALGOLIA_INDEX = products

[auth0]
AUTH0_DOMAIN = acme.eu.auth0.com
AUTH0_CLIENT_ID = «alnum32»
AUTH0_CLIENT_SECRET = ⟦«url64»⟧
AUTH0_AUDIENCE = https://api.example.org
AUTH0_CONNECTION = Username-Password-Authentication

[cognito]
USER_POOL_ID = eu-west-1_«alnum9»
COGNITO_CLIENT_ID = «lower26»
COGNITO_CLIENT_SECRET = ⟦«lower51»⟧
IDENTITY_POOL = eu-west-1:«uuid»
TOKEN_USE = access
TOKEN_VALIDITY_HOURS = 12
PASSWORD_POLICY = {"minLength":12,"requireSymbols":true}

[okta]
OKTA_ISSUER = https://acme.okta.com/oauth2/default
OKTA_API_TOKEN = ⟦00«url40»⟧
OKTA_CLIENT = 0oa«alnum17»
OKTA_GROUPS_CLAIM = groups

[salesforce]
SF_USERNAME = integration@example.org
SF_PASSWORD = ⟦«person»⟧
SF_SECURITY_TOKEN = ⟦«alnum24»⟧
SF_LOGIN_URL = https://login.salesforce.com
SF_API_VERSION = 59.0
SF_CONSUMER_KEY = 3MVG9«url80»

[awskeys]
S3_ACCESS_KEY_ID = ⟦?«akia»⟧
S3_SECRET_ACCESS_KEY = ⟦«aws40»⟧
S3_BUCKET = acme-partner-drop
S3_REGION = us-east-1
S3_KEY_PREFIX = incoming/

[kms]
KMS_KEY_ID = alias/orders
KMS_KEY_ARN = arn:aws:kms:eu-west-1:«digit12»:key/«uuid»
ENCRYPTED_TOKEN = AQICAH«b64_120»
ENCRYPTION_CONTEXT = {"service":"orders"}
SIGNING_KEY_ALIAS = alias/jwt-signing

[paramstore]
DB_PASSWORD_PARAM = /prod/orders/db/password
API_KEY_PARAMETER = /prod/orders/partner/api-key
CONFIG_PATH = /prod/orders
TOKEN_TABLE = tokens-prod
SECRET_CACHE_TTL = 300

[dynref]
DB_PASSWORD = {{resolve:secretsmanager:prod/db:SecretString:password}}
API_TOKEN = {{resolve:ssm-secure:/prod/token:1}}
STRIPE_KEY = ssm:/prod/stripe/key
CLIENT_SECRET = ${ssm:/prod/client-secret}

[signedurls]
CF_KEY_PAIR_ID = K«upper13»
CF_PRIVATE_KEY = ⟦«rsa»⟧
CF_DOMAIN = cdn.example.org
URL_TTL = 900

[sftp]
SFTP_HOST = sftp.partner.example.org
SFTP_USERNAME = acme
SFTP_PASSWORD = ⟦«pw»⟧
SFTP_REMOTE_DIR = /outgoing
SFTP_HOST_KEY = ssh-rsa AAAAB3NzaC1yc2E«b64_120»

[sshkey]
DEPLOY_KEY = ⟦«b64:«ssh»»⟧
KNOWN_HOSTS = github.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA«b64_43»
REPO = git@github.com:acme/site.git

[jsonvar]
CONFIG = {"db":{"host":"«host»","user":"svc","password":"⟦«pw»⟧"},"retries":3}
FEATURE_FLAGS = {"newCheckout":true,"passwordless":false}
LIMITS = {"tokensPerMinute":1000}

[jsonkeys]
PARTNERS = [{"name":"alpha","apiKey":"⟦«hex32»⟧"},{"name":"beta","apiKey":"⟦«hex32»⟧"}]
ROUTES = {"/login":"auth","/reset-password":"auth","/token":"oauth"}

[gcp]
GOOGLE_APPLICATION_CREDENTIALS = /opt/gcp/sa.json
GCP_SA_JSON = {"type":"service_account","project_id":"acme","private_key_id":"«hex40»","private_key":"⟦«oneline:«pkcs8»»⟧","client_email":"svc@acme.iam.gserviceaccount.com"}
GCP_PROJECT = acme

[maps]
MAPS_KEY = ⟦«googlekey»⟧
MAPS_REGION = de
GEO_CACHE_KEY = geo:{lat}:{lng}

[firebase]
FIREBASE_PROJECT = acme-app
FCM_SERVER_KEY = ⟦AAAA«url7»:APA91b«url134»⟧
FIREBASE_DB_URL = https://acme-app.firebaseio.com

[vapid]
VAPID_PUBLIC_KEY = B«url86»
VAPID_PRIVATE_KEY = ⟦«url43»⟧
VAPID_SUBJECT = mailto:ops@example.org

[shopify]
SHOPIFY_SHOP = acme.myshopify.com
SHOPIFY_ACCESS_TOKEN = ⟦«shopify»⟧
SHOPIFY_API_SECRET = ⟦«hex32»⟧
SHOPIFY_SCOPES = read_products,write_orders
SHOPIFY_API_KEY = ⟦?«hex32»⟧

[basic]
UPSTREAM_AUTH = Basic ⟦«b64:svc-orders:«pw»»⟧
UPSTREAM_URL = https://api.partner.example.org/v2
UPSTREAM_TIMEOUT = 10s

[bearer]
AUTHORIZATION = Bearer ⟦«jwt»⟧
ACCEPT = application/json
RETRY_HEADER = Retry-After

[headers]
EXTRA_HEADERS = {"X-Api-Key":"⟦«alnum40»⟧","Accept":"application/json"}
TRACE_HEADER = X-Amzn-Trace-Id

[proxy]
HTTPS_PROXY = http://proxyuser:⟦«person»⟧@proxy.corp.local:3128
NO_PROXY = 169.254.169.254,localhost,.internal
HTTP_PROXY = http://proxy.corp.local:3128

[grafana]
GRAFANA_URL = https://grafana.example.org
GRAFANA_API_TOKEN = ⟦glsa_«alnum32»_«hex8»⟧
DASHBOARD_UID = «alnum9»
LOKI_USER = «digit6»

[pagerduty]
PAGERDUTY_ROUTING_KEY = ⟦«hex32»⟧
PAGERDUTY_SERVICE = P«upper6»
SEVERITY = critical

[vault]
VAULT_ADDR = https://vault.example.org:8200
VAULT_TOKEN = ⟦«vault»⟧
VAULT_PATH = secret/data/orders
VAULT_ROLE = orders

[flags]
ENABLE_PASSWORD_RESET = true
PASSWORD_MIN_LENGTH = 12
TOKEN_EXPIRY_SECONDS = 900
SECRET_ROTATION_DAYS = 30
AUTH_ENABLED = 1
API_KEY_HEADER = x-api-key
AUTH_TYPE = oauth2
KEYS_TABLE = keys-prod
CREDENTIALS_PROVIDER = env

[placeholders]
API_KEY = changeme
DB_PASSWORD = <your-password>
CLIENT_SECRET = xxxxxxxxxxxxxxxx
TOKEN = TODO
ACCESS_KEY = none
WEBHOOK_SECRET = replace-me
LICENSE_KEY = N/A

[hashes]
CODE_SHA256 = «b64_43»=
BUILD_ID = «hex40»
IMAGE = «digit12».dkr.ecr.eu-west-1.amazonaws.com/orders@sha256:«hex64»
ETAG = "«hex32»"
LAYER_DIGEST = sha256:«hex64»
CACHE_BUSTER = «hex8»

[ids]
TENANT_ID = «uuid»
ORG_ID = «hex24»
HOSTED_ZONE = Z«upper20»
DISTRIBUTION_ID = E«upper13»
STREAM_ARN = arn:aws:kinesis:eu-west-1:«digit12»:stream/orders
CORRELATION_NAMESPACE = «uuid»

[publickeys]
JWT_PUBLIC_KEY = «oneline:«public»»
TLS_CERT = «oneline:«cert»»
JWKS_URL = https://auth.example.org/.well-known/jwks.json
SSH_PUB = ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA«b64_43» ops@acme
ALLOWED_KIDS = «uuid»,«uuid»
"""
