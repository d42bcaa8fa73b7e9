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
+ GITHUB_TOKEN = «github»
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
+ OTEL_EXPORTER_OTLP_HEADERS = Authorization=Basic «basic:123456:cloud-t0ken-99ab» => *
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

[insurance-claims]
- CLAIMS_TABLE = claims
+ CLAIMS_DB_PASS = Cl@ims$Prod^24
- CLAIMS_DB_SCHEMA = public
+ DOCUSIGN_RSA_KEY = «pem-escaped»
- DOCUSIGN_INTEGRATION_KEY = «uuid»
- DOCUSIGN_USER_ID = «uuid»
+ DOCUSIGN_CONNECT_HMAC = «b6443»=
- OAUTH_BASE_PATH = account.docusign.com
- APPROVAL_TOKEN_EXPIRY = 48h

[clinic-reminders]
+ DB_PWD = patient
- DB_CONN_MAX = 5
- SMS_SENDER = Clinic
+ MESSAGEBIRD_ACCESS_KEY = «alnum25»
+ PHI_ENCRYPTION_KEY = «b6443»=
- PHI_ENCRYPTION_ENABLED = true
- KEY_ROTATION = quarterly
- REMINDER_TEMPLATE = Your code is {code}. Do not share this password.

[ticketing]
- EVENTBRITE_ORG = 123456789
+ EVENTBRITE_PRIVATE_TOKEN = «upper20»
- EVENTBRITE_PUBLIC_TOKEN = «upper20»
+ WALLET_PASS_CERT_PASSWORD = passbook1
- WALLET_PASS_TYPE = pass.io.acme.ticket
- WALLET_TEAM_ID = «upper10»
- SEAT_KEY = row-seat
- MAX_PASSES = 6

[game-backend]
+ GAMELIFT_SHARED_SECRET = dragonfire
+ STEAM_WEB_API_KEY = «HEX32»
- STEAM_APP_ID = 480
+ PLAYFAB_SECRET_KEY = «upper50»
- PLAYFAB_TITLE_ID = A1B2C
- MATCH_KEY = ranked-eu
- SESSION_TOKEN_BYTES = 32
- PASS_AND_PLAY = true
- BATTLE_PASS_SEASON = 7

[logistics-tracker]
- DHL_SITE_ID = v62_abc
+ DHL_API_SECRET = «alnum16»
+ UPS_CLIENT_SECRET = «alnum64»
- UPS_ACCOUNT = A1B2C3
+ FEDEX_SECRET_KEY = «hex32»
- TRACKING_NUMBER_REGEX = ^1Z[0-9A-Z]{16}$
+ TRACKING_DB_PASSWORD = parcel
- HERE_APP_ID = «alnum20»
+ HERE_API_KEY = «url43»

[bank-feed]
+ PLAID_SECRET = «hex30»
- PLAID_CLIENT_ID = «hex24»
- PLAID_ENV = production
- PLAID_PRODUCTS = auth,transactions
+ MTLS_KEY = «pem»
- MTLS_CERT = «certificate»
+ MTLS_KEY_PASSPHRASE = river.stone
- IBAN = DE89370400440532013000
+ FINTS_PIN = 48213
- BANK_CODE = 37040044

[video-meetings]
- ZOOM_ACCOUNT_ID = «url22»
- ZOOM_CLIENT_ID = «url22»
+ ZOOM_CLIENT_SECRET = «alnum32»
+ ZOOM_WEBHOOK_SECRET_TOKEN = «url22»
- MEETING_PASSWORD_REQUIRED = yes
+ TWILIO_API_SECRET = «alnum32»
- TWILIO_API_KEY_SID = SK«hex32»
+ LIVEKIT_API_SECRET = «alnum43»

[docs-search-rag]
+ ANTHROPIC_API_KEY = sk-ant«¦»-api03-«url93»AA
+ COHERE_KEY = «alnum40»
+ QDRANT_API_KEY = «url54»
- QDRANT_URL = https://«uuid».eu-central-1-0.aws.cloud.qdrant.io:6333
+ PG_VECTOR_DSN = postgresql://rag:r@g-2024@pg.acme.io:5432/rag => *
- CHUNK_TOKENS = 512
- OVERLAP_TOKENS = 64
- RERANK_MODEL = rerank-english-v3.0
- TOKEN_ENCODING = cl100k_base
- CITATION_KEY = source_uri
+ AZURE_OPENAI_KEY = «hex32»
- AZURE_OPENAI_ENDPOINT = https://acme.openai.azure.com/
- AZURE_OPENAI_DEPLOYMENT = gpt4o

[legacy-ftp-drop]
- FTP_SERVER = ftp.partner.example.net
- FTP_LOGIN = acme01
+ FTP_PASSWD = acme01
+ ZIP_PASSWORD = acme-2019
- PGP_KEY_ID = 0x«HEX16»
+ PGP_PASSPHRASE = it's a kind of magic
- PGP_PUBLIC_KEY_FILE = keys/partner.asc
- FILE_MASK = ORD_*.csv
- LOCK_FILE_KEY = lock/.inprogress

[k8s-reporter]
- CLUSTER_ENDPOINT = https://«HEX32».gr7.eu-west-1.eks.amazonaws.com
+ KUBE_TOKEN = «jwt»
- CLUSTER_CA = LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t«b64120»
+ REGISTRY_PASSWORD = ${not-a-ref
- REGISTRY_USER = robot$reporter
+ ARGOCD_TOKEN = «jwt»
+ VAULT_ROLE_SECRET_ID = «uuid»
- VAULT_ROLE_ID = «uuid»
- VAULT_ADDR = https://vault.acme.io:8200
- VAULT_SECRET_PATH = secret/data/reporter

[erp-bridge]
- SAP_ASHOST = 10.1.2.3
- SAP_CLIENT = 100
- SAP_USER = RFCUSER
+ SAP_PASSWD = INIT
+ ODATA_BASIC = Basic «basic:rfcuser:Pa:ss:99» => Pa:ss:99
+ NETSUITE_TOKEN_SECRET = «hex64»
- NETSUITE_TOKEN_ID = «hex64»
- NETSUITE_CONSUMER_KEY = «hex64»
+ NETSUITE_CONSUMER_SECRET = «hex64»
- NETSUITE_REALM = 1234567_SB1

[auth-magic-link]
+ MAGIC_LINK_SECRET = sesame
- MAGIC_LINK_TTL = 600
- MAGIC_LINK_BASE = https://acme.io/magic?token=
+ COGNITO_TRIGGER_SHARED_KEY = «alnum24»
- ALLOWED_DOMAINS = acme.io
+ APPLE_PRIVATE_KEY = «pem-escaped»
- APPLE_KEY_ID = «upper10»
- APPLE_TEAM_ID = «upper10»
+ OIDC_CLIENT_SECRET = «url40»
- OIDC_TOKEN_ENDPOINT_AUTH_METHOD = client_secret_post
- AUTH_COOKIE_KEY_NAME = acme_auth
+ AUTH_COOKIE_KEYS = «hex32»,«hex32#2»
- PASSKEY_RP_ID = acme.io
- PASSKEY_ORIGIN = https://acme.io
- OTP_ALPHABET = 0123456789

[iot-provision]
- PROVISIONING_TEMPLATE = fleet
+ CLAIM_PRIVATE_KEY_B64 = LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQo«b64200» => *
- CLAIM_CERT_ID = «hex64»
+ LORA_APP_KEY = «HEX32»
- LORA_DEV_EUI = «HEX16»
- LORA_APP_EUI = «HEX16»
+ THINGSBOARD_TOKEN = «alnum20»
+ DEVICE_HUB_CONN = HostName=acme.azure-devices.net;SharedAccessKeyName=iothubowner;SharedAccessKey=«b6443»= => «b6443»=
+ OTA_SIGNING_KEY = «hex64»
- OTA_PUBLIC_KEY = «hex64»

[analytics-pixel]
- GA_MEASUREMENT_ID = G-«upper10»
+ GA_API_SECRET = «url22»
- PIXEL_ID = «digit15»
+ META_CAPI_TOKEN = EAAG«alnum120»
+ TIKTOK_ACCESS_TOKEN = «hex40»
- CONSENT_KEY = analytics_storage
- ANON_SALT_ROTATION = daily
+ ANON_SALT = «hex32»
+ CLICKHOUSE_PASSWORD = click.house
- CLICKHOUSE_URL = https://abc.eu-central-1.aws.clickhouse.cloud:8443

[release-bot]
+ GH_APP_PRIVATE_KEY = «pem»
- GH_APP_ID = 123456
- GH_INSTALLATION_ID = 34567890
+ GH_WEBHOOK_SECRET = itsasecret
+ PYPI_TOKEN = pypi-AgEIcHlwaS5vcmc«url140»
+ DOCKERHUB_PASSWORD = dckr_pat_«url27»
- DOCKERHUB_USERNAME = acmebot
+ SONAR_LOGIN = squ_«hex40»
- SIGNING_KEY_FINGERPRINT = «HEX40»
+ NUGET_KEY = oy2«lower43»
- RELEASE_CHANNEL = stable
- COMMIT_TOKEN_PREFIX = rel-

[monitor-oncall]
+ PAGERDUTY_ROUTING_KEY = «hex32»
+ OPSGENIE_API_KEY = «uuid»
+ STATUSPAGE_API_KEY = «uuid»
- STATUSPAGE_PAGE_ID = «lower12»
+ GRAFANA_SA_TOKEN = glsa_«alnum32»_«hex8»
+ UPTIME_WEBHOOK = https://hc-ping.com/«uuid»
+ TEAMS_WEBHOOK = https://acme.webhook.office.com/webhookb2/«uuid»@«uuid#2»/IncomingWebhook/«hex32»/«uuid#3»
- RUNBOOK_URL = https://wiki.acme.io/runbooks/token-expired
- SEVERITY_KEY = sev

[ads-bidder]
+ REDIS_URL = redis://:p%23ss@bid.cache.acme.io:6379/1 => p#ss
+ AEROSPIKE_PASSWORD = bid
- AEROSPIKE_NAMESPACE = bids
+ GOOGLE_ADS_DEVELOPER_TOKEN = «url22»
+ GOOGLE_ADS_REFRESH_TOKEN = 1//0«url60»
- GOOGLE_ADS_LOGIN_CUSTOMER_ID = 1234567890
- BID_FLOOR = 0.15
+ IP_HASH_KEY = «hex32»
- CREATIVE_KEY = creatives/728x90.html

[school-portal]
+ MOODLE_WSTOKEN = «hex32»
- MOODLE_URL = https://moodle.acme.edu
+ LTI_SHARED_SECRET = «alnum24»
- LTI_CONSUMER_KEY = acme-lti
+ STUDENT_DEFAULT_PW = Welcome2School
- PASS_MARK = 50
- GRADE_KEYS = A,B,C
? ADMIN_PASSWORD = 1

[hotel-booking]
- CHANNEL = booking.com
+ CHANNEL_MANAGER_PASSWORD = Suite#404
- CHANNEL_MANAGER_LOGIN = hotel42
+ SITEMINDER_API_KEY = «alnum32»
- ROOM_KEY_FORMAT = mifare
- DOOR_LOCK_VENDOR = salto
+ DOOR_LOCK_API_SECRET = «hex40»
- GUEST_TOKEN_LIFETIME = P1D

[food-delivery]
+ UBER_CLIENT_SECRET = «url40»
- UBER_CLIENT_ID = «url32»
+ DELIVEROO_BASIC = Basic «basic:acme:eats-99» => eats-99
- MENU_KEY = menus/{store}/latest.json
+ POS_PASSWORD = 9876
- POS_TERMINAL = T-100
- TIP_OPTIONS = 10,15,20

[tax-filing]
+ ELSTER_PIN = 123789
- ELSTER_CERT_PATH = /var/task/elster.pfx
+ ELSTER_PFX_PASSWORD = steuer
- TAX_YEAR = 2024
+ VAT_API_BEARER = «alnum48»
- VAT_ID = DE123456789

[e-commerce-feed]
+ AMAZON_SP_REFRESH_TOKEN = Atzr|«url180»
+ AMAZON_LWA_CLIENT_SECRET = amzn1.oa2-cs.v1.«hex64»
- AMAZON_LWA_CLIENT_ID = amzn1.application-oa2-client.«hex32»
- MARKETPLACE_ID = A1PA6795UKMFR9
+ EBAY_CERT_ID = PRD-«hex12»-«hex4»-«hex4#2»-«hex4#3»-«hex4#4»
+ ETSY_SHARED_SECRET = «lower10»
- FEED_KEY_COLUMNS = sku,asin

[chat-moderation]
+ PERSPECTIVE_API_KEY = AI«¦»za«url35»
+ REDDIT_PASSWORD = up-vote
- REDDIT_USERNAME = acme_mod
- REDDIT_CLIENT_ID = «url22»
+ REDDIT_CLIENT_SECRET = «url30»
+ TWITCH_OAUTH = oauth:«lower30» => «lower30»
- BANNED_TOKENS = spam,scam,free
- TOKEN_SIMILARITY = 0.85
- USER_AGENT = acme-mod/1.2 (by /u/acme_mod)

[geo-tiles]
+ MAPTILER_KEY = «alnum20»
- TILE_KEY_PATTERN = {z}/{x}/{y}.pbf
+ POSTGIS_URL = postgis://tiles:t%3Ales@10.0.4.4/tiles => t:les
- SRID = 3857
- CACHE_KEY_VERSION = v7

[print-shop]
- PRINTFUL_STORE = 998877
+ PRINTFUL_TOKEN = «alnum40»
+ GELATO_API_KEY = «uuid»-«lower8»:«uuid#2»
- PDF_OWNER = acme
+ PDF_OWNER_PASSWORD = draft
- PDF_PERMISSIONS = print

[voice-assistant]
- ALEXA_SKILL_ID = amzn1.ask.skill.«uuid»
+ ALEXA_CLIENT_SECRET = «hex64»
+ ELEVENLABS_API_KEY = sk_«hex48»
+ DEEPGRAM_KEY = «hex40»
- VOICE_ID = «alnum20»
+ SPOTIFY_CLIENT_SECRET = «hex32»
- SPOTIFY_CLIENT_ID = «hex32»
- WAKE_WORD = acme
- INTENT_KEY = PlayMusic

[fleet-maintenance]
+ SAMSARA_API_TOKEN = samsara_api_«alnum30»
+ TELEMATICS_DB_CONN = Server=tele;Port=3306;Database=fleet;Uid=svc;Pwd=tr;uck; => tr
- VIN_REGEX = ^[A-HJ-NPR-Z0-9]{17}$
- KEY_FOB_COUNT = 2
+ GEOTAB_PASSWORD = Tr*ck?24
- GEOTAB_DATABASE = acme

[ai-image]
+ REPLICATE_API_TOKEN = r8_«alnum37»
+ STABILITY_KEY = sk-«alnum48»
- IMAGE_MODEL = sdxl
- NEGATIVE_PROMPT = blurry, password, watermark
- OUTPUT_KEY_TEMPLATE = out/{job}.png
+ CALLBACK_SECRET = pixel
- SEED = 1234567890

[university-ldap]
- LDAP_SERVER = ldaps://ldap.uni.example.edu
- LDAP_BASE = ou=people,dc=uni,dc=edu
+ LDAP_MANAGER_PW = pr0f/essor
+ RADIUS_SECRET = testing123
- RADIUS_HOST = 10.9.8.7
- EDUROAM_REALM = uni.edu
+ SHIB_KEY = «pem-escaped»
- SHIB_CERT = «certificate»

[backup-vault]
+ RESTIC_PASSWORD = correct battery horse
- RESTIC_REPOSITORY = s3:s3.amazonaws.com/acme-backup
+ B2_APPLICATION_KEY = K004«b6427»
- B2_APPLICATION_KEY_ID = 004«hex22»
+ BORG_PASSPHRASE = borg
+ WASABI_SECRET_KEY = «alnum40»
- WASABI_ACCESS_KEY = «upper20»
- KEEP_DAILY = 7
- ENCRYPTION = repokey

[payroll]
+ GUSTO_CLIENT_SECRET = «url43»
+ SFTP_PRIVATE_KEY_B64 = «b64400»
- SFTP_FINGERPRINT = SHA256:«b6443»
+ DB_PASSWORD = S@l%40ry${2024}
- DB_HOST = payroll.cluster-ro-abcdefghijkl.us-east-1.rds.amazonaws.com
- PAYSLIP_BUCKET = acme-payslips-«hex8»
+ PAYSLIP_PDF_PASSWORD_SALT = «alnum16»
- APPROVERS = cfo@acme.io,hr@acme.io

[search-crawler]
+ BRIGHTDATA_PROXY = http://brd-customer-hl_1234-zone-dc:«lower12»@brd.superproxy.io:22225 => «lower12»
+ SERPAPI_KEY = «hex64»
+ BING_SUBSCRIPTION_KEY = «hex32»
- ROBOTS_AGENT = acmebot
- SITEMAP_KEY = sitemaps/main.xml.gz
+ MEILI_MASTER_KEY = aSampleMasterKey9
- MEILI_SEARCH_KEY = «hex64»
- DEDUPE_HASH = xxhash64
- STOPWORD_TOKENS = the,a,of

[nightly-report]
- AWS_LAMBDA_FUNCTION_TIMEOUT = 900
- REPORT_PASSWORD_PROTECTED = 1
+ REPORT_ZIP_PASSWORD = 2024
- REPORT_RECIPIENTS = board@acme.io
- METABASE_URL = https://bi.acme.io
+ METABASE_PASSWORD = Metabase!
+ METABASE_SECRET_KEY = «hex64»
+ TABLEAU_PAT_SECRET = «b6424»==:«alnum32»
- TABLEAU_PAT_NAME = nightly
- LOOKER_CLIENT_ID = «alnum20»
+ LOOKER_CLIENT_SECRET = «alnum24»
"""

BY_PREFIX = frozenset(["SONAR_LOGIN"])
"""Told by the issuer's prefix alone, so that only the catalogue knows them."""
