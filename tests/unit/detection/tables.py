# ruff: noqa: E501 - one row a line is what makes the table readable
"""Variables of functions as they are in life, labelled by hand.

One a line, ``NAME = value``; in the table of secrets ``=>`` gives the innermost secret where it is
not the whole value. ``«hex32»`` and the like are made up afresh on each run, so that nothing here
reads like a real credential; ``«¦»`` keeps a vendor's prefix in two pieces.
"""

from __future__ import annotations

import base64
import random
import re
import string
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from secretshift.detection.checksums import base62

_ALPHABETS = {
    "hex": "0123456789abcdef",
    "HEX": "0123456789ABCDEF",
    "alnum": string.ascii_letters + string.digits,
    "lower": string.ascii_lowercase + string.digits,
    "upper": string.ascii_uppercase + string.digits,
    "b64": string.ascii_letters + string.digits + "+/",
    "url": string.ascii_letters + string.digits + "-_",
    "digit": string.digits,
}


@dataclass(frozen=True)
class Row:
    name: str
    value: str
    secret: str = ""


class Maker:
    """Fills the slots of a table; the same slot and number in one row gives the same text."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._named: dict[str, str] = {}

    def text(self, alphabet: str, size: int) -> str:
        letters = _ALPHABETS[alphabet]
        while True:
            made = "".join(self._random.choice(letters) for _ in range(size))
            if (
                size < 12
                or alphabet == "digit"
                or (any(c.isdigit() for c in made) and len(set(made)) > min(size, 12) // 2)
            ):
                return made

    def uuid(self) -> str:
        return "-".join(self.text("hex", n) for n in (8, 4, 4, 4, 12))

    def pem(self, label: str = "RSA PRIVATE") -> str:
        body = "\n".join(self.text("b64", 64) for _ in range(6))
        return f"-----BEGIN {label} KEY-----\n{body}\n-----END {label} KEY-----"

    def fill(self, text: str) -> str:
        self._named.clear()
        return re.sub(r"«([^»]+)»", self._slot, text)

    def _slot(self, found: re.Match[str]) -> str:
        slot = found[1]
        if slot == "¦":
            return ""
        if slot in self._named:
            return self._named[slot]
        self._named[slot] = made = self._make(slot)
        return made

    def _make(self, slot: str) -> str:
        if slot.startswith("uuid"):
            return self.uuid()
        if slot.startswith("github"):
            body = self.text("alnum", 30)
            return "gh" + "p_" + body + base62(zlib.crc32(body.encode()))
        if slot.startswith("akia"):
            return "AK" + "IA" + self.text("upper", 16).translate(str.maketrans("0189", "ABCD"))
        if slot.startswith("jwt"):
            parts = (
                '{"alg":"HS256","typ":"JWT"}',
                '{{"sub":"{}","iat":1}}'.format(self.text("hex", 12)),
            )
            head = [base64.urlsafe_b64encode(p.encode()).decode().rstrip("=") for p in parts]
            return ".".join([*head, self.text("url", 43)])
        if slot == "pem":
            return self.pem()
        if slot == "pem-escaped":
            return self.pem("PRIVATE").replace("\n", "\\n")
        if slot == "certificate":
            body = "\n".join(self.text("b64", 64) for _ in range(6))
            return f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----"
        if slot == "public-pem":
            return self.pem("PUBLIC")
        if slot.startswith("basic:"):
            return base64.b64encode(slot.removeprefix("basic:").encode()).decode()
        found = re.fullmatch(rf"({'|'.join(_ALPHABETS)})(\d+)(?:#\d)?", slot)
        assert found is not None, slot
        return self.text(found[1], int(found[2]))


def rows(table: str, seed: int = 7) -> Iterator[Row]:
    maker = Maker(seed)
    for line in table.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, _, rest = line.partition(" = ")
        value, _, secret = maker.fill(rest).partition(" => ")
        inner = value.replace("\\n", "\n") if value.startswith("-----BEGIN") else value
        yield Row(name.strip(), value, secret or inner)


SECRETS = r"""
# the name of a service alone, and names whose first word says what they are
TAXJAR = «hex32»
ROLLBAR_SERVER = «hex32»
braze_rest = «uuid»
DJANGO_GEHEIM = «b6440»
KC_CLIENT_GEHEIM = «uuid»
NAVER_CSEC = «alnum16»
TRUELAYER_SEC = «uuid»
AS400_KENNW_ALT = «HEX10»
GODADDY = sso-key «alnum35»:«alnum22» => «alnum35»:«alnum22»
STATUSPAGE_OAUTH = OAuth «uuid» => «uuid»
BAMBOO = https://«hex40»:x@api.bamboohr.com/api/gateway.php/acme => «hex40»
SECRETS = ["«b6444»=","«b6444»="]
MASTER = bishop juniper cobalt zephyr lantern meadow ember falcon cobalt lemon pepper glacier
HMAC = «b6444»
PRZELEWY24_CRC = «hex16»
GOVUK_NOTIFY = gateway_live-«uuid»-«uuid»
ASSEMBLY_AI = «hex32»
PRINTFUL = «alnum40»
UPS_LICENSE = «HEX16»
MAILGUN_SIGNING = «hex32»
CHIAVE_API_METEO = «hex32»
KLUCZ_INPOST = «hex48»
JETON_API_ADRESSE = «hex40»
CLAVE_RECETA = Aspirina500
INSTALLER_CODE = 7731
CODE_ACCES_BANQUE = 739204
# passwords, weak and strong
DB_PASSWORD = summer24
DB_PASSWORD = hunter2
DB_PASS = Tr0ub4dor&3
DATABASE_PASSWORD = correcthorse
MYSQL_PASSWORD = letmein
MYSQL_ROOT_PASSWORD = root
POSTGRES_PASSWORD = postgres
POSTGRES_PASSWORD = password
PGPASSWORD = 7Gx!pQ2z
REDIS_PASSWORD = «alnum24»
REDIS_AUTH_TOKEN = «alnum32»
RDS_PASSWORD = Welcome123
MONGO_PASSWORD = m0ng0db
MONGO_INITDB_ROOT_PASSWORD = example123
SMTP_PASSWORD = Mail$2023
SMTP_PASS = «b6444»
EMAIL_HOST_PASSWORD = «lower16»
MAIL_PASSWORD = sendmail99
LDAP_BIND_PASSWORD = Qwerty!234
FTP_PASSWORD = ftp-2019-x
SFTP_PASS = p@ssw0rd
ADMIN_PASSWORD = admin
ADMIN_PASSWORD = admin123
ADMIN_PWD = Passw0rd!
SERVICE_PWD = kLm98_xx
ROOT_PASSWORD = toor
USER_PASSWORD = 12345678
DB_PASSWORD = 20191231
dbPassword = sunshine
db.password = rainbow7
spring.datasource.password = s3cure
dbpassword = monkey12
DBPASSWORD = Baseball1
DbPassword = trustno1
db-password = dragon99
PASSWORD = qwertyuiop
PASSPHRASE = correct horse battery staple
KEY_PASSPHRASE = open sesame now
SSH_PASSPHRASE = «alnum18»
KEYSTORE_PASSWORD = changeit
TRUSTSTORE_PASSWORD = changeit
DB_PASSWORD = changeme
CONTRASENA = verano2024
DB_CONTRASENA = gatito88
SENHA = futebol10
SENHA_BANCO = «alnum14»
PASSWORT = Sommer2024
DB_PASSWORT = Geheim1!
MOTDEPASSE = azerty77
MOT_DE_PASSE_DB = soleil22
WACHTWOORD = zomer2023
DB_PASSWORD_PROD = Pr0d!pass
PASSWORD_MYSQL = kitten44
DB_PASSWORD_2 = second7pw
ORACLE_PWD = Oradoc_db1
SNOWFLAKE_PASSWORD = Sn0w!flake
SAP_PASSWORD = Init1234
SFTP_PASSWORD = abc=def=ghi9
APP_PASSWORD = a/b+c9=dd
DB_PASSWORD = «uuid»
WIFI_PASSWORD = homesweethome
JENKINS_PASSWORD = build3r!
DB_USER_PASSWORD = jelly;fish,9
REDSHIFT_PASSWORD = Analytics2020
KAFKA_SASL_PASSWORD = «b6464»
ELASTIC_PASSWORD = changeme
RABBITMQ_DEFAULT_PASS = guest
GRAFANA_ADMIN_PASSWORD = grafana1
BASIC_AUTH_PASSWORD = swordfish
HTTP_BASIC_PASSWORD = s3same
UNLOCK_PASSCODE = 90210777
# tokens and keys without a format
API_KEY = «hex32»
API_KEY = «uuid»
API_KEY = «alnum24»
APIKEY = «lower32»
apiKey = «alnum40»
WEATHER_API_KEY = «hex32»
MAPS_SERVER_API_KEY = «url39»
X_API_KEY = «b6440»
DATADOG_API_KEY = «hex32»
DD_API_KEY = «hex32»
DD_APP_KEY = «hex40»
NEW_RELIC_LICENSE_KEY = «hex36»NRAL
ALGOLIA_ADMIN_KEY = «hex32»
MAILCHIMP_API_KEY = «hex32»-us12
MAILGUN_API_KEY = key-«hex32»
TWILIO_AUTH_TOKEN = «hex32»
AUTH_TOKEN = «alnum32»
ACCESS_TOKEN = «url64»
BOT_TOKEN = «digit10»:«url35»
TELEGRAM_BOT_TOKEN = «digit9»:AA«url33»
VERIFY_TOKEN = my_verify_tok3n
FB_VERIFY_TOKEN = chatbotverify77
INTERNAL_TOKEN = «hex64»
SERVICE_TOKEN = «alnum20»
REFRESH_TOKEN = 1//0«url60»
GITHUB_TOKEN = «hex40»
TOKEN = «alnum32»
TOKEN_GITHUB = «hex40»
API_KEY_SENDGRID = «alnum40»
STRIPE_KEY = «alnum32»
SENDGRID_KEY = «url50»
OPENAI_KEY = «alnum48»
WEBHOOK_SECRET = «alnum32»
STRIPE_WEBHOOK_SECRET = whsec_«alnum32»
CLIENT_SECRET = «alnum40»
COGNITO_CLIENT_SECRET = «lower51»
OAUTH_CLIENT_SECRET = «uuid»
AZURE_CLIENT_SECRET = «alnum3»8Q~«alnum34»
GOOGLE_CLIENT_SECRET = GOCSPX-«url28»
SECRET_KEY = «alnum50»
DJANGO_SECRET_KEY = django-insecure-«lower50»
FLASK_SECRET_KEY = super secret key 1
FLASK_SECRET = dev-secret-9931
JWT_SECRET = mysupersecretkey
JWT_SECRET = «hex64»
JWT_SECRET_KEY = «b6443»=
JWT_SIGNING_KEY = «b6443»=
SESSION_SECRET = keyboardcat
COOKIE_SECRET = «alnum32»
SIGNING_KEY = «hex64»
SIGNING_SECRET = «hex32»
SLACK_SIGNING_SECRET = «hex32»
ENCRYPTION_KEY = «b6443»=
ENCRYPTION_KEY = «hex64»
AES_KEY = «hex32»
FERNET_KEY = «url43»=
MASTER_KEY = «hex32»
RAILS_MASTER_KEY = «hex32»
SECRET_KEY_BASE = «hex128»
HMAC_SECRET = «b6444»
HMAC_KEY = «alnum32»
APP_SECRET = «hex32»
APP_KEY = base64:«b6443»=
SECRET = «alnum32»
NEXTAUTH_SECRET = «b6443»=
AUTH_SECRET = «b6443»=
TOTP_SECRET = «upper32»
PASSWORD_SALT = «hex32»
HASH_SALT = «alnum16»
ACCOUNT_KEY = «b6486»==
AZURE_STORAGE_KEY = «b6486»==
STORAGE_ACCOUNT_KEY = «b6486»==
COSMOS_KEY = «b6486»==
SUBSCRIPTION_KEY = «hex32»
FUNCTION_KEY = «url54»==
MERCHANT_KEY = «alnum16»
LICENSE_KEY = «upper5»-«upper5#2»-«upper5#3»-«upper5#4»
PAGERDUTY_INTEGRATION_KEY = «hex32»
ROLLBAR_ACCESS_TOKEN = «hex32»
AIRTABLE_TOKEN = pat«alnum14».«hex64»
CRON_SECRET = «alnum24»
API_SECRET = «alnum32»
CONSUMER_SECRET = «alnum50»
SHARED_SECRET = swordfish7
AWS_SECRET_KEY = «b6440»
SECRET_ACCESS_KEY = «b6440»
AWS_SECRET_ACCESS_KEY_PROD = «b6440»
PRIVATE_TOKEN = «url20»
PERSONAL_ACCESS_TOKEN = «lower52»
API_TOKEN = «hex40»
CI_JOB_TOKEN = «alnum24»
HEROKU_API_KEY = «uuid»
CLOUDFLARE_API_TOKEN = «url40»
DEPLOY_TOKEN = «alnum24»
BEARER_TOKEN = «alnum64»
API_CREDENTIALS = svc-user:Wint3rGarden => Wint3rGarden
BASIC_AUTH = admin:opensesame1 => opensesame1
CREDENTIALS = reporting:q7!kkz => q7!kkz
MNEMONIC = abandon ability able about above absent absorb abstract absurd abuse access accident
# formats under any name
FOO = «github»
MIGRATE = mysqldump -h db -u root -p«alnum14» orders => «alnum14»
OTEL_EXPORTER_OTLP_HEADERS = x-honeycomb-team=«alnum22» => «alnum22»
ERLANG_COOKIE = «upper20»
JWK_PRIVATE = {"kty":"EC","crv":"P-256","d":"«url43»","x":"«url431»"} => «url43»
SUMO_ENDPOINT = https://collectors.eu.sumologic.com/receiver/v1/http/«url88»==
APP_YAML = "db: {user: svc, password: hunter22}" => hunter22
SETTING_1 = sk«¦»_live_«alnum24»
PAYMENTS = sk«¦»_live_«alnum99»
SLACK = xo«¦»xb-«digit12»-«digit13»-«alnum24»
MAILER = SG«¦».«url22».«url43»
GL = gl«¦»pat-«url20»
LLM = sk-ant«¦»-api03-«url93»AA
NPM = npm«¦»_«alnum36»
JWT = «jwt»
SERVICE_JWT = «jwt»
# strings that carry one
DATABASE_URL = postgres://app:hunter2@db.acme.io:5432/app => hunter2
DATABASE_URL = postgresql+psycopg2://app:p%40ss%2Fw0rd@db:5432/app?sslmode=require => p@ss/w0rd
DB_DSN = mysql://root:toor@10.0.0.5:3306/shop => toor
SOMETHING = mysql://shop:sh0p@10.0.0.5/shop => sh0p
REDIS_URL = redis://:«alnum24»@cache.acme.io:6379/0 => «alnum24»
REDIS_URL = rediss://default:«alnum24»@cache.acme.io:6379 => «alnum24»
CELERY_BROKER_URL = amqps://worker:r4bbit@mq.acme.io:5671/v => r4bbit
MONGODB_URI = mongodb+srv://app:«alnum16»@cluster0.abcde.mongodb.net/app => «alnum16»
MONGO = mongodb://u:pw1234@a:27017,b:27017/db?replicaSet=rs0 => pw1234
SMTP_URL = smtp://mailer:m4iler@smtp.acme.io:587 => m4iler
JDBC_URL = jdbc:postgresql://db.acme.io:5432/app?user=app&password=s3cret99 => s3cret99
SPRING_DATASOURCE_URL = jdbc:mysql://db/app?user=app&password=an0ther => an0ther
SQL_CONNECTION = jdbc:sqlserver://db.acme.io:1433;databaseName=app;user=sa;password=Str0ng!Pw => Str0ng!Pw
ConnectionStrings__Default = Server=db.acme.io;Database=app;User Id=sa;Password=Str0ng!Pw; => Str0ng!Pw
CONNECTION_STRING = Data Source=db;Initial Catalog=app;User ID=sa;Pwd=Str0ngPw1 => Str0ngPw1
ODBC = Driver={ODBC Driver 18 for SQL Server};Server=db;Database=app;UID=sa;PWD=Str0ng_Pw; => Str0ng_Pw
KAFKA_JAAS = org.apache.kafka.common.security.plain.PlainLoginModule required username="app" password="k4fka-pw"; => k4fka-pw
AZURE_STORAGE_CONNECTION_STRING = DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=«b6486»==;EndpointSuffix=core.windows.net => «b6486»==
SERVICEBUS = Endpoint=sb://acme.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=«b6443»= => «b6443»=
PG = host=db port=5432 user=app password=libpq99 dbname=app => libpq99
BLOB_SAS = https://acme.blob.core.windows.net/c?sv=2022-11-02&ss=b&srt=sco&sp=rl&se=2030-01-01&sig=«alnum43»%3D => «alnum43»=
SLACK_WEBHOOK_URL = https://hooks.slack.com«¦»/services/T«upper8»/B«upper10»/«alnum24»
ALERTS = https://hooks.slack.com«¦»/services/T«upper8»/B«upper10»/«alnum24»
DISCORD_WEBHOOK = https://discord.com/api/webhooks«¦»/«digit18»/«url68»
TEAMS = https://acme.webhook.office.com/webhookb2/«uuid»@«uuid#2»/IncomingWebhook/«hex32»/«uuid#3»
SERVICE_URL = https://api.acme.io/v1?api_key=«hex32» => «hex32»
WEATHER = https://api.weather.io/v1/now?appid=42&token=«alnum24» => «alnum24»
GIT_REMOTE = https://bot:«alnum20»@git.acme.io/x.git => «alnum20»
PROXY_URL = http://proxyuser:pr0xy!pw@proxy.acme.io:3128 => pr0xy!pw
AUTH_HEADER = Basic «basic:svc:winter77» => winter77
AUTHORIZATION = Bearer «alnum40» => «alnum40»
API_AUTH = Bearer «jwt» => «jwt»
PRIVATE_KEY = «pem»
GITHUB_APP_KEY = «pem»
SOME_PEM = «pem-escaped»
OTEL_EXPORTER_OTLP_HEADERS = api-key=«hex40» => «hex40»
JAVA_TOOL_OPTIONS = -Xmx512m -Djavax.net.ssl.keyStorePassword=st0repw -Dfoo=bar => st0repw
ARGS = --user app --password opt10n --verbose => opt10n
CONFIG = {"host":"db.acme.io","user":"app","password":"js0npw"} => js0npw
DB = {"engine":"postgres","port":5432,"password":"nested \"quote\" 9"} => nested "quote" 9
SETTINGS = {"mail":{"smtp":{"pass":"d33p-pw"}}} => d33p-pw
OLD_SENTRY_DSN = https://«hex32»:«hex32#2»@sentry.acme.io/3 => «hex32#2»
ELASTIC_URL = https://elastic:«alnum24»@es.acme.io:9243 => «alnum24»
RABBIT = amqp://guest:guest@localhost:5672 => guest
S3_SECRET = «b6440»
VAULT_TOKEN = hvs.«alnum24»
DOPPLER_TOKEN = dp.st.prd.«alnum40»
LAMBDA_BASIC_AUTH = Basic «basic:u:p4ss!» => p4ss!
DB_PASSWORD = my-db-pass1
JWT_SECRET = secret
SECRET = s3cr3t!
# written after the judge, to see how it does on what it was not made for
DB_PASS = !Qw3rty
MYSQL_PWD = P4ssw0rd
DB_PWD = ilovecats
PG_PASS = app
SQL_PASSWORD = 99bottles
DB_CREDS = {"username":"app","password":"Xy7!kk"} => Xy7!kk
RDS_CREDENTIALS = {"user":"app","pass":"t0psecret"} => t0psecret
HUBSPOT_KEY = «uuid»
TWILIO_TOKEN = «hex32»
STRIPE_SECRET = sk«¦»_test_«alnum24»
MAPBOX_SECRET_TOKEN = sk.ey«¦»J1IjoiYWNtZSJ9.«url22»
ZOHO_CLIENT_SECRET = «hex42»
ADMIN_TOKEN = letmein123
INTERNAL_API_KEY = dev-key-123
X_INTERNAL_SECRET = topsecret
LEGACY_PASS = «lower10»
ldap_password = Spring!2020
smtpPassword = correct-horse
jwtSecret = s3cr3t
sharedSecret = «alnum20»
apiSecret = «hex40»
ENCRYPTION_SECRET = «alnum32»
CRYPTO_KEY = «hex64»
HASH_SECRET = «alnum16»
PUSHER_SECRET = «hex20»
FIREBASE_PRIVATE_KEY = «pem-escaped»
GITHUB_PAT = «hex40»
BITBUCKET_APP_PASSWORD = «alnum20»
NEO4J_AUTH = neo4j/«alnum12» => «alnum12»
SNOWFLAKE_PRIVATE_KEY_PASSPHRASE = «alnum16»
APPSYNC_API_KEY = da2-«lower26»
DATABASE_PASSWORD = '«alnum12»'
DB_PASSWORD = pass word with spaces 1
FTP_URL = ftp://user:f7p!pass@files.acme.io/in => f7p!pass
RABBITMQ_URI = amqp://svc:«alnum16»@mq/vh => «alnum16»
LOGIN_PASSWORD = Test@123
TEST_USER_PASSWORD = Passw0rd!
DEFAULT_PASSWORD = Welcome1
INITIAL_PASSWORD = Start123
TEMP_PASSWORD = Temp!234
CERT_PASSWORD = p12pass
PFX_PASSWORD = «alnum12»
CERTIFICATE_PASSWORD = «alnum12»
KEY_PASSWORD = unlock-me-7
WP_DB_PASSWORD = w0rdpr3ss
SHOPIFY_API_SECRET_KEY = shpss«¦»_«hex32»
SQUARE_ACCESS_TOKEN = EAAA«url60»
PAYPAL_CLIENT_SECRET = E«url79»
PLAID_SECRET = «hex30»
BRAINTREE_PRIVATE_KEY = «hex32»
AUTH0_CLIENT_SECRET = «url64»
OKTA_API_TOKEN = 00«url40»
DROPBOX_TOKEN = sl.«url130»
CONFLUENCE_TOKEN = ATATT3«url180»
LINE_CHANNEL_SECRET = «hex32»
LINE_CHANNEL_ACCESS_TOKEN = «b64170»=
SESSION_KEY = «alnum32»
COOKIE_KEY = «alnum32»
CSRF_SECRET = «alnum32»
SUPABASE_SERVICE_ROLE_KEY = «jwt»
HASURA_GRAPHQL_ADMIN_SECRET = myadminsecretkey
ELASTICSEARCH_PASSWORD = elastic
KIBANA_PASSWORD = kibana99
CLICKHOUSE_PASSWORD = ch1ckenhouse
SOLR_PASSWORD = SolrRocks
INFLUXDB_TOKEN = «url86»==
CONSUL_HTTP_TOKEN = «uuid»
NOMAD_TOKEN = «uuid»
GEMINI_KEY = AI«¦»za«url35»
PRIVATE_KEY_BASE64 = «b64200»
VAPID_PRIVATE_KEY = «url43»
WEBHOOK_SIGNING_KEY = «hex64»
LAMBDA_SECRET = «alnum24»
SFTP_PRIVATE_KEY = «pem»
API_PASSWORD = «uuid»
DB_CONN = postgresql://app:hunter22@db/app => hunter22
EVENTSTORE = esdb://admin:changeit@es.acme.io:2113 => changeit
MQTT_PW = mq77pw
ROUTER_PASSWORD = admin1
POSTGRES_URL = postgres://postgres:postgres@localhost:5432/db => postgres
HEADERS = {"Authorization":"Bearer «alnum40»"} => «alnum40»
HEADERS = {"x-api-key":"«alnum40»"} => «alnum40»
DB_MASTER_PASSWORD = Master#2020
REPLICATION_PASSWORD = repl1cate
KEYCLOAK_ADMIN_PASSWORD = keycl0ak
Password = Hello1234
secret = «alnum20»
SIGNATURE_SECRET = «hex32»
AZURE_FUNCTION_KEY = «url54»==
GOOGLE_API_KEY = AI«¦»za«url35»
"""

HARMLESS = r"""
# what names and values give away
IMAGE_PULL_SECRET = regcred
DEDUP_SALT = v2
CACHE_SALT = 2024-spring
PASSWORD_SELECTOR = input[type="password"]
VERIFY_KEY = {"kty":"EC","crv":"P-256","x":"«url43»","y":"«url43»"}
AUTH_TOKEN = cognito
SENDGRID_API_KEY = SG.xxxxxxxx
GPG_KEY = E3FF2839C048B25C084DEBE9B26995E310250568
MINIO_ACCESS_KEY = devstore
AIRTABLE = appointments-by-week
CLAVE_PRIMARIA = pedido_id
SENHA_EXPIRA_EM = 60d
SENHA_INVALIDA_TEXTO = A senha introduzida é inválida
LOSENORD_TEXT = Har du glömt ditt lösenord?
ERREUR_MDP = Mot de passe incorrect (3 essais restants)
MESH_PW = ver Bitwarden
OPCUA_KENNWORT = managed-identity
NOTIF_PW = secretKeyRef:bilet/adyen-notif-pw
CLE_PUBLIQUE_CODE_BARRES = «alnum88»
ELENCO_CAMPI_PASSWORD = pwd,conferma_pwd
MODELE_MDP_OUBLIE = mdp-oublie-v3
PIPE_ARN = arn:aws:sqs:us-east-1:123456789012:sf-snowpipe-«HEX21»-«alnum28»
CLEVER_DISTRICT = «hex24»
MIDTRANS_CK = Mid-client-«alnum20»
TARBALL_SHASUM = «hex40»
LAST_TX = 0x«hex64»
SENHA_MINIMO = 8
# settings about secrets
PASSWORD_MIN_LENGTH = 12
PASSWORD_LENGTH = 16
MIN_PASSWORD_LENGTH = 8
MAX_PASSWORD_AGE = 90
PASSWORD_MAX_AGE_DAYS = 90
PASSWORD_EXPIRY = 2592000
PASSWORD_POLICY = strict
PASSWORD_REGEX = ^(?=.*[A-Z]).{8,}$
PASSWORD_FIELD = pwd
PASSWORD_COLUMN = password_hash
PASSWORD_HASHER = argon2
PASSWORD_HASH_ALGORITHM = bcrypt
PASSWORD_HASH_ROUNDS = 12
PASSWORD_RESET_URL = https://app.acme.io/reset
PASSWORD_RESET_TIMEOUT = 3600
PASSWORD_RESET_TEMPLATE = reset-password-v2
PASSWORD_SECRET_NAME = prod/db/password
DB_PASSWORD_SECRET_ARN = arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf
DB_PASSWORD_ARN = arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf
DB_PASSWORD = arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf
DB_PASSWORD = {{resolve:secretsmanager:prod/db:SecretString:password}}
DB_PASSWORD = @Microsoft.KeyVault(SecretUri=https://acme.vault.azure.net/secrets/db)
DB_PASSWORD = ${DB_PASSWORD}
DB_PASSWORD = $(DB_PASSWORD)
DB_PASSWORD = $DB_PASSWORD
DB_PASSWORD = %DB_PASSWORD%
DB_PASSWORD = <password>
DB_PASSWORD = <your-password-here>
DB_PASSWORD = ssm:/prod/db/password
DB_PASSWORD = /prod/db/password
DB_PASSWORD = vault:secret/data/db#password
DB_PASSWORD = op://vault/db/password
DB_PASSWORD = projects/acme/secrets/db/versions/latest
DB_PASSWORD = sm://acme/db-password
DB_PASSWORD = prod/db/password
DB_PASSWORD = aws-ssm:///prod/db
DB_PASSWORD = secretsmanager:prod/db
DB_PASSWORD = your-password
DB_PASSWORD = xxxxxxxx
DB_PASSWORD = ********
DB_PASSWORD = <redacted>
DB_PASSWORD = TODO
DB_PASSWORD = REPLACE_ME
DB_PASSWORD = none
DB_PASSWORD = null
DB_PASSWORD = example
DB_PASSWORD = dummy
DB_PASSWORD = placeholder
DB_PASSWORD = true
DB_PASSWORD = /run/secrets/db_password
DB_PASSWORD = file:///run/secrets/db
DB_PASSWORD = #{DbPassword}#
DB_PASSWORD = {{ db_password }}
DB_PASSWORD = __DB_PASSWORD__
DB_PASSWORD_FILE = /run/secrets/db_password
DB_PASSWORD_PARAMETER = /prod/db/password
DB_PASSWORD_PARAM = db-password
DB_PASSWORD_KEY = password
DB_PASSWORD_PATH = prod/db
DB_PASSWORD_ENCRYPTED = AQICAHg«b64120»
DB_PASSWORD = AQICAHg«b64120»
DB_PASSWORD = ENC[AES256_GCM,data:«b6420»,iv:«b6444»,tag:«b6424»,type:str]
DB_PASSWORD = vault:v1:«b6440»
ENABLE_PASSWORD_LOGIN = true
DISABLE_PASSWORD_AUTH = false
PASSWORD_ENABLED = true
REQUIRE_PASSWORD = true
ALLOW_EMPTY_PASSWORD = yes
MYSQL_ALLOW_EMPTY_PASSWORD = yes
USE_PASSWORD = 1
PASSWORD_ATTEMPTS = 5
FORGOT_PASSWORD_EMAIL_TEMPLATE = forgot.html
RESET_PASSWORD_PATH = /reset-password
PASSWORD_VALIDATION_REGEX = [a-z]+[0-9]+
PASSWORD_ENCODER = org.acme.security.BCryptEncoder
PASSWORDLESS_ENABLED = true
PASSWORD_MANAGER = 1password
PASSWORD_CHANGE_TOPIC = password-changed
PASSWORD_ROTATION_LAMBDA = rotate-db-password
PASSWORD_PROMPT = Please enter your password
TOKEN_TTL = 3600
TOKEN_EXPIRY = 15m
TOKEN_EXPIRATION_SECONDS = 86400
ACCESS_TOKEN_LIFETIME = 900
ACCESS_TOKEN_EXPIRE_MINUTES = 30
REFRESH_TOKEN_VALIDITY = 30d
JWT_EXPIRES_IN = 7d
JWT_ALGORITHM = RS256
JWT_ISSUER = https://auth.acme.io/
JWT_AUDIENCE = acme-api
JWT_HEADER = Authorization
JWT_COOKIE_NAME = session
JWT_TOKEN_PREFIX = Bearer
TOKEN_TYPE = bearer
TOKEN_TYPE = Bearer
AUTH_TYPE = oauth2
TOKEN_URL = https://auth.acme.io/oauth/token
TOKEN_ENDPOINT = https://auth.acme.io/token
OAUTH_TOKEN_URL = https://login.microsoftonline.com/«uuid»/oauth2/v2.0/token
TOKEN_TABLE = tokens-prod
TOKENS_TABLE_NAME = acme-tokens
TOKEN_BUCKET = acme-token-store
TOKEN_HEADER = Authorization
TOKEN_HEADER = X-Auth-Token
TOKEN_ISSUER = acme
TOKEN_CACHE_SIZE = 1000
TOKEN_COUNT = 12
MAX_TOKENS = 4096
OPENAI_MAX_TOKENS = 2048
MAX_OUTPUT_TOKENS = 1024
TOKEN_LIMIT = 8000
TOKEN_BUDGET = 100000
NUM_TOKENS = 77
NEXT_TOKEN = 0
STOP_TOKEN = <|endoftext|>
PAD_TOKEN = [PAD]
TOKENIZER = cl100k_base
TOKENIZER_MODEL = gpt2
TOKENIZERS_PARALLELISM = false
TOKEN_ADDRESS = 0x«hex40»
TOKEN = bearer
USE_TOKEN = true
CSRF_TOKEN_HEADER = X-CSRF-Token
REVOKED_TOKENS_TABLE = revoked-tokens
TOKEN_SIGNING_ALG = HS256
TOKEN_VALIDATION_LAMBDA = validate-token
TOKEN_SECRET_NAME = acme/token
TOKEN_VERSION = 2
API_KEY_HEADER = x-api-key
API_KEY_NAME = acme-key
API_KEY_ID = «lower10»
API_KEY_TABLE = api-keys
API_KEY_SECRET_ARN = arn:aws:secretsmanager:us-east-1:123456789012:secret:x-AbCdEf
API_KEY_PARAM = /acme/api-key
API_KEY_PARAMETER_NAME = /acme/prod/api-key
API_KEY_REQUIRED = false
API_KEY = ${ssm:/acme/api-key}
API_KEY = your-api-key
API_KEY = YOUR_API_KEY
API_KEY = your_api_key_here
API_KEY = xxx
API_KEY = insert-your-key-here
API_KEY = changeme
API_KEY = none
API_KEY = N/A
API_KEY_SOURCE = HEADER
API_KEY_LOCATION = header
API_KEY_IDS = 1,2,3
KEY = id
KEY = user-uploads/2024/file.pdf
KEY_NAME = my-key
KEY_PREFIX = uploads/
KEY_ID = «uuid»
KEY_ALGORITHM = RS256
KEY_SIZE = 2048
KEY_SPEC = RSA_2048
KEY_PATH = /etc/ssl/key.pem
KEY_FILE = server.key
KEY_PAIR_NAME = prod-bastion
KEY_PAIR_ID = K«upper13»
CLOUDFRONT_KEY_PAIR_ID = K«upper13»
KEY_VAULT_URL = https://acme.vault.azure.net/
KEY_VAULT_NAME = acme-kv
KEYVAULT_URI = https://acme.vault.azure.net/
KMS_KEY_ID = «uuid»
KMS_KEY = alias/acme
KMS_KEY_ARN = arn:aws:kms:eu-west-1:123456789012:key/«uuid»
KMS_KEY = «uuid»
KMS_KEY_ALIAS = alias/acme
SORT_KEY = sk
PARTITION_KEY = pk
HASH_KEY = userId
RANGE_KEY = createdAt
PRIMARY_KEY = id
TABLE_KEY = customerId
CACHE_KEY = users:all
CACHE_KEY_PREFIX = acme:
REDIS_KEY_PREFIX = session
S3_KEY = data/input.csv
S3_KEY = models/v3/weights.bin
OBJECT_KEY = reports/latest.json
CONFIG_KEY = config/app.json
FEATURE_KEY = new-checkout
FEATURE_FLAG_KEY = checkout-v2
ROUTING_KEY = orders.created
IDEMPOTENCY_KEY_TTL = 86400
DEDUP_KEY = orderId
LOCK_KEY = nightly-job
STATE_KEY = terraform/prod.tfstate
FOREIGN_KEY_CHECKS = 0
GOOGLE_MAPS_KEY_NAME = maps
KEYBOARD_LAYOUT = de
KEYSPACE = acme
KEYWORDS = alpha,beta,gamma
MONKEY = banana
DONKEY_NAME = eeyore
HOCKEY_TEAM = rangers
PUBLIC_KEY = «public-pem»
JWT_PUBLIC_KEY = «public-pem»
PUBLIC_KEY = ssh-ed25519 AAAA«b6464» me@acme
SSH_PUBLIC_KEY = ssh-rsa AAAA«b64370» me@acme
STRIPE_PUBLISHABLE_KEY = pk«¦»_live_«alnum24»
STRIPE_PUBLIC_KEY = pk«¦»_live_«alnum24»
STRIPE_KEY = pk«¦»_live_«alnum24»
NEXT_PUBLIC_STRIPE_KEY = pk«¦»_test_«alnum24»
NEXT_PUBLIC_API_KEY = «hex32»
VAPID_PUBLIC_KEY = B«url86»
RECAPTCHA_SITE_KEY = 6L«url38»
SENTRY_DSN = https://«hex32»@o12345.ingest.sentry.io/67890
SENTRY_DSN = https://«hex32»@o12345.ingest.us.sentry.io/67890
SENTRY_ENVIRONMENT = production
CERTIFICATE = «certificate»
TLS_CERT = «certificate»
CA_CERT = «certificate»
SSL_KEY_PATH = /etc/ssl/private/server.key
PRIVATE_KEY_PATH = /var/task/keys/private.pem
PRIVATE_KEY_FILE = private.pem
PRIVATE_KEY_SECRET = prod/signing/private-key
PRIVATE_KEY_ID = «hex40»
ENCRYPTION_KEY_ID = «uuid»
ENCRYPTION_KEY_ARN = arn:aws:kms:eu-west-1:123456789012:key/«uuid»
ENCRYPTION_KEY_ALIAS = alias/data
ENCRYPTION_KEY = alias/data
ENCRYPTION_ALGORITHM = aes-256-gcm
ENCRYPTION_CONTEXT = tenant=acme
SIGNING_KEY_ID = 2024-01
SIGNING_ALGORITHM = ES256
SIGNING_PROFILE = acme_lambda
SECRET_NAME = prod/db
SECRET_ID = prod/db
SECRET_ARN = arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf
SECRETS_ARN = arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf
SECRET = prod/db/credentials
DB_SECRET = prod/rds/main
DB_SECRET = rds-main-credentials
RDS_SECRET = rds!db-«uuid»
SECRETS_MANAGER_ENDPOINT = https://secretsmanager.eu-west-1.amazonaws.com
SECRET_STORE = aws
SECRET_PATH = kv/data/acme
SECRET_PREFIX = acme/prod/
SECRET_VERSION = AWSCURRENT
SECRET_REGION = eu-west-1
SECRETS_CACHE_TTL = 300
SECRET_SANTA_TABLE = santa
SECRETS_EXTENSION_HTTP_PORT = 2773
PARAMETERS_SECRETS_EXTENSION_CACHE_SIZE = 1000
SECRETS_BACKEND = ssm
CLIENT_ID = «lower26»
CLIENT_ID = «uuid»
GOOGLE_CLIENT_ID = «digit12»-«lower32».apps.googleusercontent.com
COGNITO_CLIENT_ID = «lower26»
AZURE_CLIENT_ID = «uuid»
AZURE_TENANT_ID = «uuid»
TENANT_ID = «uuid»
AUTH0_CLIENT_ID = «alnum32»
AUTH0_DOMAIN = acme.eu.auth0.com
USER_POOL_ID = eu-west-1_«alnum9»
TWILIO_ACCOUNT_SID = AC«hex32»
ACCOUNT_ID = 123456789012
AWS_ACCOUNT_ID = 123456789012
ACCESS_KEY_ID = «akia»
AWS_ACCESS_KEY = «akia»
S3_ACCESS_KEY = «akia»
PROJECT_ID = acme-prod
APP_ID = «hex24»
DATADOG_SITE = datadoghq.eu
DD_SITE = datadoghq.com
DD_API_KEY_SECRET_ARN = arn:aws:secretsmanager:eu-west-1:123456789012:secret:dd-AbCdEf
DD_TRACE_ENABLED = true
NEW_RELIC_ACCOUNT_ID = 1234567
NEW_RELIC_APP_NAME = checkout
AUTH_ENDPOINT = https://auth.acme.io
AUTH_URL = https://auth.acme.io/login
AUTH_HOST = auth.acme.io
AUTH_MODE = cognito
AUTH_ENABLED = true
AUTH = oauth2
AUTH_PROVIDER = okta
AUTH_SERVICE = auth-service
AUTH_REALM = acme
AUTH_LAMBDA = arn:aws:lambda:eu-west-1:123456789012:function:auth
AUTHORIZER_ID = «lower6»
AUTHOR = Jane Doe
AUTHORIZED_DOMAINS = acme.io,acme.com
AUTHORIZATION_URL = https://auth.acme.io/authorize
OAUTH_SCOPES = read write
OAUTH_REDIRECT_URI = https://app.acme.io/callback
CREDENTIALS_PATH = /var/task/credentials.json
CREDENTIALS_FILE = credentials.json
GOOGLE_APPLICATION_CREDENTIALS = /var/task/sa.json
CREDENTIALS_SECRET = acme/sa
CREDENTIAL_TYPE = service_account
CREDENTIALS_PROVIDER = com.acme.aws.DefaultCredentialsProvider
AWS_CREDENTIAL_EXPIRATION = 2024-05-01T10:00:00Z
ALLOW_CREDENTIALS = true
CORS_ALLOW_CREDENTIALS = true
DATABASE_URL = postgres://db.acme.io:5432/app
DATABASE_URL = postgres://app@db.acme.io:5432/app
DATABASE_URL = postgres://${DB_USER}:${DB_PASSWORD}@db.acme.io/app
DATABASE_URL = postgres://user:<password>@db.acme.io/app
JDBC_URL = jdbc:postgresql://db.acme.io:5432/app
REDIS_URL = redis://cache.acme.io:6379/0
MONGODB_URI = mongodb://db.acme.io:27017/app
CONNECTION_STRING = Server=db;Database=app;Integrated Security=true;
CONNECTION_TIMEOUT = 30
WEBHOOK_URL = https://api.acme.io/webhooks/orders
WEBHOOK_PATH = /hooks/stripe
WEBHOOK_ENABLED = true
CALLBACK_URL = https://api.acme.io/callback?source=lambda
QUEUE_URL = https://sqs.eu-west-1.amazonaws.com/123456789012/orders
API_URL = https://api.acme.io/v1?format=json&limit=100
# everything else
STAGE = prod
ENVIRONMENT = production
LOG_LEVEL = INFO
REGION = eu-west-1
AWS_REGION = us-east-1
TABLE_NAME = orders-prod
BUCKET = acme-uploads-eu-west-1
BUCKET_NAME = acme-«hex12»
TOPIC_ARN = arn:aws:sns:eu-west-1:123456789012:orders
QUEUE_NAME = orders.fifo
DB_HOST = db.acme.io
DB_PORT = 5432
DB_USER = app
DB_NAME = shop
DB_ENGINE = postgres
DB_SECRET_ID = prod/db
REDIS_HOST = cache.abc123.0001.euw1.cache.amazonaws.com
EMAIL_FROM = no-reply@acme.io
SUPPORT_EMAIL = help@acme.io
TZ = Europe/Berlin
LOCALE = de_DE
SCHEDULE = cron(0 12 * * ? *)
CRON = 0 3 * * *
VERSION = 1.42.0
GIT_SHA = «hex40»
COMMIT_HASH = «hex40»
IMAGE_DIGEST = sha256:«hex64»
CHECKSUM = «hex64»
FILE_HASH = «hex32»
CODE_SHA256 = «b6443»=
TRACE_ID = «hex32»
REQUEST_ID = «uuid»
SUBNET_IDS = subnet-«hex17»,subnet-«hex17#2»
SECURITY_GROUP = sg-«hex17»
VPC_ID = vpc-«hex17»
ORIGINS = https://acme.io,https://www.acme.io
CORS_HEADERS = Content-Type,Authorization,X-Api-Key
FEATURES = {"darkMode":true,"beta":["a","b"]}
CONFIG = {"table":"orders","region":"eu-west-1","tokenTtl":3600}
CONFIG_JSON = {"passwordPolicy":"strict","apiKeyHeader":"x-api-key"}
DB_CONFIG = {"host":"db","user":"app","passwordSecretArn":"arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-AbCdEf"}
NODE_OPTIONS = --enable-source-maps --max-old-space-size=512
JAVA_TOOL_OPTIONS = -XX:+TieredCompilation -Dlogging.level=INFO
POWERTOOLS_SERVICE_NAME = orders
PYTHONPATH = /opt/python
LD_LIBRARY_PATH = /opt/lib:/usr/lib
PATH = /usr/local/bin:/usr/bin:/bin
HANDLER = app.handler
AWS_LAMBDA_EXEC_WRAPPER = /opt/wrapper
COGNITO_DOMAIN = https://acme.auth.eu-west-1.amazoncognito.com
GRAPHQL_ENDPOINT = https://«lower26».appsync-api.eu-west-1.amazonaws.com/graphql
IOT_ENDPOINT = «lower14»-ats.iot.eu-west-1.amazonaws.com
API_GATEWAY_URL = https://«lower10».execute-api.eu-west-1.amazonaws.com/prod
FUNCTION_NAME = checkout-handler
CLOUDFRONT_DISTRIBUTION_ID = E«upper13»
HOSTED_ZONE_ID = Z«upper20»
STRIPE_API_VERSION = 2023-10-16
STRIPE_PRICE_ID = price_«alnum24»
STRIPE_PRODUCT = prod_«alnum14»
STRIPE_ACCOUNT = acct_«alnum16»
SLACK_CHANNEL = #alerts
SLACK_CHANNEL_ID = C«upper10»
SLACK_TEAM_ID = T«upper8»
GITHUB_ORG = acme
GITHUB_APP_ID = 123456
GITHUB_REPOSITORY = acme/shop
GA_MEASUREMENT_ID = G-«upper10»
GTM_ID = GTM-«upper7»
COMPASS_HEADING = north
BYPASS_CACHE = true
PASSENGER_LIMIT = 4
PASSPORT_STRATEGY = local
PASS_THROUGH = true
PASSTHROUGH_HEADERS = x-request-id
PASSIVE_MODE = true
FIRST_PASS = true
PWD = /var/task
SALT_ROUNDS = 10
BCRYPT_SALT_ROUNDS = 12
SALT_LENGTH = 16
SEED = 42
RANDOM_SEED = 1337
SEED_DATA_PATH = data/seed.json
SECRETARY_EMAIL = sec@acme.io
USERNAME = app
ADMIN_USER = admin
ADMIN_EMAIL = admin@acme.io
SMTP_HOST = smtp.acme.io
SMTP_PORT = 587
SMTP_AUTH = true
SMTP_USER = mailer@acme.io
SSL_MODE = require
SESSION_TIMEOUT = 1800
SESSION_COOKIE_NAME = sid
SESSION_TABLE = sessions
COOKIE_DOMAIN = .acme.io
TOKENS_PER_MINUTE = 60000
LANGUAGE_TOKENS = en,de,fr
SUPPORTED_AUTH = password,otp
MFA_ENABLED = true
OTP_LENGTH = 6
OTP_EXPIRY_SECONDS = 300
DYNAMODB_KEY_SCHEMA = pk:S,sk:S
GSI_KEY = gsi1pk
TAG_KEY = Environment
TAG_KEY_NAME = CostCenter
HEADER_KEY = x-correlation-id
JSON_KEY = items
METRIC_KEY = latency
ACCESS_KEY_ROTATION_DAYS = 90
SECRET_ROTATION_DAYS = 30
CERT_ARN = arn:aws:acm:eu-west-1:123456789012:certificate/«uuid»
JWKS_URL = https://auth.acme.io/.well-known/jwks.json
JWKS_URI = https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_«alnum9»/.well-known/jwks.json
OIDC_ISSUER = https://token.actions.githubusercontent.com
LICENSE = MIT
PASSWORD_STRENGTH_METER = zxcvbn
# written after the judge
DB_PASSWORD_SSM_PATH = /prod/db/password
DB_PASSWORD_SSM = /prod/db/password
DB_CREDENTIALS_SECRET = prod/db
DB_SECRET_NAME = db-secret
DB_CREDENTIALS_SECRET_NAME = rds-db-credentials
DB_CREDENTIALS = arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf
SECRET_MANAGER_ID = prod/db
PASSWORD_RESET_LAMBDA_ARN = arn:aws:lambda:eu-west-1:123456789012:function:x
PASSWORD_SPECIAL_CHARS = !@#$%^&*
PASSWORD_CHARSET = abcdefABCDEF0123
PASSWORD_ALPHABET = abcdefghijkmnpqrstuvwxyz23456789
PASSWORD_CHARACTERS = ABCDEFGHJKLMNPQRSTUVWXYZabcdef23456789
PASSWORD_HINT = pet name
PASSWORD_EXCLUDE_CHARACTERS = /@"'\
EXCLUDE_CHARACTERS = /@"'\
PASSWORD_RESET_SUBJECT = Reset your password
PASSWORD_TEMPLATE_ID = d-«hex32»
PASSWORD_GRANT_ENABLED = 0
PASSWORD_KMS_KEY = alias/pw
TOKEN_SYMBOL = USDC
TOKEN_DECIMALS = 18
TOKEN_CONTRACT = 0x«hex40»
TOKEN_NAME = acme
TOKEN_INDEX = idx-token
TOKEN_INDEX_NAME = token-index
TOKEN_REFRESH_INTERVAL = 5m
TOKEN_SCOPE = https://graph.microsoft.com/.default
ACCESS_TOKEN_URL = https://auth.acme.io/token
ACCESS_TOKEN_COOKIE = access_token
ID_TOKEN_SIGNED_RESPONSE_ALG = RS256
REFRESH_TOKEN_TABLE = refresh-tokens
REFRESH_TOKEN_ROTATION = true
AUTH_TOKEN_HEADER_NAME = x-auth
AUTH_TOKEN_PREFIX = Token
AUTH_USER_POOL = eu-west-1_«alnum9»
AUTH_SECRET_PATH = prod/auth
AUTH_TABLE = auth-prod
AUTH_BUCKET = acme-auth
AUTH_FLOW = USER_PASSWORD_AUTH
EXPLICIT_AUTH_FLOWS = ALLOW_USER_PASSWORD_AUTH,ALLOW_REFRESH_TOKEN_AUTH
AUTHENTICATION = ldap
AUTHENTICATION_TYPE = SqlPassword
API_AUTH = none
API_AUTH = iam
GRAPHQL_AUTH = AMAZON_COGNITO_USER_POOLS
CLIENT_AUTH = mutual-tls
BASIC_AUTH = true
BASIC_AUTH_USER = admin
BASIC_AUTH_ENABLED = false
SECRET_TAG = secretshift
SECRET_LABEL = current
SECRET_STRING_KEY = password
SECRET_JSON_KEY = password
SECRET_FIELD = api_key
SECRET_KEYS = username,password
SECRET_ROTATION_ENABLED = true
SECRETS_PROVIDER = aws
SECRETS_PREFIX = /acme/prod
SECRET_MODE = file
APP_SECRETS = app/prod/config
APP_SECRET_NAME = my-app
CLIENT_SECRET_NAME = acme/client
CLIENT_SECRET_PATH = acme/client
CLIENT_SECRET_ARN = arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-AbCdEf
CLIENT_SECRET_EXPIRES = 2025-01-01
JWT_SECRET_NAME = jwt/secret
JWT_SECRET_ID = jwt-secret
JWT_SECRET = jwt/prod/secret
JWT_KEY_ID = key-1
JWT_PRIVATE_KEY_PATH = keys/private.pem
JWT_KID = 2024-01-01
API_KEYS_TABLE = api-keys
API_KEY_USAGE_PLAN = plan-a
API_KEY_SSM_PARAM = /acme/key
API_KEY_VALIDATOR = app.auth.validate
API_KEY_STAGE = prod
USE_API_KEY = false
DEFAULT_API_KEY_NAME = default
S3_KEY_PREFIX = incoming/
S3_OBJECT_KEY = data/latest.json
OUTPUT_KEY = result.json
INPUT_KEY = in/orders.csv
DESTINATION_KEY = out/report-2024.csv
STATUS_KEY = status
ID_KEY = order_id
USER_KEY = userId
ITEM_KEY = sku
EVENT_KEY = detail-type
MESSAGE_KEY = body
CONTEXT_KEY = requestContext
DDB_KEY = pk
KEY_COLUMN = id
KEY_FIELD = uuid
KEY_ATTRIBUTE = email
KEY_TYPE = HASH
KEY_USAGE = ENCRYPT_DECRYPT
KEY_ROTATION_PERIOD = 365
SSH_KEY_NAME = bastion
SSH_KEY_PATH = /home/app/.ssh/id_rsa
EC2_KEY_PAIR = prod-key
SSH_HOST_KEY_ALGORITHMS = ssh-ed25519
ENCRYPTION_KEY = arn:aws:kms:eu-west-1:123456789012:key/«uuid»
CMK_KEY = «uuid»
KMS_MASTER_KEY = alias/master
MASTER_KEY_ID = «uuid»
SSE_KMS_KEY = «uuid»
SIGNING_KEY_ARN = arn:aws:kms:eu-west-1:123456789012:key/«uuid»
PUBLIC_KEY_URL = https://acme.io/key.pub
PUBLIC_API_KEY = «alnum20»
FIREBASE_PROJECT_ID = acme
PAYMENT_GATEWAY = stripe
PASSPORT_BUCKET = passports
PASS_RATE = 0.95
PASS_THRESHOLD = 80
PASS_TYPE_ID = pass.io.acme.card
BOARDING_PASS_TABLE = passes
COMPASS_URL = https://compass.acme.io
SKIP_AUTH = true
NO_AUTH = 1
AUTHENTICATED_ROLE = arn:aws:iam::123456789012:role/x
CREDENTIAL_SOURCE = Ec2InstanceMetadata
AWS_WEB_IDENTITY_TOKEN_FILE = /var/run/secrets/token
AWS_CONTAINER_CREDENTIALS_RELATIVE_URI = /v2/credentials/«uuid»
CREDENTIAL_NAME = acme
WEBHOOK_URL = https://webhook.acme.io/v1/orders
HOOK_URL = https://example.com/hook
SLACK_WEBHOOK_PARAM = /acme/slack
DATABASE_URL = mysql://db.acme.io/app?sslmode=require
DSN = host=db port=5432 dbname=app
REDIS = redis://redis:6379
SERVICE_DSN = https://acme.io/dsn
IMAGE_URL = https://cdn.acme.io/a.png?v=«hex32»
ETAG = "«hex32»"
CONTENT_MD5 = «b6422»==
SALT_STACK_URL = https://salt.acme.io
SEED_URL = https://acme.io
SEED_TABLE = seeds
PIN_LENGTH = 4
OTP_SECRET_LENGTH = 20
CAPTCHA_KEY_TYPE = invisible
LOCK_TOKEN_TTL = 30
PARTITION_KEY_NAME = tenant
SECONDARY_KEY = gsi2
CONSUMER_KEY_COLUMN = ck
TRANSLATION_KEY = home.title
ERROR_KEY = errors.unknown
MAGIC_TOKEN_TABLE_NAME = magic
SUCCESS_TOKEN = OK
EMPTY_TOKEN = -
DELIMITER_TOKEN = ,
PASSWORD = ${self:custom.password}
API_KEY = ${env:API_KEY}
DB_PASSWORD = ${AWS::StackName}-pw
DB_PASSWORD = !Ref Pw
DB_PASSWORD = Ref: DbPw
TOKEN = ${{ secrets.TOKEN }}
DB_PASSWORD = from-secrets-manager
DB_PASSWORD = managed-by-secrets-manager
DB_PASSWORD = SET_IN_CONSOLE
DB_PASSWORD = set-me
DB_PASSWORD = to-be-replaced
DB_PASSWORD = [REDACTED]
DB_PASSWORD = (hidden)
DB_PASSWORD = ""
API_KEY = test
API_KEY = 123
API_KEY = key
SECRET_KEY = secret-key-name
"""
