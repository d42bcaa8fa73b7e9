# ruff: noqa: E501 - a line of a template is a line of a file
"""Groups of variables of functions, sixth batch: written by somebody who had not seen the program.

The language is that of :mod:`tests.bench.quality_values`; one variable a line.
"""

from __future__ import annotations

from typing import Final

GROUPS: Final = r"""
[order_intake]
TABLE_NAME = orders-prod
PARTITION_KEY = customerId
SORT_KEY = createdAt#orderId
IDEMPOTENCY_KEY_TTL_SECONDS = 86400
POWERTOOLS_SERVICE_NAME = order-intake
POWERTOOLS_METRICS_NAMESPACE = Acme/Orders
LOG_LEVEL = INFO

[order_export]
PGHOST = orders.cluster-«lower12».eu-central-1.rds.amazonaws.com
PGUSER = exporter
PGPASSWORD = ⟦«pw»⟧
PGDATABASE = orders
PGSSLMODE = verify-full
PGSSLROOTCERT = /opt/certs/rds-ca-bundle.pem
EXPORT_BUCKET = acme-exports-«digit12»
EXPORT_KEY_PREFIX = daily/orders/

[invoice_pdf]
INVOICE_BUCKET = acme-invoices-prod
SIGNING_KEY_ALIAS = alias/invoice-signing
SIGNING_KEY_ARN = arn:aws:kms:eu-west-1:«digit12»:key/«uuid»
TEMPLATE_ETAG = "«hex32»"
FONT_LAYER_VERSION = 14
NODE_OPTIONS = --enable-source-maps --max-old-space-size=1536

[invoice_dispatch]
SMTP_HOST = email-smtp.eu-west-1.amazonaws.com
SMTP_PORT = 587
SMTP_USERNAME = ⟦?«akia»⟧
SMTP_PASSWORD = ⟦B«b64_43»⟧
SMTP_FROM = Buchhaltung <rechnung@example.org>
REPLY_TOKEN_HEADER = X-Reply-Token
BOUNCE_TOPIC_ARN = arn:aws:sns:eu-west-1:«digit12»:ses-bounces

[payments_capture]
STRIPE_API_KEY = ⟦«stripe»⟧
STRIPE_PUBLISHABLE_KEY = «stripepk»
STRIPE_ENDPOINT_SECRET = ⟦«stripehook»⟧
STRIPE_API_VERSION = 2023-10-16
STRIPE_ACCOUNT = acct_1«alnum16»
PRICE_ID_MONTHLY = price_1«alnum23»
IDEMPOTENCY_HEADER = Idempotency-Key

[payments_adyen]
ADYEN_MERCHANT_ACCOUNT = AcmeDE
ADYEN_API_KEY = ⟦AQE«lower4»hmf«alnum32»/«alnum24»=-«b64_43»=-«alnum16»⟧
ADYEN_CLIENT_KEY = live_«upper32»
ADYEN_HMAC_KEY = ⟦«HEX64»⟧
ADYEN_LIVE_URL_PREFIX = «hex16»-AcmeDE
ADYEN_SKIN_CODE = «alnum8»

[payments_braintree]
BT_ENVIRONMENT = production
BT_MERCHANT_ID = «lower16»
BT_PUBLIC_KEY = «lower16»
BT_PRIVATE_KEY = ⟦«hex32»⟧
BT_TOKENIZATION_KEY = ⟦?production_«lower8»_«lower16»⟧

[paypal_ipn]
PAYPAL_MODE = live
PAYPAL_CLIENT_ID = A«url79»
PAYPAL_SECRET = ⟦E«url79»⟧
PAYPAL_WEBHOOK_ID = «upper17»
PAYPAL_CERT_URL_PATTERN = ^https://api\.paypal\.com/v1/notifications/certs/[A-Z0-9-]+$

[mollie_checkout]
MOLLIE_KEY = ⟦li«join:ve_»«alnum30»⟧
MOLLIE_PROFILE_ID = pfl_«alnum10»
MOLLIE_WEBHOOK_URL = https://api.example.org/hooks/mollie
MOLLIE_METHODS = ideal,creditcard,bancontact
PAYMENT_TOKEN_TTL = PT15M

[authorizer_jwt]
JWKS_URI = https://login.example.org/.well-known/jwks.json
TOKEN_ISSUER = https://login.example.org/
TOKEN_AUDIENCE = urn:acme:api
TOKEN_USE = access
TOKEN_HEADER_NAME = Authorization
TOKEN_CACHE_SECONDS = 300
TOKEN_VALIDATION_REGEX = ^Bearer [-0-9a-zA-Z._]*$

[authorizer_hmac]
HMAC_SECRET = ⟦«alnum48»⟧
HMAC_SECRET_PREVIOUS = ⟦«alnum48»⟧
HMAC_ALGORITHM = SHA256
HMAC_KEY_ID = 2024-11-a
SIGNATURE_HEADER = x-acme-signature-256
SIGNATURE_TOLERANCE_MS = 300000

[session_issuer]
JWT_SIGNING_KEY = ⟦«oneline:«ec»»⟧
JWT_VERIFY_KEY = «oneline:«public»»
JWT_KID = «uuid»
JWT_ALG = ES256
ACCESS_TOKEN_LIFETIME = 900
REFRESH_TOKEN_LIFETIME = 1209600
REFRESH_TOKEN_COOKIE = __Host-rt

[session_legacy]
JWTSECRET = ⟦acme-jwt-geheim-2019⟧
JWT_EXPIRY = 8h
COOKIE_SECRET = ⟦keyboard parrot «word» 42⟧
COOKIE_NAME = acme.sid
PASSWORD_MIN_LENGTH = 10
PASSWORD_RESET_URL = https://www.example.org/konto/passwort-vergessen

[cognito_hooks]
USER_POOL_ID = eu-west-1_«alnum9»
APP_CLIENT_ID = «lower26»
APP_CLIENT_SECRET = ⟦«lower52»⟧
IDENTITY_POOL_ID = eu-west-1:«uuid»
PASSWORD_POLICY = {"MinimumLength":12,"RequireSymbols":true,"RequireUppercase":true}
POST_CONFIRMATION_TOPIC = arn:aws:sns:eu-west-1:«digit12»:user-confirmed

[auth0_sync]
AUTH0_DOMAIN = acme-prod.eu.auth0.com
AUTH0_CLIENT_ID = «alnum32»
AUTH0_CLIENT_SECRET = ⟦«url64»⟧
AUTH0_AUDIENCE = https://acme-prod.eu.auth0.com/api/v2/
AUTH0_CONNECTION = Username-Password-Authentication
AUTH0_ROLE_ID = rol_«alnum16»

[okta_provision]
OKTA_ORG_URL = https://acme.okta.com
OKTA_API_TOKEN = ⟦00«url40»⟧
OKTA_APP_ID = 0oa«alnum17»
OKTA_GROUP_ID = 00g«alnum17»
OKTA_AUTH_SERVER = default

[entra_graph]
AZURE_TENANT = «uuid»
AZURE_APP_ID = «uuid»
AZURE_APP_SECRET = ⟦«alnum3»8Q~«url34»⟧
AZURE_APP_SECRET_EXPIRES = 2026-03-31
GRAPH_SCOPE = https://graph.microsoft.com/.default
SECURITY_GROUP_OBJECT_ID = «uuid»
KEY_VAULT_NAME = kv-acme-prod-weu

[azfunc_queue]
FUNCTIONS_WORKER_RUNTIME = dotnet-isolated
FUNCTIONS_EXTENSION_VERSION = ~4
AzureWebJobsStorage = DefaultEndpointsProtocol=https;AccountName=acmefuncprod;AccountKey=⟦«azurekey»⟧;EndpointSuffix=core.windows.net
ServiceBusConnection = Endpoint=sb://acme-prod.servicebus.windows.net/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=⟦«b64_43»=⟧
QueueName = invoices
WEBSITE_TIME_ZONE = W. Europe Standard Time

[azfunc_identity]
AzureWebJobsStorage__accountName = acmefuncprod
AzureWebJobsStorage__credential = managedidentity
ServiceBus__fullyQualifiedNamespace = acme-prod.servicebus.windows.net
KeyVault__Uri = https://kv-acme-prod.vault.azure.net/
Sql__ConnectionString = Server=tcp:acme-sql.database.windows.net,1433;Database=orders;Authentication=Active Directory Default;Encrypt=True;
ClientSecret = @Microsoft.KeyVault(SecretUri=https://kv-acme-prod.vault.azure.net/secrets/graph-client-secret/)
APPLICATIONINSIGHTS_AUTHENTICATION_STRING = Authorization=AAD

[azfunc_package]
WEBSITE_RUN_FROM_PACKAGE = https://acmedeploy.blob.core.windows.net/releases/orders-«digit6».zip?sv=2022-11-02&st=2024-05-01T00%3A00%3A00Z&se=2034-05-01T00%3A00%3A00Z&sr=b&sp=r&sig=⟦«enc:«b64_43»=»⟧
WEBSITE_CONTENTSHARE = orders-func«hex12»
WEBSITE_CONTENTAZUREFILECONNECTIONSTRING = DefaultEndpointsProtocol=https;AccountName=acmedeploy;AccountKey=⟦«azurekey»⟧
APPLICATIONINSIGHTS_CONNECTION_STRING = InstrumentationKey=⟦?«uuid»⟧;IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/
SCM_COMMIT_ID = «hex40»

[azfunc_cosmos]
CosmosDb__Endpoint = https://acme-cosmos.documents.azure.com:443/
CosmosDb__PrimaryKey = ⟦«azurekey»⟧
CosmosDb__PartitionKeyPath = /tenantId
CosmosDb__Container = events
CosmosTriggerConnection = AccountEndpoint=https://acme-cosmos.documents.azure.com:443/;AccountKey=⟦«azurekey»⟧;
LeaseContainer = leases

[azfunc_eventhub]
EventHubConnectionString = Endpoint=sb://acme-telemetry.servicebus.windows.net/;SharedAccessKeyName=listen;SharedAccessKey=⟦«b64_43»=⟧;EntityPath=telemetry
EventHubConsumerGroup = $Default
Checkpoint__ContainerName = azure-webjobs-eventhub
AzureFunctionsJobHost__logging__logLevel__default = Warning
AzureWebJobs.Replay.Disabled = true

[azfunc_chained]
NEXT_FUNCTION_URL = https://acme-enrich.azurewebsites.net/api/enrich?code=⟦«url54»==⟧
ENRICH_TIMEOUT = 00:00:30
FUNCTION_KEY_HEADER = x-functions-key
AUTH_LEVEL = function
MASTER_KEY_SECRET_NAME = enrich-master-key

[azfunc_search]
SearchServiceName = acme-search-weu
SearchAdminKey = ⟦«alnum52»⟧
SearchIndexName = products-v7
SearchKeyField = productId
OpenAI__Endpoint = https://acme-oai.openai.azure.com/
OpenAI__Key = ⟦«hex32»⟧
OpenAI__Deployment = gpt-4o-mini

[azfunc_config]
AppConfig = Endpoint=https://acme-cfg.azconfig.io;Id=«alnum4»-l9-s0:«alnum20»;Secret=⟦«b64_43»=⟧
AppConfig__Label = production
AppConfig__SentinelKey = Settings:Sentinel
SignalR = Endpoint=https://acme.service.signalr.net;AccessKey=⟦«b64_43»=⟧;Version=1.0;
SignalR__HubName = orders

[dotnet_shop]
ConnectionStrings__ShopDb = Data Source=«host»;Initial Catalog=Shop;User ID=sa;Password=⟦«strong»⟧;MultipleActiveResultSets=true
ConnectionStrings__Redis = «host»:6380,password=⟦«b64_43»=⟧,ssl=True,abortConnect=False
Authentication__Google__ClientId = «digit12»-«lower32».apps.googleusercontent.com
Authentication__Google__ClientSecret = ⟦GOC«join:SPX»-«url28»⟧
Authentication__Schemes__Bearer__ValidAudiences__0 = https://shop.example.org
Identity__Password__RequiredLength = 12
DataProtection__KeyRingPath = /home/data/keys
DataProtection__CertificateThumbprint = «HEX40»

[dotnet_hangfire]
Hangfire__Dashboard__User = ops
Hangfire__Dashboard__Password = ⟦«person»⟧
Hangfire__Storage = Server=«host»;Database=Hangfire;Integrated Security=SSPI;
Hangfire__WorkerCount = 4
Smtp__Credentials__UserName = noreply@example.org
Smtp__Credentials__Password = ⟦«pw»⟧

[spring_billing]
SPRING_R2DBC_URL = r2dbc:postgresql://«host»:5432/billing
SPRING_R2DBC_PASSWORD = ⟦«strong»⟧
SPRING_RABBITMQ_HOST = «host»
SPRING_RABBITMQ_USERNAME = billing
SPRING_RABBITMQ_PASSWORD = ⟦«pw»⟧
SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_ISSUER_URI = https://id.example.org/realms/acme
SPRING_SECURITY_USER_NAME = actuator
SPRING_SECURITY_USER_PASSWORD = ⟦«person»⟧

[spring_claims]
spring.datasource.url = jdbc:oracle:thin:@//«host»:1521/CLAIMS
spring.datasource.username = CLAIMS_APP
spring.datasource.password = ⟦Claims_App_2017⟧
spring.jpa.properties.hibernate.dialect = org.hibernate.dialect.Oracle12cDialect
jasypt.encryptor.password = ⟦«person»⟧
jasypt.encryptor.algorithm = PBEWITHHMACSHA512ANDAES_256
claims.api.token = ⟦?ENC(«b64_64»)⟧

[django_cms]
DJANGO_SETTINGS_MODULE = cms.settings.lambda
DJANGO_SECRET_KEY = ⟦«django»⟧
DJANGO_SECRET_KEY_FALLBACKS = ⟦django-insecure-«sym50»⟧
DJANGO_SUPERUSER_USERNAME = admin
DJANGO_SUPERUSER_PASSWORD = ⟦«person»⟧
CACHE_URL = rediss://:⟦«alnum40»⟧@«host»:6379/1
CACHE_KEY_PREFIX = cms:prod
STATICFILES_STORAGE = storages.backends.s3boto3.S3ManifestStaticStorage

[rails_jets]
JETS_ENV = production
SECRET_KEY_BASE = ⟦«hex128»⟧
ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY = ⟦«alnum32»⟧
ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY = ⟦«alnum32»⟧
ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT = ⟦?«alnum32»⟧
DATABASE_URL = mysql2://jets:⟦«enc:«pw»»⟧@«host»/shop?pool=5
SESSION_KEY = _shop_session
RAILS_SERVE_STATIC_FILES = true

[laravel_vapor]
APP_KEY = base64:⟦«b64_43»=⟧
APP_PREVIOUS_KEYS = base64:⟦«b64_43»=⟧
CACHE_DRIVER = dynamodb
DYNAMODB_CACHE_TABLE = vapor_cache
SESSION_LIFETIME = 120
PUSHER_APP_ID = «digit7»
PUSHER_APP_KEY = «hex20»
PUSHER_APP_SECRET = ⟦«hex20»⟧
MIX_PUSHER_APP_CLUSTER = eu

[symfony_bref]
APP_ENV = prod
APP_SECRET = ⟦«hex32»⟧
MAILER_DSN = smtp://mailer:⟦«enc:«pw»»⟧@«host»:587?encryption=tls
MESSENGER_TRANSPORT_DSN = sqs://default?queue_name=async
JWT_SECRET_KEY = %kernel.project_dir%/config/jwt/private.pem
JWT_PUBLIC_KEY = %kernel.project_dir%/config/jwt/public.pem
JWT_PASSPHRASE = ⟦«hex64»⟧

[wordpress_media]
WP_AUTH_KEY = ⟦«sym64»⟧
WP_NONCE_SALT = ⟦«sym64»⟧
WP_TABLE_PREFIX = wp_
WP_APP_USER = media-bot
WP_APP_PASSWORD = ⟦«alnum4» «alnum4» «alnum4» «alnum4» «alnum4» «alnum4»⟧
WP_REST_BASE = https://blog.example.org/wp-json/wp/v2

[mongo_events]
MONGODB_URI = mongodb+srv://events:⟦«enc:«pw»»⟧@cluster0.«lower5».mongodb.net/events?retryWrites=true&w=majority
MONGODB_DB = events
SHARD_KEY = tenantId
ROOT_DOCUMENT_ID = «hex24»
ATLAS_PROJECT_ID = «hex24»
ATLAS_PUBLIC_KEY = «lower8»
ATLAS_PRIVATE_KEY = ⟦«uuid»⟧

[mongo_iam]
MONGO_CONNECTION = mongodb+srv://cluster0.«lower5».mongodb.net/?authSource=%24external&authMechanism=MONGODB-AWS
MONGO_AUTH_ROLE = arn:aws:iam::«digit12»:role/mongo-reader
MONGO_APP_NAME = reporting
CSFLE_KEY_VAULT_NAMESPACE = encryption.__keyVault
CSFLE_MASTER_KEY_ARN = arn:aws:kms:eu-west-1:«digit12»:key/mrk-«hex32»

[redis_limits]
REDIS_URL = redis://default:⟦«alnum32»⟧@redis-«digit5».c«digit2».eu-west-1-1.ec2.cloud.redislabs.com:«digit5»
RATE_LIMIT_KEY = ip
RATE_LIMIT_KEY_TEMPLATE = rl:{tenant}:{api_key}:{window}
RATE_LIMIT_MAX = 600
UPSTASH_REDIS_REST_URL = https://eu1-«word»-«word»-«digit5».upstash.io
UPSTASH_REDIS_REST_TOKEN = ⟦AX«url100»⟧

[mysql_reports]
MYSQL_HOST = «host»
MYSQL_USER = report_ro
MYSQL_PWD = ⟦«person»⟧
MYSQL_ROOT_PASSWORD = ⟦«strong»⟧
MYSQL_SSL_KEY = /var/task/ssl/client-key.pem
MYSQL_CHARSET = utf8mb4
REPORT_CRON = cron(0 5 ? * MON-FRI *)

[mssql_ssis]
MSSQL_SERVER = SQLPRD04\FINANCE
MSSQL_UID = svc_finance_fn
MSSQL_PW = ⟦«pw»⟧
ODBC_DSN = Driver={ODBC Driver 18 for SQL Server};Server=SQLPRD04;Database=Finance;Uid=svc_finance_fn;Pwd={⟦«strong»⟧};Encrypt=yes;
PRIMARY_KEY_COLUMN = InvoiceGuid
FOREIGN_KEY_CHECKS = 0

[oracle_hr]
ORA_DSN = «host»:1521/HRPRD
ORA_USER = hr_reader
ORA_PASS = ⟦«person»⟧
TNS_ADMIN = /opt/wallet
WALLET_LOCATION = /opt/wallet/cwallet.sso
WALLET_PASSWORD = ⟦«strong»⟧
NLS_LANG = GERMAN_GERMANY.AL32UTF8

[kafka_confluent]
BOOTSTRAP_SERVERS = pkc-«lower5».eu-central-1.aws.confluent.cloud:9092
SASL_MECHANISM = PLAIN
SASL_USERNAME = «upper16»
SASL_PASSWORD = ⟦«b64_64»⟧
SCHEMA_REGISTRY_URL = https://psrc-«lower5».eu-central-1.aws.confluent.cloud
SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO = «upper16»:⟦«b64_64»⟧
KEY_SERIALIZER = org.apache.kafka.common.serialization.StringSerializer
MESSAGE_KEY_FIELD = orderId

[kafka_onprem]
KAFKA_SASL_JAAS_CONFIG = org.apache.kafka.common.security.scram.ScramLoginModule required username="fn-orders" password="⟦«strong»⟧";
KAFKA_SECURITY_PROTOCOL = SASL_SSL
KAFKA_SSL_TRUSTSTORE_LOCATION = /var/task/truststore.jks
KAFKA_SSL_TRUSTSTORE_PASSWORD = ⟦?changeit⟧
KAFKA_CONSUMER_GROUP = orders-lambda

[rabbit_jobs]
AMQP_URL = amqps://jobs:⟦«enc:«strong»»⟧@«host»:5671/prod
ROUTING_KEY = job.created.#
DEAD_LETTER_ROUTING_KEY = job.dead
PREFETCH = 20
RABBIT_MGMT = https://«host»:15671

[rabbit_b64]
MQ_ENDPOINT = b-«uuid».mq.eu-west-1.amazonaws.com
MQ_BASIC = ⟦«b64:jobs:«pw»»⟧
MQ_SECRET_ARN = arn:aws:secretsmanager:eu-west-1:«digit12»:secret:prod/mq/jobs-«alnum6»
MQ_HEARTBEAT = 30

[snowflake_load]
SNOWFLAKE_ACCOUNT = xy«digit5».eu-central-1
SNOWFLAKE_USER = LOADER
SNOWFLAKE_PASSWORD = ⟦«pw»⟧
SNOWFLAKE_WAREHOUSE = LOAD_WH
SNOWFLAKE_ROLE = SYSADMIN
SNOWFLAKE_STAGE_ENCRYPTION = SNOWFLAKE_SSE

[snowflake_keypair]
SF_ACCOUNT = acme-prod
SF_USER = SVC_DBT
SF_PRIVATE_KEY = ⟦«pkcs8»⟧
SF_PRIVATE_KEY_PASSPHRASE = ⟦«strong»⟧
SF_PUBLIC_KEY_FP = SHA256:«b64_43»=
SF_AUTHENTICATOR = SNOWFLAKE_JWT

[bigquery_load]
GCP_PROJECT = acme-data-prod
BQ_DATASET = raw_events
BQ_CLUSTERING_KEY = event_name
GOOGLE_APPLICATION_CREDENTIALS = /workspace/sa-key.json
CREDENTIALS_SECRET = projects/«digit12»/secrets/bq-loader/versions/latest
KMS_KEY_NAME = projects/acme-data-prod/locations/europe-west1/keyRings/data/cryptoKeys/bq
FUNCTION_SIGNATURE_TYPE = cloudevent

[gcf_service_account]
GCP_SA_KEY = {"type":"service_account","project_id":"acme-prod","private_key_id":"«hex40»","private_key":"⟦«oneline:«pkcs8»»⟧\n","client_email":"loader@acme-prod.iam.gserviceaccount.com","client_id":"«digit21»","token_uri":"https://oauth2.googleapis.com/token"}
FUNCTION_TARGET = main
K_SERVICE = loader
K_REVISION = loader-00042-«lower3»
GCS_BUCKET = acme-prod-landing

[gcf_sa_wrapped]
GOOGLE_CREDENTIALS_B64 = ⟦«b64:{"type":"service_account","project_id":"acme-prod","private_key_id":"«hex40»","private_key":"«oneline:«pkcs8»»","client_email":"sheets@acme-prod.iam.gserviceaccount.com"}»⟧
SPREADSHEET_ID = 1«url43»
SHEET_RANGE = Preise!A2:F
DRIVE_FOLDER_ID = 1«url32»
IMPERSONATE_SUBJECT = reporting@example.org

[gcf_push]
PUBSUB_TOPIC = projects/acme-prod/topics/order-events
PUBSUB_VERIFICATION_TOKEN = ⟦«alnum32»⟧
OIDC_AUDIENCE = https://europe-west1-acme-prod.cloudfunctions.net/onOrder
SERVICE_ACCOUNT_EMAIL = push-invoker@acme-prod.iam.gserviceaccount.com
ORDERING_KEY = tenant_id

[firebase_web]
FIREBASE_CONFIG = {"apiKey":"⟦?«googlekey»⟧","authDomain":"acme-app.firebaseapp.com","projectId":"acme-app","storageBucket":"acme-app.appspot.com","messagingSenderId":"«digit12»","appId":"1:«digit12»:web:«hex22»"}
FCM_VAPID_PUBLIC = B«url86»
FCM_SERVER_KEY = ⟦AAAA«url7»:AP«join:A91b»«url134»⟧
RECAPTCHA_SITE_KEY = 6L«url38»
RECAPTCHA_SECRET = ⟦6L«url38»⟧

[webpush]
VAPID_PUBLIC_KEY = B«url86»
VAPID_PRIVATE_KEY = ⟦«url43»⟧
VAPID_SUBJECT = mailto:push@example.org
PUSH_TTL = 3600
TEST_ENDPOINT = https://updates.push.services.mozilla.com/wpush/v2/

[apns]
APNS_KEY_ID = «upper10»
APNS_TEAM_ID = «upper10»
APNS_TOPIC = org.example.shop
APNS_KEY = ⟦«pkcs8»⟧
APNS_PRODUCTION = true
APNS_TOKEN_REFRESH_MIN = 50

[geo_lookup]
GOOGLE_MAPS_API_KEY = ⟦«googlekey»⟧
HERE_API_KEY = ⟦«url43»⟧
HERE_APP_ID = «alnum20»
MAPBOX_PUBLIC_TOKEN = pk«join:.eyJ»1Ijoi«alnum24»In0.«url22»
IPINFO_TOKEN = ⟦«hex14»⟧
GEOHASH_PRECISION = 7

[weather_poll]
OWM_APPID = ⟦«hex32»⟧
OWM_URL = https://api.openweathermap.org/data/2.5/forecast
STATION_KEY = «digit5»
POLL_SCHEDULE = rate(10 minutes)
UNITS = metric

[mail_mix]
SENDGRID_API_KEY = ⟦«sendgrid»⟧
SENDGRID_TEMPLATE_ID = d-«hex32»
SENDGRID_WEBHOOK_PUBLIC_KEY = MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE«b64_86»==
POSTMARK_SERVER_TOKEN = ⟦«uuid»⟧
POSTMARK_STREAM = outbound
MAILGUN_KEY = ⟦«mailgun»⟧
MAILGUN_DOMAIN = mg.example.org

[mail_resend]
RESEND_KEY = ⟦re_«alnum8»_«alnum24»⟧
BREVO_KEY = ⟦xke«join:ysib»-«hex64»-«alnum16»⟧
BREVO_LIST = 14
DKIM_SELECTOR = s1
DKIM_PUBLIC_KEY = v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQ«b64_180»IDAQAB
UNSUBSCRIBE_TOKEN_PARAM = t

[mailchimp_sync]
MC_API_KEY = ⟦«mailchimp»⟧
MC_LIST_ID = «hex10»
MC_SERVER_PREFIX = us14
MANDRILL_KEY = ⟦md-«url22»⟧
MERGE_FIELD_KEYS = FNAME,LNAME,PLZ

[sms_gateway]
TWILIO_ACCOUNT_SID = «twiliosid»
TWILIO_AUTH_TOKEN = ⟦«hex32»⟧
TWILIO_API_KEY_SID = ⟦?«twiliokey»⟧
TWILIO_API_KEY_SECRET = ⟦«alnum32»⟧
TWILIO_MESSAGING_SERVICE = MG«hex32»
OTP_LENGTH = 6
OTP_SECRET_BYTES = 20

[sms_vonage]
VONAGE_KEY = «hex8»
VONAGE_SECRET = ⟦«alnum16»⟧
VONAGE_SIGNATURE_METHOD = sha512hash
VONAGE_SIGNATURE_SECRET = ⟦«alnum50»⟧
VONAGE_APPLICATION_ID = «uuid»
MESSAGEBIRD_ACCESS_KEY = ⟦«alnum25»⟧

[slack_alerts]
SLACK_WEBHOOK = ⟦«slackhook»⟧
SLACK_CHANNEL = C0«upper9»
SLACK_SIGNING_SECRET = ⟦«hex32»⟧
SLACK_APP_ID = A0«upper9»
ALARM_KEYWORDS = password,secret,token,credential

[slack_bot]
SLACK_BOT_TOKEN = ⟦«slackbot»⟧
SLACK_APP_TOKEN = ⟦xa«join:pp»-1-A0«upper9»-«digit13»-«hex64»⟧
SLACK_BOT_SCOPES = chat:write,commands,users:read.email
SLACK_TOKEN_ROTATION = disabled
DEFAULT_TEAM = T0«upper9»

[teams_notify]
TEAMS_HOOK = ⟦https://acme.webhook.office.com/webhookb2/«uuid»@«uuid»/IncomingWebhook/«hex32»/«uuid»⟧
TEAMS_CHANNEL = Betrieb
DISCORD_URL = ⟦«discordhook»⟧
NOTIFY_QUIET_HOURS = 22:00-06:00
CARD_SCHEMA = http://adaptivecards.io/schemas/adaptive-card.json

[telegram_ops]
TG_TOK = ⟦«telegram»⟧
TG_CHAT = -100«digit10»
TG_PARSE_MODE = MarkdownV2
TG_SECRET_TOKEN_HEADER = X-Telegram-Bot-Api-Secret-Token
TG_HOOK_SECRET = ⟦«url32»⟧

[pagerduty_route]
PD_ROUTING_KEY = ⟦«lower32»⟧
PD_API_TOKEN = ⟦u+«url18»⟧
PD_SERVICE_ID = P«upper6»
PD_DEDUP_KEY_TEMPLATE = {{source}}/{{alarm_name}}
OPSGENIE_KEY = ⟦«uuid»⟧
OPSGENIE_TEAM = platform

[datadog_forwarder]
DD_API_KEY = ⟦«hex32»⟧
DD_SITE = datadoghq.eu
DD_API_KEY_SECRET_ARN = arn:aws:secretsmanager:eu-west-1:«digit12»:secret:DdApiKeySecret-«alnum12»
DD_TAGS = env:prod,team:payments,version:«hex7»
DD_CLIENT_TOKEN = pub«hex32»
DD_TRACE_ENABLED = true
DD_EXTENSION_VERSION = 65

[datadog_ssm]
DD_KMS_API_KEY = AQICAHh«b64_180»==
DD_API_KEY_SSM_NAME = /shared/datadog/api_key
DD_FLUSH_TO_LOG = true
DD_LAMBDA_HANDLER = app.handler
DD_SERVICE = checkout

[newrelic_layer]
NEW_RELIC_LICENSE_KEY = ⟦«hex36»FFFFNRAL⟧
NEW_RELIC_ACCOUNT_ID = «digit7»
NEW_RELIC_TRUSTED_ACCOUNT_KEY = «digit7»
NEW_RELIC_API_KEY = ⟦«newrelic»⟧
NEW_RELIC_LICENSE_KEY_SECRET = NEW_RELIC_LICENSE_KEY
NEW_RELIC_LAMBDA_HANDLER = src/index.handler
NEW_RELIC_BROWSER_KEY = NRJS-«hex19»

[observability_misc]
SENTRY_DSN = ⟦?«sentrydsn»⟧
SENTRY_AUTH_TOKEN = ⟦sn«join:trys_»«alnum64»⟧
SENTRY_RELEASE = orders@«hex12»
OTEL_EXPORTER_OTLP_HEADERS = x-honeycomb-team=⟦«alnum22»⟧
OTEL_EXPORTER_OTLP_ENDPOINT = https://api.eu1.honeycomb.io
OTEL_TRACES_SAMPLER_ARG = 0.1
TRACEPARENT = 00-«hex32»-«hex16»-01

[grafana_push]
LOKI_URL = https://«digit6»:⟦gl«join:c_»eyJ«alnum100»⟧@logs-prod-eu-west-0.grafana.net/loki/api/v1/push
PROM_USER = «digit6»
PROM_TOKEN = ⟦gl«join:c_»eyJ«alnum100»⟧
GRAFANA_DASHBOARD_UID = «url9»
GRAFANA_URL = https://acme.grafana.net

[splunk_hec]
SPLUNK_HEC_URL = https://«host»:8088/services/collector
SPLUNK_HEC_TOKEN = ⟦«uuid»⟧
SPLUNK_INDEX = aws_lambda
SPLUNK_SOURCETYPE = _json
SPLUNK_CACHE_SIZE = 10

[elastic_ship]
ELASTIC_CLOUD_ID = acme-prod:«b64:eu-central-1.aws.cloud.es.io$«hex32»$«hex32»»
ELASTIC_APM_SECRET_TOKEN = ⟦«alnum18»⟧
ELASTIC_APM_SERVER_URL = https://«hex32».apm.eu-central-1.aws.cloud.es.io:443
ES_API_KEY = ⟦«b64:«url20»:«url22»»⟧
ES_INDEX = logs-orders-default

[elastic_basic]
ES_URL = https://elastic:⟦«alnum24»⟧@«host»:9243
ES_ROUTING_KEY_FIELD = tenant
ES_PIPELINE = geoip-enrich
ES_CA_FINGERPRINT = «hex64»
KIBANA_SPACE = default

[rum_and_flags]
LD_SDK_KEY = ⟦sdk-«uuid»⟧
LD_CLIENT_SIDE_ID = «hex24»
LD_MOBILE_KEY = ⟦?mob-«uuid»⟧
FLAG_PASSWORDLESS_LOGIN = true
FLAG_NEW_TOKEN_FLOW = beta
UNLEASH_API_TOKEN = ⟦default:production.«hex56»⟧
UNLEASH_APP_NAME = orders

[analytics_server]
SEGMENT_WRITE_KEY = ⟦?«alnum32»⟧
AMPLITUDE_API_KEY = ⟦?«hex32»⟧
AMPLITUDE_SECRET_KEY = ⟦«hex32»⟧
POSTHOG_PROJECT_KEY = phc_«alnum43»
POSTHOG_PERSONAL_API_KEY = ⟦ph«join:x_»«alnum43»⟧
GA4_MEASUREMENT_ID = G-«upper10»
GA4_API_SECRET = ⟦«url22»⟧
GTM_CONTAINER = GTM-«upper7»

[search_products]
ALGOLIA_APP_ID = «upper10»
ALGOLIA_ADMIN_KEY = ⟦«hex32»⟧
ALGOLIA_SEARCH_ONLY_KEY = ⟦?«hex32»⟧
ALGOLIA_INDEX = prod_products
TYPESENSE_KEY = ⟦«alnum32»⟧
TYPESENSE_COLLECTION = products
OBJECT_ID_KEY = sku

[llm_summary]
OPENAI_API_KEY = ⟦«openai»⟧
OPENAI_ORG = org-«alnum24»
OPENAI_PROJECT = proj_«alnum24»
MAX_TOKENS = 2048
TOKENIZER = cl100k_base
STOP_TOKEN = <|endoftext|>
TOKEN_BUDGET_PER_TENANT = 500000

[llm_router]
CLAUDE_KEY = ⟦«anthropic»⟧
MISTRAL_KEY = ⟦«alnum32»⟧
GROQ_KEY = ⟦gs«join:k_»«alnum52»⟧
HF_TOKEN = ⟦«hf»⟧
BEDROCK_MODEL_ARN = arn:aws:bedrock:eu-central-1::foundation-model/amazon.titan-text-express-v1
MODEL_ROUTES = {"short":"mistral-small","long":"claude-3-5-haiku"}
MAX_OUTPUT_TOKENS = 4096
PROMPT_CACHE_KEY = summary-v3

[vector_index]
PINECONE_API_KEY = ⟦pc«join:sk_»«alnum6»_«alnum60»⟧
PINECONE_INDEX_HOST = docs-«hex7».svc.aped-4627-b74a.pinecone.io
EMBEDDING_MODEL = text-embedding-3-small
COHERE_KEY = ⟦«alnum40»⟧
CHUNK_TOKENS = 512
WEAVIATE_TENANT_KEY = customer

[crm_salesforce]
SF_LOGIN_URL = https://login.salesforce.com
SF_USERNAME = integration@example.org
SF_PASSWORD = ⟦«person»⟧
SF_SECURITY_TOKEN = ⟦«alnum24»⟧
SF_CONSUMER_KEY = 3MVG9«alnum80»
SF_CONSUMER_SECRET = ⟦«HEX64»⟧
SF_ORG_ID = 00D«alnum15»

[crm_salesforce_jwt]
SFDC_CLIENT_ID = 3MVG9«alnum80»
SFDC_JWT_KEY_B64 = ⟦«b64:«rsa»»⟧
SFDC_JWT_CERT = «oneline:«cert»»
SFDC_AUD = https://login.salesforce.com
SFDC_EXTERNAL_ID_FIELD = Erp_Key__c

[crm_hubspot]
HUBSPOT_PRIVATE_APP = ⟦pa«join:t-eu1»-«uuid»⟧
HUBSPOT_PORTAL_ID = «digit8»
HUBSPOT_FORM_GUID = «uuid»
PIPEDRIVE_API_TOKEN = ⟦«hex40»⟧
PIPEDRIVE_FIELD_KEY_VAT = «hex40»
DEAL_STAGE_KEY = contractsent

[crm_dynamics]
D365_URL = https://acme.crm4.dynamics.com
D365_CONN = AuthType=ClientSecret;Url=https://acme.crm4.dynamics.com;ClientId=«uuid»;ClientSecret=⟦«alnum3»8Q~«url34»⟧
D365_ALTERNATE_KEY = accountnumber
D365_SOLUTION = AcmeCore

[support_tickets]
ZENDESK_SUBDOMAIN = acme
ZENDESK_EMAIL = bot@example.org/token
ZENDESK_TOKEN = ⟦«alnum40»⟧
INTERCOM_ACCESS = ⟦«b64:tok:«hex8»_«hex4»_«hex4»_«hex20»:1:0»⟧
INTERCOM_APP_ID = «lower8»
FRESHDESK_AUTH = Basic ⟦«b64:«alnum20»:X»⟧
TICKET_PRIORITY = normal

[jira_bridge]
JIRA_BASE = https://acme.atlassian.net
JIRA_USER = jira-bot@example.org
JIRA_API_TOKEN = ⟦AT«join:ATT3x»FfGF0«url171»=«HEX8»⟧
JIRA_PROJECT_KEY = PAY
JIRA_ISSUE_KEY_REGEX = [A-Z][A-Z0-9]+-\d+
JIRA_WEBHOOK_SECRET = ⟦«hex32»⟧

[github_app]
GITHUB_APP_ID = «digit6»
GITHUB_INSTALLATION_ID = «digit8»
GITHUB_CLIENT_ID = Iv1.«hex16»
GITHUB_PRIVATE_KEY = ⟦«oneline:«rsa»»⟧
GITHUB_WEBHOOK_SECRET = ⟦«hex40»⟧
GITHUB_SHA = «hex40»

[github_release]
GH_TOKEN = ⟦«ghp»⟧
GH_TOKEN_SCOPE = repo,read:org
NPM_TOKEN = ⟦«npm»⟧
NPM_REGISTRY = https://registry.npmjs.org/
PACKAGE_INTEGRITY = «sha512»
RELEASE_TAG = v3.14.2

[gitlab_trigger]
GL_URL = https://gitlab.example.org
GL_TRIGGER = ⟦gl«join:ptt»-«hex40»⟧
GL_TOKEN = ⟦«glpat»⟧
GL_PROJECT = 1287
GL_PIPELINE_SCHEDULE = 0 3 * * 1-5
CIRCLE_TOKEN = ⟦«hex40»⟧

[jenkins_kick]
JENKINS_URL = https://«host»/job/deploy/buildWithParameters
JENKINS_USER = lambda
JENKINS_TOKEN = ⟦11«hex32»⟧
JENKINS_JOB_TOKEN = ⟦deploy-«word»-now⟧
JENKINS_CRUMB_HEADER = Jenkins-Crumb

[terraform_runs]
TFC_ORG = acme
TFC_WORKSPACE_ID = ws-«alnum16»
TFC_TOKEN = ⟦«alnum14».at«join:lasv1».«alnum67»⟧
TF_STATE_KEY = prod/network/terraform.tfstate
TF_LOCK_TABLE = tf-locks
TF_BACKEND_KMS_KEY = alias/terraform

[aws_cross_account]
AWS_ACCESS_KEY_ID_PARTNER = ⟦?«akia»⟧
AWS_SECRET_ACCESS_KEY_PARTNER = ⟦«aws40»⟧
PARTNER_ROLE_ARN = arn:aws:iam::«digit12»:role/partner-drop
PARTNER_EXTERNAL_ID = ⟦?«uuid»⟧
PARTNER_BUCKET = partner-drop-eu
PARTNER_KEY_PREFIX = in/acme/

[aws_sloppy]
AK = ⟦?«akia»⟧
SK = ⟦«aws40»⟧
REGION = us-east-1
BUCKET = acme-scratch
KEY = incoming/latest.csv
KEY2 = incoming/previous.csv

[sloppy_one]
PW = ⟦«person»⟧
USER = batch
HOST = «host»
AUTH = ⟦«b64:batch:«pw»»⟧
MODE = rw

[sloppy_two]
TOK = ⟦«alnum32»⟧
TOK_TTL = 3600
KEY = ⟦«hex48»⟧
KEY2 = ⟦«hex48»⟧
URL = https://api.example.com/v2
DBG = 0

[sloppy_three]
AUTH = Bearer ⟦«jwt»⟧
AUTH_TYPE = bearer
X_KEY = ⟦«alnum40»⟧
X_KEY_HEADER = X-Api-Key
PASS = ⟦«word»«digit4»⟧
PASSTHROUGH = true

[sloppy_four]
SECRET = prod/checkout/db
SECRET_VERSION = AWSCURRENT
TOKEN = {{ssm:/prod/checkout/token}}
PASSWORD = ${env:DB_PASSWORD}
KEY = alias/checkout
CREDS = /tmp/creds.json

[secret_refs_aws]
DB_SECRET_ARN = arn:aws:secretsmanager:eu-central-1:«digit12»:secret:rds!cluster-«uuid»-«alnum6»
API_KEY_PARAMETER = /prod/checkout/api-key
DB_PASSWORD = {{resolve:secretsmanager:prod/checkout:SecretString:password}}
PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED = true
SECRETS_MANAGER_TTL = 300
SSM_PARAMETER_STORE_TIMEOUT_MILLIS = 1000
ROTATION_LAMBDA_ARN = «lambda_arn»

[secret_refs_gcp]
DB_PASS_SECRET = projects/acme-prod/secrets/db-pass/versions/3
STRIPE_KEY = sm://acme-prod/stripe-key
API_TOKEN = berglas://acme-secrets/api-token#«digit16»
INSTANCE_CONNECTION_NAME = acme-prod:europe-west1:orders
DB_USER = orders@acme-prod.iam
DB_IAM_AUTH = true

[secret_refs_mixed]
VAULT_ADDR = https://«host»:8200
VAULT_ROLE = lambda-orders
DB_PASSWORD = vault:secret/data/orders#db_password
MAIL_PASSWORD = op://Production/Mailgun/password
LICENSE_KEY = @Microsoft.KeyVault(VaultName=kv-acme;SecretName=license-key)
API_SECRET = ref+awsssm://prod/orders/api_secret
SIGNING_KEY = file:///mnt/secrets/signing.pem

[vault_approle]
VAULT_ADDR = https://«host»:8200
VAULT_NAMESPACE = admin/orders
VAULT_ROLE_ID = ⟦?«uuid»⟧
VAULT_SECRET_ID = ⟦«uuid»⟧
VAULT_SECRET_FILE_DB = /tmp/vault/secret.json
VAULT_TOKEN_TTL = 20m

[vault_static]
VAULT_URL = https://«host»/v1
VAULT_TOKEN = ⟦«vault»⟧
VAULT_SECRET_PATH = kv/data/payments/prod
VAULT_AUTH_PATH = auth/aws/login
VAULT_SKIP_VERIFY = false

[placeholders]
API_KEY = <YOUR_API_KEY>
API_SECRET = REPLACE_ME
DB_PASSWORD = %DB_PASSWORD%
ACCESS_TOKEN = xxxxxxxxxxxxxxxxxxxxxxxx
WEBHOOK_SECRET = TODO
SMTP_PASSWORD = none
CLIENT_SECRET = #{Octopus.ClientSecret}#

[leftovers]
AWS_ACCESS_KEY_ID = YOUR_ACCESS_KEY_ID
OLD_DB_PASSWORD = (moved to secrets manager 2023-04)
API_TOKEN = ********
PRIVATE_KEY = -
ENCRYPTION_KEY = null
MASTER_PASSWORD = !Ref DbMasterPassword

[local_stack]
AWS_ENDPOINT_URL = http://localhost:4566
AWS_ACCESS_KEY_ID = test
AWS_SECRET_ACCESS_KEY = test
DATABASE_URL = postgres://postgres:⟦?postgres⟧@localhost:5432/postgres
STAGE = local

[defaultish]
DB_HOST = «host»
DB_USER = root
DB_PASS = ⟦root123⟧
ADMIN_LOGIN = admin
ADMIN_PASSWORD = ⟦Admin123!⟧
CACHE_PASSWORD = ⟦?changeme⟧
BACKUP_PASSPHRASE = ⟦Welcome2019⟧

[minio_store]
MINIO_ENDPOINT = https://«host»:9000
MINIO_ROOT_USER = minioadmin
MINIO_ROOT_PASSWORD = ⟦minioadmin⟧
S3_FORCE_PATH_STYLE = true
OBJECT_KEY_FORMAT = {yyyy}/{MM}/{dd}/{uuid}.json

[ldap_sync]
LDAP_URL = ldaps://«host»:636
LDAP_BIND_DN = CN=svc-lambda,OU=Service,DC=corp,DC=local
LDAP_BIND_CREDENTIALS = ⟦«pw»⟧
LDAP_BASE = OU=Users,DC=corp,DC=local
LDAP_FILTER = (&(objectClass=user)(!(userAccountControl:1.2.840.113556.1.4.803:=2)))
LDAP_PASSWORD_ATTRIBUTE = unicodePwd
LDAP_CA = «cert»

[soap_erp]
ERP_WSDL = https://«host»/services/OrderService?wsdl
ERP_USER = WEBSHOP
ERP_KENNWORT = ⟦«person»⟧
WSSE_PASSWORD_TYPE = PasswordDigest
WSSE_HEADER = <wsse:UsernameToken><wsse:Username>WEBSHOP</wsse:Username><wsse:Password>⟦«strong»⟧</wsse:Password></wsse:UsernameToken>
ERP_MANDANT = 100

[sap_rfc]
SAP_ASHOST = «host»
SAP_SYSNR = 00
SAP_CLIENT = 200
SAP_USER = RFC_LAMBDA
SAP_PASSWD = ⟦«strong»⟧
SAP_KEY_FIELD = BELNR

[sap_destination]
SAP_CF_BINDING = {"clientid":"sb-clone-«uuid»!b«digit5»","clientsecret":"⟦«uuid»$«url43»=⟧","url":"https://acme.authentication.eu10.hana.ondemand.com","xsappname":"clone-«uuid»"}
SAP_DESTINATION = S4_PROD
SAP_TOKEN_PATH = /oauth/token
SAP_CSRF_HEADER = x-csrf-token

[ftp_pull]
FTP_HOST = ftp.supplier.example.com
FTP_USER = acme_edi
FTP_PASS = ⟦«person»⟧
FTP_DIR = /out/INVOIC
FTP_PASSIVE = true
FILE_PATTERN = ^INVOIC_\d{8}_[0-9a-f]{8}\.edi$

[sftp_push]
SFTP_HOST = sftp.bank.example.com
SFTP_USER = acme01
SFTP_PRIVATE_KEY = ⟦«ssh»⟧
SFTP_HOST_KEY = ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI«b64_43»
SFTP_HOST_FINGERPRINT = SHA256:«b64_43»
SFTP_KEY_PATH = /tmp/id_ed25519
PGP_PUBLIC_KEY_ID = 0x«HEX16»

[sftp_url]
DROP_URL = sftp://edi:⟦«enc:«pw»»⟧@«host»:2222/inbox
DROP_RETRIES = 3
PGP_PASSPHRASE = ⟦«word» «word» «word» «word»⟧
PGP_RECIPIENT = treasury@example.org
PGP_KEYRING = /opt/keys/pubring.kbx

[ssh_b64]
BASTION_HOST = «host»
BASTION_USER = ec2-user
BASTION_KEY_B64 = ⟦«b64:«ssh»»⟧
KEY_PAIR_NAME = bastion-prod-2023
STRICT_HOST_KEY_CHECKING = no

[mtls_client]
CLIENT_CERT = «cert»
CLIENT_KEY = ⟦«rsa»⟧
CA_BUNDLE_B64 = «b64:«cert»»
CERT_SERIAL = «HEX32»
CERT_SHA256 = «hex64»
MTLS_MIN_VERSION = TLSv1.2

[mtls_pfx]
PFX_BUCKET_KEY = certs/bank/client.pfx
PFX_PASSWORD = ⟦«pw»⟧
PFX_THUMBPRINT = «HEX40»
BANK_API = https://api.bank.example.com/psd2/v1
EIDAS_KEY_ID = SN=«HEX8»,CA=CN=Acme-QSealC

[smtp_onprem]
MAILHUB = smtp://«host»:25
MAIL_USER = CORP\svc-mail
MAIL_SECRET = ⟦«person»⟧
MAIL_AUTH_MECHANISM = NTLM
IMAP_URL = imaps://postfach%40example.org:⟦«enc:«pw»»⟧@«host»:993/INBOX
IMAP_FOLDER = Eingang

[espanol]
CLAVE_API = ⟦«alnum40»⟧
CLAVE_PRIMARIA = id_pedido
CONTRASENA_BD = ⟦Sevilla_«digit4»⟧
USUARIO_BD = pedidos
SERVIDOR_BD = «host»
NIVEL_REGISTRO = INFO

[portugues]
SENHA_BANCO = ⟦«pw»⟧
USUARIO_BANCO = app_vendas
CHAVE_PIX = financeiro@example.org
CHAVE_API_BOLETO = ⟦«alnum32»⟧
CHAVE_PARTICAO = cpf
TEMPO_TOKEN = 600

[deutsch]
DB_PASSWORT = ⟦«pw»⟧
DB_BENUTZER = lager
PASSWORT_MIN_LAENGE = 8
PASSWORT_ABLAUF_TAGE = 90
SCHLUESSEL_ALIAS = alias/lager
ZUGANGSSCHLUESSEL = ⟦«alnum24»⟧
GEHEIMNIS_NAME = prod/lager/db

[francais]
MOT_DE_PASSE = ⟦Soleil-«digit4»-Lyon⟧
UTILISATEUR = facturation
CLE_PRIMAIRE = numero_facture
CLE_SECRETE = ⟦«hex64»⟧
JETON_DUREE = 1800
URL_MOTDEPASSE_OUBLIE = https://www.example.org/mot-de-passe-oublie

[italiano]
PASSWORD_DB = ⟦«person»⟧
CHIAVE_API = ⟦«hex32»⟧
CHIAVE_ORDINE = codice_cliente
UTENTE = magazzino
TIPO_TOKEN = Bearer

[nederlands]
WACHTWOORD = ⟦fiets«digit3»Tulp⟧
GEBRUIKER = facturatie
GEHEIME_SLEUTEL = ⟦«alnum40»⟧
SLEUTEL_VELD = klantnummer
WACHTWOORD_HERSTEL_URL = https://mijn.example.org/wachtwoord

[nordisk]
LOSENORD = ⟦«pw»⟧
ANVANDARE = kassa
SALASANA = ⟦kahvi«digit4»⟧
NYCKEL_NAMN = kassa-prod
LOGGNIVA = varning

[polski]
HASLO_BAZY = ⟦«person»⟧
UZYTKOWNIK = magazyn
KLUCZ_API = ⟦«hex40»⟧
KLUCZ_PARTYCJI = nip
CZAS_TOKENU = 900

[shopify_app]
SHOPIFY_API_KEY = «hex32»
SHOPIFY_API_SECRET = ⟦«hex32»⟧
SHOPIFY_ADMIN_TOKEN = ⟦«shopify»⟧
SHOPIFY_STOREFRONT_TOKEN = ⟦?«hex32»⟧
SHOP_DOMAIN = acme.myshopify.com
SHOPIFY_SCOPES = read_products,write_orders

[woocommerce]
WC_URL = https://shop.example.org/wp-json/wc/v3
WC_CONSUMER_KEY = ⟦?ck_«hex40»⟧
WC_CONSUMER_SECRET = ⟦cs_«hex40»⟧
WC_WEBHOOK_SECRET = ⟦«sym50»⟧
WC_META_KEY = _erp_id

[shipping_labels]
DHL_API_KEY = ⟦«alnum32»⟧
DHL_USER = acme_gkp
DHL_SIGNATURE = ⟦«person»⟧
DHL_EKP = «digit10»
UPS_ACCESS_LICENSE = ⟦«HEX16»⟧
UPS_ACCOUNT = «upper6»
LABEL_FORMAT = ZPL

[contentful_build]
CONTENTFUL_SPACE = «lower12»
CONTENTFUL_ENVIRONMENT = master
CONTENTFUL_DELIVERY_TOKEN = ⟦?«url43»⟧
CONTENTFUL_MANAGEMENT_TOKEN = ⟦CF«join:PAT»-«url43»⟧
PREVIEW_SECRET = ⟦«word»-preview-«digit4»⟧
ENTRY_ID = «alnum22»

[strapi_sync]
STRAPI_URL = https://cms.example.org
STRAPI_API_TOKEN = ⟦«hex256»⟧
API_TOKEN_SALT = ⟦?«b64_22»==⟧
ADMIN_JWT_SECRET = ⟦«b64_22»==⟧
APP_KEYS = ⟦«b64_22»==⟧,⟦«b64_22»==⟧
STRAPI_LOCALE = de

[airtable_notion]
AIRTABLE_PAT = ⟦«airtable»⟧
AIRTABLE_BASE = app«alnum14»
AIRTABLE_TABLE = tbl«alnum14»
NOTION_SECRET = ⟦«notion»⟧
NOTION_DATABASE = «hex32»
LINEAR_KEY = ⟦«linear»⟧
LINEAR_TEAM_KEY = OPS

[trello_board]
TRELLO_KEY = ⟦?«hex32»⟧
TRELLO_TOKEN = ⟦AT«join:TA»«hex64»«HEX8»⟧
TRELLO_BOARD = «alnum8»
TRELLO_LIST_DONE = «hex24»
ASANA_PAT = ⟦1/«digit16»:«hex32»⟧
ASANA_WORKSPACE_GID = «digit16»

[cloudflare_purge]
CF_API_TOKEN = ⟦«url40»⟧
CF_ZONE_ID = «hex32»
CF_ACCOUNT_ID = «hex32»
CF_EMAIL = ops@example.org
CF_GLOBAL_KEY = ⟦«hex37»⟧
TURNSTILE_SITEKEY = 0x4AAAAAAA«url14»
TURNSTILE_SECRET = ⟦0x4AAAAAAA«url26»⟧

[cloudfront_signer]
CF_DISTRIBUTION_ID = E«upper13»
CF_KEY_PAIR_ID = K«upper13»
CF_PRIVATE_KEY = ⟦«oneline:«rsa»»⟧
CF_PUBLIC_KEY = «oneline:«public»»
SIGNED_URL_TTL = 600
KEY_GROUP_ID = «uuid»

[cloudfront_edge]
ORIGIN_VERIFY_HEADER = X-Origin-Verify
ORIGIN_VERIFY_VALUE = ⟦«uuid»⟧
CSP_SCRIPT_HASH = 'sha256-«b64_43»='
BASIC_AUTH = Basic ⟦«b64:preview:«pw»»⟧
ROBOTS = noindex
GEO_ALLOW = DE,AT,CH

[resource_ids]
VPC_ID = vpc-«hex17»
SUBNET_IDS = subnet-«hex17»,subnet-«hex17»
SECURITY_GROUP = sg-«hex17»
HOSTED_ZONE_ID = Z«upper20»
CERTIFICATE_ARN = arn:aws:acm:us-east-1:«digit12»:certificate/«uuid»
API_GATEWAY_ID = «lower10»
USAGE_PLAN_KEY_TYPE = API_KEY

[build_info]
GIT_COMMIT = «hex40»
GIT_TREE_HASH = «hex40»
IMAGE_URI = «digit12».dkr.ecr.eu-west-1.amazonaws.com/checkout@sha256:«hex64»
CODE_SHA256 = «b64_43»=
BUILD_ID = «uuid»
SBOM_DIGEST = sha512:«hex128»
ASSET_INTEGRITY = «sha512»

[runtime_trace]
_X_AMZN_TRACE_ID = Root=1-«hex8»-«hex24»;Parent=«hex16»;Sampled=1
AWS_LAMBDA_LOG_STREAM_NAME = 2025/02/11/[$LATEST]«hex32»
LAST_REQUEST_ID = «uuid»
CORRELATION_KEY = x-correlation-id
LAST_CURSOR = «b64:{"id":{"S":"«uuid»"},"ts":{"N":"«digit10»"}}»
CHECKPOINT_SEQUENCE = «digit56»

[public_config_b64]
APP_CONFIG = «b64:{"theme":"dark","locale":"de-DE","features":{"passwordReset":true,"tokenLogin":false},"apiBase":"https://api.example.org/v3"}»
JWKS = {"keys":[{"kty":"RSA","use":"sig","kid":"«url22»","alg":"RS256","n":"«url342»","e":"AQAB"}]}
WELCOME_HTML = «b64:<html><body><h1>Willkommen bei Acme</h1><p>Bitte Passwort setzen.</p></body></html>»
PUBLIC_KEY_B64 = «b64:«public»»
MENU = W3sibGFiZWwiOiJTdGFydCIsInVybCI6Ii8ifV0=

[app_policy]
PASSWORD_REGEX = ^(?=.*[A-Z])(?=.*\d)[A-Za-z\d!@#$%]{10,64}$
PASSWORD_HISTORY = 5
PASSWORD_HASHER = argon2id$v=19$m=65536,t=3,p=4
PASSWORD_EXPIRED_MESSAGE = Your password has expired, please choose a new one.
TOKEN_ENDPOINT = https://login.example.org/oauth2/token
TOKEN_BUCKET_SIZE = 100
SECRET_QUESTION_ENABLED = false

[masking]
REDACT_KEYS = password,passwd,secret,token,authorization,api_key
MASK_PATTERN = (?i)(api[_-]?key|secret)["']?\s*[:=]\s*["']?([A-Za-z0-9_\-]{16,})
TOKENIZATION_MODE = format-preserving
TOKENIZATION_KEY_ALIAS = alias/pan-tokenizer
PII_SALT = ⟦?«hex32»⟧
ANONYMIZE_FIELDS = email,iban,phone

[crypto_fields]
FIELD_ENCRYPTION_KEY = ⟦«url43»=⟧
FIELD_ENCRYPTION_KEY_VERSION = 3
AES_IV = ⟦?«hex32»⟧
AES_MODE = AES-256-GCM
DATA_KEY_CIPHERTEXT = AQIDAHh«b64_176»=
HASH_PEPPER = ⟦«alnum32»⟧
KEY_ROTATION_DAYS = 90

[sops_left]
DB_PASSWORD = ⟦?ENC[AES256_GCM,data:«b64_24»,iv:«b64_43»=,tag:«b64_22»==,type:str]⟧
SOPS_KMS_ARN = arn:aws:kms:eu-west-1:«digit12»:key/«uuid»
AGE_RECIPIENT = age1«lower58»
SOPS_AGE_KEY = ⟦AGE-SEC«join:RET-KEY»-1«upper58»⟧
SOPS_VERSION = 3.8.1

[admin_panel]
ADMIN_USER = operator
ADMIN_PASSWORD_HASH = ⟦?«bcrypt»⟧
HTPASSWD = ops:⟦?«bcrypt»⟧
TOTP_SEED = ⟦«upper32»⟧
TOTP_ISSUER = Acme Ops
SESSION_TIMEOUT_MIN = 20

[json_bundle]
CONFIG = {"db":{"host":"«host»","user":"app","password":"⟦«json:«pw»»⟧"},"cache":{"ttl":300,"keyPrefix":"app:"},"mail":{"apiKey":"⟦«sendgrid»⟧","from":"app@example.org"}}
CONFIG_VERSION = 17
CONFIG_SCHEMA = https://example.org/schemas/config-v2.json
FEATURES = {"tokenRefresh":true,"passwordless":false,"secretSanta":true}

[json_tenants]
TENANTS = [{"id":"acme","apiKey":"⟦«alnum32»⟧","plan":"gold"},{"id":"globex","apiKey":"⟦«alnum32»⟧","plan":"basic"}]
TENANT_HEADER = x-tenant-id
TENANT_TABLE = {"name":"tenants","partitionKey":"pk","sortKey":"sk"}
DEFAULT_TENANT = acme

[json_b64_creds]
APP_SECRETS = ⟦«b64:{"username":"worker","password":"«strong»","host":"«host»"}»⟧
APP_SETTINGS = «b64:{"region":"eu-west-1","retries":3,"queue":"worker-prod","timeoutSeconds":30}»
APP_SECRETS_FORMAT = base64-json
APP_CLIENT_JSON = {"web":{"client_id":"«digit12»-«lower32».apps.googleusercontent.com","project_id":"acme","client_secret":"⟦GOC«join:SPX»-«url28»⟧","auth_uri":"https://accounts.google.com/o/oauth2/auth"}}

[api_key_list]
VALID_API_KEYS = ⟦«alnum32»⟧,⟦«alnum32»⟧,⟦«alnum32»⟧
API_KEY_HEADER = x-api-key
API_KEY_LOCATION = header
API_KEY_QUOTA = 10000
BASIC_USERS = erp:⟦«pw»⟧;portal:⟦«pw»⟧

[oauth_refresh]
OAUTH_CLIENT_ID = acme-backoffice
OAUTH_CLIENT_SECRET = ⟦«uuid»⟧
OAUTH_REFRESH_TOKEN = ⟦1//0«url96»⟧
OAUTH_GRANT = refresh_token
OAUTH_SCOPE = https://www.googleapis.com/auth/gmail.send
OAUTH_TOKEN_TABLE = oauth-tokens

[social_posts]
TWITTER_CONSUMER_KEY = ⟦?«alnum25»⟧
TWITTER_CONSUMER_SECRET = ⟦«alnum50»⟧
TWITTER_ACCESS_TOKEN = ⟦«digit19»-«alnum30»⟧
TWITTER_ACCESS_SECRET = ⟦«alnum45»⟧
FB_APP_ID = «digit15»
FB_APP_SECRET = ⟦«hex32»⟧
FB_PAGE_ID = «digit15»

[social_read]
YT_CHANNEL = UC«url22»
YT_API_KEY = ⟦«googlekey»⟧
SPOTIFY_CLIENT_ID = «hex32»
SPOTIFY_CLIENT_SECRET = ⟦«hex32»⟧
RSS_URL = https://www.example.org/feed.xml
FB_VERIFY_TOKEN = ⟦?«word»-hook-«digit3»⟧

[maps_frontend]
NEXT_PUBLIC_MAPS_KEY = ⟦?«googlekey»⟧
NEXT_PUBLIC_STRIPE_KEY = «stripepk»
NEXT_PUBLIC_API_BASE = https://api.example.org
REVALIDATE_SECRET = ⟦«alnum24»⟧
AUTH_SECRET = ⟦«b64_43»=⟧
AUTH_TRUST_HOST = true
VERCEL_GIT_COMMIT_SHA = «hex40»

[supabase_edge]
SUPABASE_URL = https://«lower20».supabase.co
SUPABASE_ANON_KEY = ⟦?«jwt»⟧
SUPABASE_SERVICE_ROLE_KEY = ⟦«jwt»⟧
SUPABASE_DB_URL = postgresql://postgres.«lower20»:⟦«enc:«pw»»⟧@aws-0-eu-central-1.pooler.supabase.com:6543/postgres
SUPABASE_BUCKET = avatars

[iot_ingest]
IOT_ENDPOINT = a«lower13»-ats.iot.eu-central-1.amazonaws.com
IOT_CERT_ID = «hex64»
MQTT_URL = mqtts://device-bridge:⟦«enc:«strong»»⟧@«host»:8883
MQTT_CLIENT_ID = bridge-prod-01
IOTHUB_CONNECTION = HostName=acme-iot.azure-devices.net;SharedAccessKeyName=service;SharedAccessKey=⟦«b64_43»=⟧
DEVICE_KEY_FIELD = serialNumber
THING_TYPE = meter-v2

[dynamo_keys]
PK = pk
SK = sk
GSI1_KEY = gsi1pk
KEY_SEPARATOR = #
TTL_ATTRIBUTE = expiresAt
TOKENS_TABLE = prod-refresh-tokens
API_KEYS_TABLE = prod-api-keys
SECRET_SANTA_TABLE = event-secret-santa-2024

[s3_pipeline]
SOURCE_KEY = raw/2024/customers.parquet
TARGET_KEY_PATTERN = curated/{table}/dt={date}/part-{n}.parquet
SSE_KMS_KEY_ID = «uuid»
BUCKET_OWNER = «digit12»
CANONICAL_USER_ID = «hex64»
SOURCE_MD5 = «b64_22»==
SOURCE_VERSION_ID = «url32»

[glue_trigger]
JOB_NAME = customers-curate
JOB_RUN_ID = jr_«hex64»
GLUE_CONNECTION = redshift-prod
REDSHIFT_DSN = redshift+psycopg2://etl:⟦«enc:«pw»»⟧@acme.«lower12».eu-west-1.redshift.amazonaws.com:5439/dwh
REDSHIFT_IAM_ROLE = arn:aws:iam::«digit12»:role/redshift-copy
DIST_KEY = customer_id

[databricks_job]
DATABRICKS_HOST = https://adb-«digit16».11.azuredatabricks.net
DATABRICKS_TOKEN = ⟦dapi«hex32»-2⟧
DATABRICKS_JOB_ID = «digit15»
SECRET_SCOPE = acme-prod
SECRET_KEY_NAME = lake-sas
LAKE_SAS = ?sv=2022-11-02&ss=b&srt=sco&sp=rl&se=2027-01-01T00:00:00Z&sig=⟦«enc:«b64_43»=»⟧

[etl_singer]
TAP_MYSQL_PASSWORD = ⟦«strong»⟧
TAP_MYSQL_USER = tap
TAP_REPLICATION_KEY = updated_at
TAP_KEY_PROPERTIES = id,line_no
TARGET_POSTGRES_URL = postgresql+psycopg://loader:⟦«strong»⟧@«host»/dwh
FIVETRAN_KEY = ⟦?«alnum16»⟧
FIVETRAN_SECRET = ⟦«alnum32»⟧

[keycloak_admin]
KC_URL = https://id.example.org
KC_REALM = acme
KC_CLIENT = provisioner
KC_CLIENT_SECRET = ⟦«alnum32»⟧
KC_REALM_PUBLIC_KEY = MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA«b64_340»IDAQAB
KC_ADMIN_PASSWORD = ⟦«person»⟧
KC_PASSWORD_POLICY = length(12) and notUsername

[saml_bridge]
SAML_ENTITY_ID = urn:acme:sp
SAML_IDP_CERT = «join:«cert»»
SAML_SP_KEY = ⟦«pkcs8»⟧
SAML_ACS = https://app.example.org/saml/acs
SAML_NAMEID_FORMAT = urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress
SAML_SIGNATURE_ALGORITHM = http://www.w3.org/2001/04/xmldsig-more#rsa-sha256

[erp_netsuite]
NS_ACCOUNT = «digit7»_SB1
NS_CONSUMER_KEY = ⟦?«hex64»⟧
NS_CONSUMER_SECRET = ⟦«hex64»⟧
NS_TOKEN_ID = ⟦?«hex64»⟧
NS_TOKEN_SECRET = ⟦«hex64»⟧
NS_RESTLET = customscript_order_in

[accounting_xero]
XERO_CLIENT_ID = «HEX32»
XERO_CLIENT_SECRET = ⟦«url48»⟧
XERO_TENANT_ID = «uuid»
XERO_WEBHOOK_KEY = ⟦«b64_86»==⟧
LEXOFFICE_KEY = ⟦«uuid»⟧
DATEV_MANDANT = «digit5»

[hr_feed]
WORKDAY_TENANT = acme1
WORKDAY_ISU = ISU_LAMBDA
WORKDAY_ISU_PASSWORD = ⟦«strong»⟧
BAMBOO_API_KEY = ⟦«hex40»⟧
BAMBOO_SUBDOMAIN = acme
PERSONIO_CLIENT_ID = «hex32»
PERSONIO_CLIENT_SECRET = ⟦«hex64»⟧

[docs_sign]
DOCUSIGN_INTEGRATION_KEY = «uuid»
DOCUSIGN_USER_ID = «uuid»
DOCUSIGN_ACCOUNT_ID = «uuid»
DOCUSIGN_RSA_KEY = ⟦«rsa»⟧
DOCUSIGN_HMAC = ⟦«b64_43»=⟧
DOCUSIGN_BASE = https://eu.docusign.net/restapi

[video_meetings]
ZOOM_ACCOUNT_ID = «url22»
ZOOM_CLIENT_ID = «url22»
ZOOM_CLIENT_SECRET = ⟦«alnum32»⟧
ZOOM_WEBHOOK_TOKEN = ⟦«url22»⟧
MEETING_PASSCODE_REQUIRED = true
MUX_TOKEN_ID = «uuid»
MUX_TOKEN_SECRET = ⟦«b64_75»⟧

[image_resize]
CLOUDINARY_URL = cloudinary://«digit15»:⟦«url27»⟧@acme
IMGIX_DOMAIN = acme.imgix.net
IMGIX_SIGN_KEY = ⟦«alnum16»⟧
MAX_WIDTH = 2400
CACHE_KEY_QUERY_PARAMS = w,h,q,fm

[partner_feed]
PARTNER_ENDPOINT = https://feed:⟦«person»⟧@partner.example.com/export/v1.xml
PARTNER_ID = «digit6»
FEED_URL = https://data.example.com/feed.json?apikey=⟦«hex32»⟧&format=json
FEED_MD5 = «hex32»
NEXT_PAGE_TOKEN_PATH = $.paging.nextToken

[presigned]
UPLOAD_BASE_URL = https://acme-uploads.s3.eu-west-1.amazonaws.com/
ARCHIVE_SAS_URL = https://acmearchive.blob.core.windows.net/in?sp=rcw&se=2030-12-31&spr=https&sv=2022-11-02&sr=c&sig=⟦«enc:«b64_43»=»⟧
EXPIRES_SECONDS = 900
CALENDAR_ICS = https://calendar.google.com/calendar/ical/ops%40example.org/private-⟦«hex32»⟧/basic.ics
SHARED_DOC = https://docs.google.com/document/d/1«url43»/edit

[blockchain]
ETH_RPC = https://mainnet.infura.io/v3/⟦«hex32»⟧
WALLET_PRIVATE_KEY = ⟦0x«hex64»⟧
CONTRACT_ADDRESS = 0x«hex40»
DEPLOY_TX_HASH = 0x«hex64»
MNEMONIC = ⟦«word» «word» «word» «word» «word» «word» «word» «word» «word» «word» «word» «word»⟧
CHAIN_ID = 137

[bank_feed]
PLAID_CLIENT_ID = «hex24»
PLAID_SECRET = ⟦«hex30»⟧
PLAID_ENV = production
PLAID_LINK_TOKEN_PRODUCTS = transactions,auth
EBICS_PARTNER_ID = ACME01
EBICS_KEYFILE_PASSPHRASE = ⟦«pw»⟧
IBAN = DE89370400440532013000

[license_gate]
LICENSE_KEY = ⟦?«upper5»-«upper5»-«upper5»-«upper5»⟧
LICENSE_SERVER = https://«host»:27000
PRODUCT_KEY = ACME-PIM-ENT
LICENSE_PUBLIC_KEY = «oneline:«public»»
LICENSE_GRACE_DAYS = 14

[internal_rpc]
INTERNAL_API_TOKEN = ⟦«alnum40»⟧
INTERNAL_AUTH_HEADER = X-Internal-Token
SHARED_SECRET = ⟦dont-tell-ops-«digit3»⟧
UPSTREAM = http://«host»:8080/rpc
CIRCUIT_BREAKER = 5/60s
CALLER_ID = pricing-fn

[mainframe]
CICS_GATEWAY = tcp://«host»:2006
RACF_USER = BATCH07
RACF_PASS = ⟦«upper4»«digit4»⟧
DB2_URL = jdbc:db2://«host»:50000/PRDDB:user=batch07;password=⟦«upper3»x«digit4»⟧;
VSAM_KEY_LENGTH = 16
EBCDIC_CODEPAGE = Cp273

[as400_csv]
IBMI_HOST = «host»
IBMI_PROFILE = QWEBFN
IBMI_PWD = ⟦sommer«digit2»⟧
LIBRARY = PRDLIB
KEY_FIELDS = KDNR,AUFNR

[heroku_scheduler]
CLEARDB_DATABASE_URL = mysql://b«hex13»:⟦«hex8»⟧@eu-cdbr-west-03.cleardb.net/heroku_«hex15»?reconnect=true
CLOUDAMQP_URL = amqps://«lower8»:⟦«url32»⟧@rat.rmq2.cloudamqp.com/«lower8»
MEMCACHIER_USERNAME = «HEX6»
MEMCACHIER_PASSWORD = ⟦«HEX32»⟧
WEB_CONCURRENCY = 2
SLUG_COMMIT = «hex40»

[cassandra_scylla]
CASSANDRA_CONTACT_POINTS = «host»,«host»
CASSANDRA_AUTH = {"username":"telemetry","password":"⟦«strong»⟧"}
CASSANDRA_KEYSPACE = telemetry
ASTRA_TOKEN = ⟦Astra«join:CS:»«alnum24»:«hex64»⟧
ASTRA_DB_ID = «uuid»
CLUSTERING_KEY = event_time

[neo4j_graph]
NEO4J_URI = neo4j+s://«hex8».databases.neo4j.io
NEO4J_AUTH = neo4j/⟦«url43»⟧
NEO4J_DATABASE = neo4j
NODE_KEY = personId
INFLUX_TOKEN = ⟦«url86»==⟧
INFLUX_ORG = «hex16»
CLICKHOUSE_DSN = clickhouse://default:⟦«enc:«strong»»⟧@«host»:8443/events?secure=true

[token_vending]
TOKEN_VENDING_ROLE = arn:aws:iam::«digit12»:role/token-vending
STS_SESSION_NAME = tvm
STS_DURATION = 3600
CREDENTIALS_PROVIDER = com.amazonaws.auth.WebIdentityTokenCredentialsProvider
AWS_WEB_IDENTITY_TOKEN_FILE = /var/run/secrets/eks.amazonaws.com/serviceaccount/token
MAX_ACCESS_KEYS_AGE_DAYS = 90

[key_auditor]
KEY_AGE_LIMIT = 90
IGNORE_KEY_IDS = alias/aws/s3,alias/aws/ebs
NOTIFY_USERS_WITHOUT_PASSWORD = true
FINDING_ID = arn:aws:securityhub:eu-west-1:«digit12»:subscription/cis/v/1.4.0/1.8/finding/«uuid»
SECRET_SCANNER_ENTROPY = 4.3
REPORT_KEY = audits/access-keys-latest.csv
CREDENTIAL_REPORT_FORMAT = text/csv

[rotation]
SECRETS_MANAGER_ENDPOINT = https://secretsmanager.eu-west-1.amazonaws.com
EXCLUDE_CHARACTERS = /@"'\
PASSWORD_LENGTH = 32
SECRET_NAME_PREFIX = rds/prod/
ROTATION_STAGE = AWSPENDING
SUPERUSER_SECRET = arn:aws:secretsmanager:eu-west-1:«digit12»:secret:rds/prod/superuser-«alnum6»

[i18n_texts]
LABEL_PASSWORD = Passwort
LABEL_TOKEN = Sicherheitscode
TITLE_KEY = mail.reset.title
RESET_PASSWORD_TEMPLATE = d-«hex32»
FORGOT_PASSWORD_LINK_TEXT = Forgot your password?
I18N_KEYSET = web-2024

[ml_inference]
SAGEMAKER_ENDPOINT = churn-prod-2024-10
MODEL_DATA_KEY = models/churn/«hex8»/model.tar.gz
MLFLOW_TRACKING_URI = https://ml:⟦«strong»⟧@«host»
MLFLOW_RUN_ID = «hex32»
WANDB_API_KEY = ⟦«hex40»⟧
PAD_TOKEN_ID = 50256
SPECIAL_TOKENS = [CLS],[SEP],[MASK]

[chat_widget]
INTERCOM_IDENTITY_SECRET = ⟦«url40»⟧
CRISP_WEBSITE_ID = «uuid»
CRISP_IDENTIFIER = ⟦?«uuid»⟧
CRISP_KEY = ⟦«hex64»⟧
WIDGET_TOKEN_COOKIE = crisp-client/session

[travel_api]
AMADEUS_API_KEY = ⟦?«alnum32»⟧
AMADEUS_API_SECRET = ⟦«alnum16»⟧
RAPIDAPI_KEY = ⟦«hex10»msh«hex15»p1«hex6»jsn«hex12»⟧
RAPIDAPI_HOST = skyscanner44.p.rapidapi.com
FX_APP_ID = ⟦?«hex32»⟧
BASE_CURRENCY = EUR
CACHE_KEY = fares:{from}:{to}:{date}

[nomad_digital_ocean]
DO_TOKEN = ⟦«do»⟧
SPACES_KEY = ⟦?DO00«upper16»⟧
SPACES_SECRET = ⟦«b64_43»⟧
SPACES_REGION = fra1
SSH_KEY_FINGERPRINT = «hex2»:«hex2»:«hex2»:«hex2»:«hex2»:«hex2»:«hex2»:«hex2»:«hex2»:«hex2»:«hex2»:«hex2»:«hex2»:«hex2»:«hex2»:«hex2»
DROPLET_ID = «digit9»

[container_pull]
DOCKERHUB_USER = acmebot
DOCKERHUB_PAT = ⟦dc«join:kr_pat_»«url27»⟧
DOCKER_CONFIG_JSON = {"auths":{"https://index.docker.io/v1/":{"auth":"⟦«b64:acmebot:«strong»»⟧"}}}
BASE_IMAGE = public.ecr.aws/lambda/python:3.12@sha256:«hex64»
ARTIFACTORY_URL = https://acme.jfrog.io/artifactory/api/pypi/pypi/simple
PIP_EXTRA_INDEX_URL = https://ci:⟦cmVm«join:dGtu»«alnum56»⟧@acme.jfrog.io/artifactory/api/pypi/pypi/simple

[backup_job]
RESTIC_REPOSITORY = s3:s3.eu-west-1.amazonaws.com/acme-backup
RESTIC_PASSWORD = ⟦«person»⟧
RESTIC_PASSWORD_FILE = /mnt/efs/restic.pw
RESTIC_KEY_HINT = «hex64»
RETENTION = 7d4w12m
B2_APPLICATION_KEY_ID = «hex25»
B2_APPLICATION_KEY = ⟦K00«alnum28»⟧

[proxy_out]
HTTPS_PROXY = http://svc-proxy:⟦«enc:«person»»⟧@«host»:3128
NO_PROXY = 169.254.169.254,.internal,localhost
HTTP_PROXY = http://«host»:3128
SSL_CERT_FILE = /opt/ca/corp-root.pem
PROXY_AUTH_SCHEME = negotiate

[wifi_portal]
UNIFI_URL = https://«host»:8443
UNIFI_USER = portal
UNIFI_PASSWORD = ⟦«pw»⟧
GUEST_SSID = Acme-Guest
GUEST_WPA_KEY = ⟦?Willkommen bei Acme «digit2»⟧
VOUCHER_TTL_HOURS = 24

[misleading_values]
API_URL = https://api.example.org/v1/users:batchGet@latest
SCHEDULE_KEY = «word»-«word»
PASSPORT_STRATEGY = saml
KEYBOARD_LAYOUT = de-nodeadkeys
MONKEY_PATCH = gevent
SECRETARY_EMAIL = sekretariat@example.org
TURNKEY_REGION = westeurope
COMPASS_URL = https://compass.example.org/tokens/design-tokens.json

[design_tokens]
DESIGN_TOKENS_URL = https://cdn.example.org/tokens/v4/«hex20».json
TOKEN_PREFIX = acme-
CSS_TOKEN_FORMAT = scss/variables
FIGMA_FILE_KEY = «alnum22»
FIGMA_TOKEN = ⟦fi«join:gd_»«url40»⟧
PALETTE = #0a2540,#635bff,#00d4ff

[webhook_receiver]
WEBHOOK_PATH = /hooks/«uuid»
WEBHOOK_SECRET_HEADER = X-Hub-Signature-256
WEBHOOK_SECRET = ⟦«hex64»⟧
CALENDLY_SIGNING_KEY = ⟦«url43»⟧
TYPEFORM_SECRET = ⟦«person»⟧
SVIX_APP_ID = app_«alnum27»
MAX_BODY_KB = 256

[queue_urls]
QUEUE_URL = https://sqs.eu-west-1.amazonaws.com/«digit12»/orders.fifo
DEDUPLICATION_KEY = orderId
MESSAGE_GROUP_KEY = tenantId
EVENT_BUS = arn:aws:events:eu-west-1:«digit12»:event-bus/acme
STATE_MACHINE_ARN = arn:aws:states:eu-west-1:«digit12»:stateMachine:order-flow
TASK_TOKEN_PATH = $$.Task.Token
BATCH_WINDOW = 5
"""
