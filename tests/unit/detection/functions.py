# ruff: noqa: E501 - one variable a line is what makes the table readable
"""Whole functions as they are in life, each variable labelled by hand, judged among its siblings.

``+`` holds a secret (``=>`` gives the innermost one where it is not the whole value), ``-`` holds
none, ``?`` is worth a mention of low confidence. ``*`` stands for any part of the value. The slots
in «…» are those of the table of single variables.
"""

from __future__ import annotations

FUNCTIONS = r"""
[checkout-payment-intent]
- STAGE = prod
- CURRENCY = eur
+ STRIPE_SECRET_KEY = sk«¦»_live_«alnum24»
- STRIPE_PUBLISHABLE_KEY = pk«¦»_live_«alnum24»
+ STRIPE_ENDPOINT_SECRET = whsec_«alnum32»
- ORDERS_TABLE = orders-prod
- SUCCESS_URL = https://shop.acme.io/thanks?session_id={CHECKOUT_SESSION_ID}
- IDEMPOTENCY_TABLE = idem-prod
- PAYMENT_METHODS = card,sepa_debit,klarna
- STATEMENT_DESCRIPTOR = ACME*SHOP

[adyen-notifications]
+ ADYEN_HMAC_KEY = «HEX64»
- ADYEN_MERCHANT_ACCOUNT = AcmeECOM
- ADYEN_CLIENT_KEY = live_«upper32»
+ ADYEN_API_KEY = AQEyhmfx«b6460»
- ADYEN_ENVIRONMENT = live
+ NOTIFICATION_BASIC_AUTH = adyen:Nq7-flutter => Nq7-flutter
- LIVE_ENDPOINT_URL_PREFIX = 1797a841fbb37ca7-AcmeInc

[paypal-webhook]
- PAYPAL_CLIENT_ID = A«url79»
+ PAYPAL_SECRET = E«url79»
- PAYPAL_WEBHOOK_ID = «upper17»
- PAYPAL_MODE = live
- PAYPAL_BASE_URL = https://api-m.paypal.com
+ LEDGER_DB_PASSWORD = gr33nLedger
- LEDGER_DB_HOST = ledger.cluster-abcdefghijkl.eu-west-1.rds.amazonaws.com
- LEDGER_DB_USER = ledger_rw
- LEDGER_DB_PORT = 5432

[razorpay-refund]
- RAZORPAY_KEY_ID = rzp_live_«alnum14»
+ RAZORPAY_KEY_SECRET = «alnum24»
+ RAZORPAY_WEBHOOK_SECRET = refundHook77
- REFUND_QUEUE = https://sqs.ap-south-1.amazonaws.com/123456789012/refunds
- MAX_REFUND_AMOUNT = 500000
- TOKENIZATION_ENABLED = true

[nightly-etl-orders]
- SOURCE_BUCKET = acme-raw-orders
- TARGET_PREFIX = curated/orders/dt=
+ REDSHIFT_PASSWORD = Etl!2022redshift
- REDSHIFT_USER = etl
- REDSHIFT_HOST = dwh.abc123xyz.eu-west-1.redshift.amazonaws.com
- REDSHIFT_COPY_ROLE = arn:aws:iam::123456789012:role/redshift-copy
- PRIMARY_KEYS = order_id,line_no
- SORT_KEYS = created_at
- DIST_KEY = customer_id
- WATERMARK_KEY = state/orders/watermark.json
- DELIMITER = |
- NULL_TOKEN = \N
- BATCH_SIZE = 5000

[snowflake-loader]
- SNOWFLAKE_ACCOUNT = xy12345.eu-west-1
- SNOWFLAKE_USER = LOADER
- SNOWFLAKE_ROLE = LOADER_ROLE
- SNOWFLAKE_WAREHOUSE = LOAD_WH
+ SNOWFLAKE_PRIVATE_KEY = «pem»
+ SNOWFLAKE_PRIVATE_KEY_PASSPHRASE = polar bear tango
- SNOWFLAKE_AUTHENTICATOR = SNOWFLAKE_JWT
- SNOWFLAKE_DATABASE = RAW

[dbt-trigger]
+ DBT_CLOUD_TOKEN = dbtc_«url40»
- DBT_CLOUD_ACCOUNT_ID = 70403103916142
- DBT_JOB_ID = 4122
- DBT_HOST = cloud.getdbt.com
+ GITHUB_TOKEN = gh«¦»p_«alnum36»
- GITHUB_REPO = acme/analytics

[kafka-bridge]
- BOOTSTRAP_SERVERS = b-1.acme.kafka.eu-west-1.amazonaws.com:9096,b-2.acme.kafka.eu-west-1.amazonaws.com:9096
- SASL_MECHANISM = SCRAM-SHA-512
- SECURITY_PROTOCOL = SASL_SSL
- SASL_USERNAME = bridge
+ SASL_PASSWORD = kfk;bridge=1
+ SASL_JAAS_CONFIG = org.apache.kafka.common.security.scram.ScramLoginModule required username="bridge" password="m0on#rise"; => m0on#rise
- SCHEMA_REGISTRY_URL = https://psrc-abc12.eu-central-1.aws.confluent.cloud
+ SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO = «upper16»:«b6464» => «b6464»
- KEY_SERIALIZER = org.apache.kafka.common.serialization.StringSerializer
- KEY_CONVERTER = avro
- GROUP_ID = bridge-v3

[support-chatbot]
+ OPENAI_API_KEY = sk«¦»-proj-«url48»
- OPENAI_MODEL = gpt-4o-mini
- OPENAI_ORG_ID = org-«alnum24»
- MAX_TOKENS = 1024
- TOKEN_LIMIT_PER_USER = 20000
- STOP_TOKENS = ###,END
- SYSTEM_PROMPT = You are a helpful assistant. Never reveal the API key or password.
+ PINECONE_API_KEY = «uuid»
- PINECONE_INDEX = support-docs
- PINECONE_ENVIRONMENT = us-east-1-aws
- EMBEDDING_KEY_PREFIX = emb:

[slack-bot]
+ SLACK_BOT_TOKEN = xo«¦»xb-«digit12»-«digit13»-«alnum24»
+ SLACK_APP_TOKEN = xa«¦»pp-1-A«upper10»-«digit13»-«hex64»
+ SLACK_SIGNING_SECRET = «hex32»
- SLACK_CLIENT_ID = «digit12».«digit13»
+ SLACK_CLIENT_SECRET = «hex32»
- SLACK_CHANNEL = C0«upper9»
- SLASH_COMMAND = /deploy
- BOT_NAME = acmebot

[telegram-alerts]
+ TELEGRAM_TOKEN = «digit10»:AA«url33»
- TELEGRAM_CHAT_ID = -1001234567890
- PARSE_MODE = MarkdownV2
- ALERT_THRESHOLD = 0.8

[discord-interactions]
- DISCORD_PUBLIC_KEY = «hex64»
- DISCORD_APPLICATION_ID = «digit18»
+ DISCORD_BOT_TOKEN = MTE«alnum23».G«alnum5».«url38»
+ DISCORD_CLIENT_SECRET = «url32»
- DISCORD_GUILD_ID = «digit18»

[iot-ingest]
- IOT_ENDPOINT = «lower14»-ats.iot.eu-central-1.amazonaws.com
- THING_GROUP = sensors
- MQTT_TOPIC = plant/+/telemetry
- MQTT_USER = gateway
+ MQTT_PASSWORD = s3nsor
+ INFLUX_TOKEN = «url86»==
- INFLUX_ORG = acme
- INFLUX_BUCKET = telemetry
- DEVICE_CERT = «certificate»
+ DEVICE_PRIVATE_KEY = «pem-escaped»
- ROOT_CA_PATH = /var/task/AmazonRootCA1.pem
- PARTITION_KEY_TEMPLATE = {device_id}#{yyyy-mm-dd}

[thermostat-sync]
+ TADO_PASSWORD = warm&cozy
- TADO_USERNAME = home@acme.io
+ TADO_CLIENT_SECRET = «alnum64»
- HOME_ID = 123456
- ZONE_KEY = living_room
+ WIFI_PSK = riverbank-1987
- POLL_INTERVAL = PT5M

[auth-login]
- USER_POOL_ID = eu-west-1_«alnum9»
- USER_POOL_CLIENT_ID = «lower26»
+ USER_POOL_CLIENT_SECRET = «lower51»
+ JWT_SECRET = the-quick-brown-fox
- JWT_ISSUER = https://auth.acme.io
- JWT_AUDIENCE = acme-web
- JWT_ALGORITHM = HS256
- ACCESS_TOKEN_TTL = 15m
- REFRESH_TOKEN_COOKIE = __Host-rt
- PASSWORD_MIN_ENTROPY = 3
- PASSWORD_RESET_URL = https://acme.io/reset?token={token}
- PASSWORDLESS_ENABLED = true
- BCRYPT_COST = 12
- MFA_ISSUER = Acme
+ PASSWORD_PEPPER = «hex32»
- CAPTCHA_SITE_KEY = 6L«url38»
+ CAPTCHA_SECRET_KEY = 6L«url38»

[custom-authorizer]
- JWKS_URI = https://acme.eu.auth0.com/.well-known/jwks.json
- TOKEN_ISSUER = https://acme.eu.auth0.com/
- AUDIENCE = https://api.acme.io
- API_ID = «lower10»
- AUTH_TYPE = JWT
- PUBLIC_KEY = «public-pem»
+ INTROSPECTION_CLIENT_SECRET = «url64»
- INTROSPECTION_CLIENT_ID = gateway

[sso-saml]
- SAML_ENTRY_POINT = https://login.acme.io/saml2
- SAML_ISSUER = acme-sp
- SAML_CERT = «certificate»
+ SAML_PRIVATE_KEY = «pem-escaped»
- SAML_SIGNATURE_ALGORITHM = sha256
+ SESSION_SECRET = keyboard cat
- SESSION_COOKIE = acme.sid

[crm-sync-salesforce]
- SF_LOGIN_URL = https://login.salesforce.com
- SF_USERNAME = integration@acme.io.prod
+ SF_PASSWORD = W1nter!sync
+ SF_SECURITY_TOKEN = «alnum24»
- SF_CLIENT_ID = 3MVG9«alnum80»
+ SF_CLIENT_SECRET = «HEX64»
- SF_API_VERSION = v58.0
- EXTERNAL_KEY_FIELD = Acme_Id__c
- SYNC_WINDOW = 15

[hubspot-contacts]
+ HUBSPOT_ACCESS_TOKEN = pat-eu1-«uuid»
- HUBSPOT_PORTAL_ID = 25671234
- HUBSPOT_OWNER_ID = 51234567
- CONTACT_KEY = email
- LIFECYCLE_STAGE = lead

[zendesk-export]
- ZENDESK_SUBDOMAIN = acme
- ZENDESK_EMAIL = bot@acme.io
+ ZENDESK_API_TOKEN = «alnum40»
- EXPORT_BUCKET = acme-zendesk
- SINCE_DAYS = 7

[transactional-mail]
+ SENDGRID_API_KEY = SG«¦».«url22».«url43»
- FROM_ADDRESS = no-reply@acme.io
- TEMPLATE_PASSWORD_RESET = d-«hex32»
- RESET_PASSWORD_TEMPLATE_ID = d-«hex32»
- UNSUBSCRIBE_GROUP = 14
+ UNSUBSCRIBE_SIGNING_KEY = «b6443»=
- TRACKING_DOMAIN = links.acme.io

[smtp-relay]
- SMTP_HOST = email-smtp.eu-west-1.amazonaws.com
- SMTP_USERNAME = «akia»
+ SMTP_PASSWORD = B«b6443»
- SMTP_PORT = 587
- SMTP_SECURE = starttls
- DKIM_SELECTOR = acme1
+ DKIM_PRIVATE_KEY = «pem»
- DKIM_PUBLIC_KEY = «public-pem»

[newsletter-mailjet]
- MAILJET_API_KEY = «hex32»
+ MAILJET_API_SECRET = «hex32»
- LIST_ID = 10234
- SENDER_NAME = Acme News

[sms-twilio]
- TWILIO_ACCOUNT_SID = AC«hex32»
+ TWILIO_AUTH_TOKEN = «hex32»
- TWILIO_MESSAGING_SERVICE_SID = MG«hex32»
- FROM_NUMBER = +4915112345678
- DEFAULT_COUNTRY = DE

[sms-vonage]
- VONAGE_API_KEY = «hex8»
+ VONAGE_API_SECRET = «alnum16»
- VONAGE_BRAND = Acme
+ VONAGE_SIGNATURE_SECRET = «alnum32»

[site-search]
- ALGOLIA_APP_ID = «upper10»
+ ALGOLIA_ADMIN_API_KEY = «hex32»
- ALGOLIA_SEARCH_API_KEY = «hex32»
- ALGOLIA_INDEX = products_prod
- FACET_KEYS = brand,color,size
- HIGHLIGHT_PRE_TAG = <em>

[elastic-indexer]
- ELASTIC_CLOUD_ID = acme:ZXUtd2VzdC0xLmF3cy5mb3VuZC5pbyQ0ZmE4
- ELASTIC_USERNAME = elastic
+ ELASTIC_PASSWORD = «alnum24»
+ ELASTIC_API_KEY = «b6460»==
- INDEX_NAME = products-v7
- ANALYZER_TOKENIZER = edge_ngram
- MIN_TOKEN_LENGTH = 2
- TOKEN_CHARS = letter,digit

[ml-inference]
- MODEL_BUCKET = acme-models
- MODEL_KEY = sentiment/v12/model.tar.gz
- MODEL_SHA256 = «hex64»
- TOKENIZER_PATH = /opt/ml/tokenizer.json
+ HF_TOKEN = hf«¦»_«alnum34»
- SPECIAL_TOKENS = [CLS],[SEP],[PAD]
- MAX_SEQ_LEN = 512
- ENDPOINT_NAME = sentiment-prod
- RANDOM_SEED = 20231
- LABEL_KEYS = pos,neg,neutral

[ml-experiment-sync]
+ WANDB_API_KEY = «hex40»
- WANDB_PROJECT = churn
- WANDB_ENTITY = acme-ml
+ MLFLOW_TRACKING_PASSWORD = tracking
- MLFLOW_TRACKING_USERNAME = mlflow
- MLFLOW_TRACKING_URI = https://mlflow.acme.io
+ DATABRICKS_TOKEN = dapi«hex32»
- DATABRICKS_HOST = https://adb-1234567890123456.7.azuredatabricks.net

[image-resizer]
- CLOUDINARY_CLOUD_NAME = acme
- CLOUDINARY_API_KEY = «digit15»
+ CLOUDINARY_API_SECRET = «url27»
- ALLOWED_FORMATS = webp,avif,jpeg
+ URL_SIGNATURE_SALT = «hex32»
- CACHE_CONTROL = public, max-age=31536000
- S3_KEY_PATTERN = {tenant}/{yyyy}/{uuid}.webp

[cdn-signer]
- CLOUDFRONT_KEY_PAIR_ID = K«upper13»
+ CLOUDFRONT_PRIVATE_KEY = «pem-escaped»
- CLOUDFRONT_DOMAIN = d«lower13».cloudfront.net
- SIGNED_URL_TTL = 3600
- KEY_GROUP_ID = «uuid»

[geo-lookup]
- NEXT_PUBLIC_MAPBOX_TOKEN = pk«¦».ey«¦»J1IjoiYWNtZSIsImEiOiJ«alnum20»In0.«url22»
+ GEOCODER_API_KEY = «alnum32»
- MAXMIND_ACCOUNT_ID = 123456
+ MAXMIND_LICENSE_KEY = «alnum16»
- GEOIP_EDITION = GeoLite2-City
- DEFAULT_LATLNG = 52.5200,13.4050

[weather-cron]
+ OPENWEATHER_KEY = «hex32»
- CITY = Berlin
- UNITS = metric
- SCHEDULE = rate(10 minutes)

[firebase-push]
+ FIREBASE_SERVICE_ACCOUNT = {"type":"service_account","project_id":"acme","private_key_id":"«hex40»","private_key":"«pem-escaped»\n","client_email":"x@acme.iam.gserviceaccount.com"} => *
- FIREBASE_DATABASE_URL = https://acme.firebaseio.com
- FIREBASE_API_KEY = AI«¦»za«url35»
- FIREBASE_AUTH_DOMAIN = acme.firebaseapp.com
- VAPID_PUBLIC_KEY = B«url86»
+ VAPID_PRIVATE_KEY = «url43»
+ FCM_SERVER_KEY = AAAA«url7»:APA91b«url134»

[social-poster]
- TWITTER_CONSUMER_KEY = «alnum25»
+ TWITTER_CONSUMER_SECRET = «alnum50»
+ TWITTER_ACCESS_TOKEN = «digit19»-«alnum30»
+ TWITTER_ACCESS_TOKEN_SECRET = «alnum45»
- HASHTAG = acme
+ FB_PAGE_ACCESS_TOKEN = EAAB«alnum120»
- FB_PAGE_ID = «digit15»
- FB_APP_ID = «digit15»
+ FB_APP_SECRET = «hex32»
+ FB_VERIFY_TOKEN = acme_hub_verify_1

[shopify-orders]
- SHOPIFY_SHOP = acme.myshopify.com
+ SHOPIFY_ACCESS_TOKEN = sh«¦»pat_«hex32»
+ SHOPIFY_WEBHOOK_SECRET = «hex64»
- SHOPIFY_API_VERSION = 2024-01
- LOCATION_GID = gid://shopify/Location/1234567

[woocommerce-stock]
- WC_URL = https://store.acme.io
+ WC_CONSUMER_SECRET = cs_«hex40»
- WC_VERSION = wc/v3
- SKU_KEY = sku
+ WP_APP_PASSWORD = «alnum4» «alnum4#2» «alnum4#3» «alnum4#4» «alnum4#5» «alnum4#6»

[legacy-oracle-report]
- ORACLE_USER = REPORTS
+ ORACLE_PASSWORD = reports
- ORACLE_DSN = ora.acme.internal:1521/ORCLPDB1
- NLS_LANG = AMERICAN_AMERICA.AL32UTF8
- REPORT_KEY = monthly/2024-01.pdf
+ SFTP_PASSWORD = p"w'd with spaces
- SFTP_HOST_KEY = ssh-ed25519 AAAA«b6464»
- SFTP_HOST = sftp.acme.io

[dotnet-invoices]
+ ConnectionStrings__Invoices = Server=tcp:acme.database.windows.net,1433;Initial Catalog=Invoices;User ID=svc;Password=Fj9$kk=2;Encrypt=True; => Fj9$kk=2
+ Smtp__Password = mail-out
- Smtp__Host = smtp.acme.io
- Jwt__Issuer = acme
+ Jwt__Key = ThisIsMySuperSecretSigningKey2024
- Logging__LogLevel__Default = Warning
- ASPNETCORE_ENVIRONMENT = Production
- FeatureManagement__NewTokenFlow = true

[java-orders]
+ SPRING_DATASOURCE_PASSWORD = change.it.later
- SPRING_DATASOURCE_URL = jdbc:mariadb://orders.acme.io:3306/orders
- SPRING_DATASOURCE_USERNAME = orders
+ SPRING_REDIS_PASSWORD = r3dis
- SPRING_PROFILES_ACTIVE = prod,aws
- JAVA_TOOL_OPTIONS = -XX:+UseSerialGC -Djavax.net.ssl.trustStore=/opt/certs/trust.jks
- SERVER_SSL_KEY_STORE = classpath:keystore.p12
+ SERVER_SSL_KEY_STORE_PASSWORD = storepass
- SERVER_SSL_KEY_ALIAS = tomcat

[django-admin-tasks]
+ SECRET_KEY = «lower20»!«lower10»^&«lower18»
+ DATABASE_URL = postgis://gis:%24m4ps%24@gis.acme.io/gis => $m4ps$
+ CELERY_BROKER_URL = sqs://«akia»:«alnum40»@ => «alnum40»
- CSRF_TRUSTED_ORIGINS = https://acme.io
- CSRF_COOKIE_NAME = csrftoken
- SESSION_COOKIE_SECURE = 1
- PASSWORD_HASHERS = django.contrib.auth.hashers.Argon2PasswordHasher
- DJANGO_SUPERUSER_USERNAME = root
+ DJANGO_SUPERUSER_PASSWORD = root
+ SENTRY_AUTH_TOKEN = sntrys_«url80»
- SENTRY_DSN = https://«hex32»@o1.ingest.sentry.io/2

[observability-forwarder]
+ DD_API_KEY = «hex32»
+ DD_APPLICATION_KEY = «hex40»
- DD_SITE = datadoghq.eu
- DD_TAGS = env:prod,team:core
- DD_KMS_API_KEY = AQICAHh«b64120»==
+ SPLUNK_HEC_TOKEN = «uuid»
- SPLUNK_HEC_URL = https://hec.acme.io:8088/services/collector
+ OTEL_EXPORTER_OTLP_HEADERS = Authorization=Basic «basic:123456:glc_eyJvIjoiMTIzNDU2IiwibiI6ImFjbWUifQ» => *
+ NEW_RELIC_LICENSE_KEY = «hex36»NRAL
- NEW_RELIC_ACCOUNT_ID = 3412345
- HONEYCOMB_DATASET = orders
+ LOGZIO_TOKEN = «alnum32»

[cross-account-copy]
- SOURCE_ACCESS_KEY_ID = «akia»
+ SOURCE_SECRET_ACCESS_KEY = «b6440»
- DEST_BUCKET = acme-dr
- DEST_KMS_KEY = arn:aws:kms:us-east-1:123456789012:key/«uuid»
- ROLE_EXTERNAL_ID = acme-«hex12»
- OBJECT_LOCK_MODE = COMPLIANCE

[minio-archive]
- MINIO_ENDPOINT = minio.acme.local:9000
- MINIO_ACCESS_KEY = archive
+ MINIO_SECRET_KEY = archive-me-9
- MINIO_BUCKET = cold
- RETENTION_KEY = retain-until

[git-mirror]
+ GITLAB_TOKEN = gl«¦»pat-«url20»
+ MIRROR_URL = https://oauth2:«alnum26»@gitlab.acme.io/core/app.git => «alnum26»
+ DEPLOY_KEY = «pem»
- DEPLOY_KEY_TITLE = mirror
- KNOWN_HOSTS = github.com ssh-ed25519 AAAA«b6464»
- BRANCH = main
+ NPM_TOKEN = npm«¦»_«alnum36»

[atlassian-webhooks]
- JIRA_BASE_URL = https://acme.atlassian.net
- JIRA_USER = bot@acme.io
+ JIRA_API_TOKEN = ATATT3xFf«url180»
- JIRA_PROJECT_KEY = OPS
- ISSUE_KEY_REGEX = [A-Z]+-\d+
+ CONFLUENCE_PASSWORD = Wiki$2021
- TRELLO_KEY = «hex32»
+ TRELLO_TOKEN = «hex64»

[crypto-payout]
+ WALLET_PRIVATE_KEY = 0x«hex64»
- WALLET_ADDRESS = 0x«hex40»
- USDC_TOKEN = 0x«hex40»
- CHAIN_ID = 137
+ RPC_URL = https://polygon-mainnet.g.alchemy.com/v2/«alnum32» => *
+ ETHERSCAN_API_KEY = «upper34»
- GAS_LIMIT = 210000

[trading-bot]
+ BINANCE_API_SECRET = «alnum64»
+ KRAKEN_PRIVATE_KEY = «b6486»==
- SYMBOL = BTCUSDT
- SEED_CAPITAL = 10000
- STRATEGY_KEY = mean_reversion

[feature-flags]
+ LAUNCHDARKLY_SDK_KEY = sdk-«uuid»
- LAUNCHDARKLY_CLIENT_SIDE_ID = «hex24»
- FLAG_KEYS = new-checkout,dark-mode
- AMPLITUDE_API_KEY = «hex32»
- SEGMENT_WRITE_KEY = «alnum32»
- MIXPANEL_TOKEN = «hex32»
- POSTHOG_KEY = phc_«alnum43»

[partner-gateway]
+ PARTNER_API_KEYS = «hex32»,«hex32#2»,«hex32#3»
+ PARTNER_CREDENTIALS = {"acme":{"user":"acme","password":"x"},"beta":{"user":"beta","password":"b3ta!pw"}} => *
+ INBOUND_SHARED_SECRET = open.sesame
+ HMAC_SECRET_CURRENT = «hex64»
- HMAC_HEADER = x-acme-signature
- HMAC_SECRET_VERSION = 3
- RATE_LIMIT_KEY = ip
- API_KEY_SOURCE_HEADER = x-api-key
- ALLOWED_API_KEY_IDS = «lower10»,«lower10#2»

[hr-ldap-sync]
- LDAP_URL = ldaps://dc1.corp.acme.io:636
- LDAP_BIND_DN = CN=svc-sync,OU=Service,DC=corp,DC=acme,DC=io
+ LDAP_BIND_PASSWORD = $vc-$ync$
- LDAP_SEARCH_FILTER = (&(objectClass=person)(mail=*))
- LDAP_PASSWORD_ATTRIBUTE = unicodePwd
- WORKDAY_TENANT = acme
? WORKDAY_PASSWORD = 0
+ BAMBOOHR_KEY = «hex40»

[media-transcoder]
+ MUX_TOKEN_SECRET = «b6475»
- MUX_TOKEN_ID = «uuid»
+ AGORA_APP_CERTIFICATE = «hex32»
- AGORA_APP_ID = «hex32»
- DRM_KEY_PROVIDER = speke
- HLS_KEY_URL = https://drm.acme.io/keys/{kid}
+ CONTENT_ENCRYPTION_KEY = «hex32»
- CONTENT_KEY_ID = «uuid»

[db-migrator]
+ MIGRATE_DSN = mysql://root:@9root@tcp-db.acme.io:3306/app?multiStatements=true => *
- MIGRATIONS_TABLE = schema_migrations
- DB_SECRET_ARN = arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf
- DB_PASSWORD_SECRET = prod/db/password
+ SHADOW_DATABASE_URL = postgres://shadow:shadow@localhost:5432/shadow => shadow
- DB_IAM_AUTH = true
- PGSSLROOTCERT = /var/task/rds-ca.pem
+ PGPASSWORD = 4711

[terraform-runner]
+ TFE_TOKEN = «alnum14».atlasv1.«alnum67»
+ TF_VAR_db_password = wint%er&sun
+ ARM_CLIENT_SECRET = «alnum3»8Q~«alnum34»
- ARM_CLIENT_ID = «uuid»
- ARM_TENANT_ID = «uuid»
+ ARM_ACCESS_KEY = «b6486»==
- TF_STATE_KEY = prod/network.tfstate
- TF_LOCK_TABLE = tf-locks
+ CLOUDFLARE_API_KEY = «hex37»
- CLOUDFLARE_ZONE_ID = «hex32»
- CLOUDFLARE_EMAIL = ops@acme.io
"""
