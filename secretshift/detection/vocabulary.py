"""The words that names of variables are made of, as data."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PASSWORDS = _words(
    """
    password passwd passwort kennwort passphrase pass psk pwd pw pswd passw passcode psw
    contrasena contraseña contrasenya senha motdepasse mdp wachtwoord haslo hasło parola parol
    heslo lozinka salasana losenord lösenord adgangskode parool jelszo jelszó lykilord sifre
    şifre kennw passw
    """
)
WEAK_PASSWORDS = _words("pass pw psw mdp parola haslo sifre")
"""Words that mean other things as well: a boarding pass, a picture's width."""

SECRETS = _words("secret secrets segredo secreto segreto geheimnis geheim titok")
TOKENS = _words("token tokens jeton tok tkn pat")
CREDENTIALS = _words(
    "credentials credential creds cred credenciales credenziali zugangsdaten zugang anmeldung"
    " anmeldedaten identifiants inloggegevens"
)
AUTHS = _words("auth oauth authorization authentication basicauth userpass userpwd bearer")
SECRETS_BY_ANOTHER_NAME = {
    "agora": (("app", "certificate"),),
    "ebay": (("cert", "id"),),
    "flutterwave": (("secret", "hash"),),
    "flw": (("secret", "hash"),),
    "openexchangerates": (("appid",), ("app", "id")),
    "openweather": (("appid",), ("app", "id")),
    "owm": (("appid",), ("app", "id")),
    "openweathermap": (("appid",), ("app", "id")),
    "oxr": (("appid",), ("app", "id")),
    "p24": (("crc",),),
    "przelewy": (("crc",),),
    "telegram": (("api", "hash"),),
    "tg": (("api", "hash"),),
}
"""By issuer: the last words of names whose value it keeps secret, whatever they say."""
ALSO_SECRETS = frozenset(
    (
        ("sonar", "login"), ("newrelic", "license"), ("root", "token", "id"),
        ("radius", "shared"), ("community", "string"),
        ("recovery", "code"), ("recovery", "codes"), ("backup", "codes"),
        ("origin", "verify"), ("client", "sec"), ("consumer", "sec"), ("app", "sec"),
        ("api", "sec"),
    )
)  # fmt: skip
"""Last words of names under which a token stands."""
SALTS = _words("salt pepper")
HARMLESS_SALTS = _words(
    "cache dedup dedupe bucket shard partition version hash_version asset build"
)
"""What stands before ``salt`` where it only keeps two generations apart."""
LICENCES = _words("license licence licencia lizenz licenza licenca")
HEADS_FIRST = {
    "senha": "password", "contrasena": "password", "contraseña": "password", "clave": "clave",
    "mdp": "password", "haslo": "password", "hasło": "password", "parola": "password",
    "chiave": "key", "chave": "key", "cle": "key", "klucz": "key", "jeton": "token",
    "segreto": "secret", "segredo": "secret", "secreto": "secret",
}  # fmt: skip
"""Languages in which what a thing is comes before whose it is: ``SENHA_BANCO``."""
WHOSE = _words("api app apps client service user email mail login server admin account consumer")
"""What stands behind one of those where it says whose it is, although names end so of other things."""
ENTRY_CODES = frozenset(
    (
        ("access", "code"), ("entry", "code"), ("door", "code"), ("unlock", "code"),
        ("alarm", "code"), ("installer", "code"), ("gate", "code"), ("code", "acces"),
        ("pin", "code"), ("codigo", "acceso"), ("codice", "accesso"),
    )
)  # fmt: skip
ENTRY_WORDS = _words("toegangscode zugangscode pincode zugriffscode")
SEEDS = _words("mnemonic seed seedphrase")
KEYS = _words("key keys clave schlussel schluessel chave cle anahtar")

STRONG_SECRETS = _words(
    """
    client app application jwt session cookie signing webhook consumer shared hmac api oauth
    oauth2 auth token hash encryption sign signature master internal nextauth better flask
    django rails csrf payload cron hook state verification access user admin partner merchant
    consumer bot bearer totp mfa otp 2fa signer platform stripe slack github gitlab twilio
    google facebook linkedin twitter paypal shopify okta authzero cognito keycloak zoom
    hubspot salesforce azure ad tenant service svc account plaid dropbox discord line spotify
    notion box docusign xero quickbooks
    """
)
"""What stands before ``secret`` where the value is the secret and not the name of one."""

STRONG_TOKENS = _words(
    """
    access auth api bot bearer refresh personal user admin service deploy github gitlab slack
    npm pypi sentry datadog telegram discord hubspot vault consul jwt oauth verify
    verification webhook app integration bitbucket circleci snyk sonar sonarqube heroku
    netlify vercel cloudflare twilio dynatrace newrelic grafana influx influxdb loggly logzio
    papertrail sumo splunk hec honeycomb airtable notion asana jira trello linear shopify
    square facebook fb page instagram ig twitter whatsapp line wechat mapbox digitalocean do
    linode hcloud hetzner fly railway render terraform tf tfc atlas ngrok doppler codecov
    coveralls rollbar bugsnag launchdarkly contentful sanity prismic storyblok strapi segment
    mixpanel amplitude intercom zendesk freshdesk pagerduty opsgenie hf huggingface replicate
    openai gh ci cd registry docker dockerhub harbor artifactory nexus jfrog nuget rubygems
    cargo crates internal system root master security scim sso csrf hook upstash redis rest
    cron worker agent runner device edge ingest ingestion management provisioning
    impersonation sync import export partner merchant payment rapid cloud azure aws gcp sas
    private secret my
    """
)
STRONG_KEYS = _words(
    """
    api secret access private signing sign encryption encrypt decryption decrypt crypto cipher
    aes des hmac master auth account shared storage license licence deploy ssh rsa ssl tls pgp
    gpg jwt jwe jws webhook admin service server merchant subscription function integration
    session fernet cookie token app application sas sk security credential pem ec ecdsa
    ed25519 privkey transport ingestion insights insert signature salt symmetric kek dek mac
    vapid mail smtp sdk push fcm apns functions host system management rest internal partner
    license activation preshared
    """
)
"""What stands before ``key`` where the key opens something."""

PUBLIC = _words(
    """
    public pub publishable publickey anon anonymous sitekey browser measurement tracking
    analytics recaptchasite vite gatsby frontend clientside publique publica publico pubblica
    pubblico oeffentlich oeffentlicher
    """
)
SHIPPED = frozenset((("react", "app"), ("vue", "app"), ("client", "side")))
"""First words of variables that a build puts into what browsers load."""
WALLETS = _words("wallet eth ethereum evm deployer relayer minter signer")
"""What stands before ``pk`` where it is the private key of a wallet, and not the primary key of a
table."""
HARMLESS_KEYS = _words(
    """
    partition sort range primary foreign hash cache object kms cmk idempotency dedup
    deduplication group map index row lookup config configuration feature flag translation
    i18n message query json dict field column tag label metric dimension context unique
    composite natural surrogate business site instrumentation state redux item entity record
    file folder image video upload bucket prefix sorting order ordering arrow enter escape
    shift ctrl alt hot short shortcut keyboard property attribute param parameter header
    setting settings environment env variable lock mutex rate limit limiter counter queue
    topic shard filter localstorage sessionstorage cachekey secondary lang language
    locale asset option theme schema type path url node tree model list array set element tab
    menu nav route grouping aggregate aggregation join pk sk gsi lsi ddb dynamodb dynamo
    identifier repository blueprint spreadsheet sheet enabled import export
    recv correlation trace tracing request lang name id template namespace turn ssm param known
    redis_cache pix
    """
)
"""What stands before ``key`` where the key finds something instead of opening it."""

HARMLESS_TOKENS = _words(
    """
    next page pagination continuation max min start end stop eos bos pad unk sep cls mask sync
    nextpage cursor special prompt completion input output total num count query lexer parse
    parser syntax xsrf word skip resume version sub design theme color css reward erc20 contract
    """
)

NOT_A_SECRET = _words(
    """
    length len min max minimum maximum size count counts limit limits ttl expiry expiration
    expires expire expired expiring exp timeout interval duration seconds secs sec minutes
    mins hours days weeks months years ms millis age lifetime lifespan validity period grace
    window policy policies rule rules pattern regex regexp format type types kind mode method
    methods algorithm algorithms algo alg name names nom arn arns id ids identifier uuid guid
    path paths file files filename filepath dir directory folder location loc url urls uri
    uris endpoint endpoints host hosts hostname domain domains port ports issuer iss audience
    aud scope scopes realm field fields column columns col attribute attributes attr header
    headers param parameter parameters params arg prefix prefixes suffix label labels title
    description desc hint prompt message messages msg error errors err warning enabled enable
    disabled disable required require requires optional allowed allow flag flags feature
    validation validator validate valid invalid verification rotation rotate rotated rotating
    reset resets recovery forgot forgotten change changed update updated provider providers
    manager service services store storage vault backend engine class handler lambda queue
    topic table tables bucket buckets stream group groups role roles user users username usr
    login logins email mail mailbox account accounts region zone stage status state strategy
    source target template templates index indexes hash hashes hashed hasher hashing digest
    checksum sum fingerprint thumbprint signature signatures certificate certificates cert
    certs crt ca chain bundle alias aliases ref refs reference references usage complexity
    strength history attempts attempt tries retries retry rate quota budget cost price entropy
    bits rounds iterations bytes chars characters character charset encoding separator
    delimiter delim offset start created updated date time timestamp at on by cache cached
    pool batch address link links page view screen form input inputs button btn icon color
    placeholder tooltip text question questions answer answers regexes present missing exists
    exist set unset required encrypted enc ciphertext cipher crypted masked mask redacted
    obfuscated schema spec version versions ver usages budget buffer stack trace traces
    tracing parser parsing lexer middleware decorator factory builder client clients api apis
    app apps plugin plugins module package library lib sdk driver adapter controller router
    route routes model models entity dto request requests response responses event events
    listener notification notifications report reports rule metric metrics alarm alarms
    dashboard log logs logger level debug verbose leeway skew clock drift counter generator
    generation expirations supported supports support renewal renew refresh refreshed check
    checks checker checking dn ou cn base bind filter filters callback redirect hostnames
    cluster session sessions exchange grant grants grantee flow flows consumer resource
    resources resolver extractor getter setter provider fetcher loader reader writer parsed
    match matches confirm confirmation confirmed repeat retype tip help info tab section style
    screen cookiename keyname mapping map list array count sizes weight weights score number
    num no nr order position pos visible visibility show hide toggle eye strengthmeter meter
    mfa sso saml oidc oauth2url serial issuerurl jwks jwk jwksurl introspection revocation
    environment env variable var vars key_id keyid kid tokenurl threshold thresholds blacklist
    whitelist allowlist denylist blocklist inherit owner author authority created_at
    selector selectors locator xpath css required_length usecase use bucketname topicarn sns sqs ssm kms iam s3 dynamodb arnprefix
    formato largo longitud intentos ruta tabla nombre tiempo caducidad tamanho tempo validade
    laenge tabelle dauer ablauf richtlinie mindestlaenge longueur duree chemin nom
    sid sids mgr used last alphabet contract special symbol symbols decimals
    """
)
"""Last words of names whose value is a setting about a secret, or where one is."""

LISTED = _words("common leaked breached banned forbidden weak")
"""First words of the names of lists against which passwords are checked."""
ABOUT = _words(
    """
    enable enabled enables disable disabled use uses using has is are was allow allows allowed
    require requires required skip skips should show hide max min num number count total no
    with without force validate ignore can must need needs supports include exclude log print
    check minimum maximum default_ttl toggle expose support
    """
)
"""First words of names whose value is a decision or a number."""
SAYS_ABOUT = _words(
    """
    expira expiracao invalida invalido oublie oubliee esquecida olvidada incorrecta temporal topico
    modele plantilla ricerca busca glomt shablon
    """
)
"""Second words of names that begin with the word for a password, about which the value says something."""
CAPTIONS = _words("label lbl caption tooltip i18n")
"""First words of names, or the last but one, whose value is what a person reads beside a field."""
NAMES_ONE = frozenset(
    (
        ("existing", "secret"), ("existing", "password"), ("existing", "credentials"),
        ("pull", "secret"), ("pull", "secrets"),
    )
)  # fmt: skip
"""Last words of names whose value says how a secret is called."""

QUALIFIERS = _words(
    """
    prod production prd dev devel development stg stage staging test tst testing qa uat live
    sandbox preprod preview local v1 v2 v3 v4 primary secondary main default old new current fallbacks
    previous prev next backup value val plain plaintext cleartext clear base64 b64 encoded raw
    env var eu us ap east west north south central int integration demo ro rw readonly
    readwrite read write replica master slave reader writer global common shared internal
    external legacy temp tmp a b c str literal unencrypted decrypted decoded override
    overridden fallback initial init in out x y hex utf8 de fr uk es it jp in br string text
    """
)
"""Last words that say which of several, and not what."""

GLUED = {
    "apikey": ("api", "key"),
    "apikeys": ("api", "keys"),
    "csec": ("client", "secret"),
    "apitoken": ("api", "token"),
    "apisecret": ("api", "secret"),
    "secretkey": ("secret", "key"),
    "secretkeys": ("secret", "keys"),
    "secretaccesskey": ("secret", "access", "key"),
    "accesskey": ("access", "key"),
    "accesskeyid": ("access", "key", "id"),
    "accesstoken": ("access", "token"),
    "authkey": ("auth", "key"),
    "authtoken": ("auth", "token"),
    "authtok": ("auth", "token"),
    "privatekey": ("private", "key"),
    "privkey": ("private", "key"),
    "publickey": ("public", "key"),
    "signingkey": ("signing", "key"),
    "encryptionkey": ("encryption", "key"),
    "accountkey": ("account", "key"),
    "sharedkey": ("shared", "key"),
    "sharedaccesskey": ("shared", "access", "key"),
    "masterkey": ("master", "key"),
    "sshkey": ("ssh", "key"),
    "appkey": ("app", "key"),
    "appsecret": ("app", "secret"),
    "jwtsecret": ("jwt", "secret"),
    "jwtkey": ("jwt", "key"),
    "clientsecret": ("client", "secret"),
    "clientid": ("client", "id"),
    "dbpass": ("db", "pass"),
    "dbpasswd": ("db", "passwd"),
    "dbpw": ("db", "pw"),
    "userpass": ("user", "pass"),
    "adminpass": ("admin", "pass"),
    "rootpass": ("root", "pass"),
    "mysqlpass": ("mysql", "pass"),
    "redispass": ("redis", "pass"),
    "mailpass": ("mail", "pass"),
    "ftppass": ("ftp", "pass"),
    "sftppass": ("sftp", "pass"),
    "smtppass": ("smtp", "pass"),
    "storepass": ("store", "pass"),
    "keypass": ("key", "pass"),
    "sqlpass": ("sql", "pass"),
    "ldappass": ("ldap", "pass"),
    "requirepass": ("password",),
    "masterauth": ("master", "password"),
    "sshpass": ("ssh", "password"),
    "pgpass": ("pg", "pass"),
    "connectionstring": ("connection", "string"),
    "connstring": ("connection", "string"),
    "connstr": ("connection", "string"),
    "webhookurl": ("webhook", "url"),
    "sitekey": ("site", "key"),
    "licensekey": ("license", "key"),
    "keyid": ("key", "id"),
    "tokenid": ("token", "id"),
    "secretid": ("secret", "id"),
    "secretarn": ("secret", "arn"),
    "secretname": ("secret", "name"),
    "username": ("user", "name"),
    "hostname": ("host", "name"),
    "filename": ("file", "name"),
    "pubkey": ("public", "key"),
    "sessionkey": ("session", "key"),
    "securitytoken": ("security", "token"),
    "sastoken": ("sas", "token"),
    "writekey": ("write", "key"),
    "projectkey": ("project", "key"),
    "subscriptionkey": ("subscription", "key"),
    "functionkey": ("function", "key"),
    "hostkey": ("host", "key"),
    "aeskey": ("aes", "key"),
    "hmackey": ("hmac", "key"),
    "cryptokey": ("crypto", "key"),
    "cryptkey": ("crypto", "key"),
    "deploykey": ("deploy", "key"),
    "keyfile": ("key", "file"),
    "keypath": ("key", "path"),
    "nonce": ("nonce",),
    "bypass": ("bypass",),
    "compass": ("compass",),
    "encompass": ("encompass",),
    "passport": ("passport",),
    "passive": ("passive",),
    "tokenizer": ("tokenizer",),
    "keyboard": ("keyboard",),
    "keyword": ("keyword",),
    "keywords": ("keyword",),
    "keyspace": ("keyspace", "name"),
    "secretary": ("secretary",),
    "authorizer": ("authorizer",),
}

DATABASE_WORDS = _words(
    """
    db database rds aurora postgres postgresql pg pgsql mysql mariadb mssql sqlserver sql
    oracle ora mongo mongodb atlas docdb documentdb redis elasticache valkey rabbit rabbitmq
    amqp mq cassandra redshift snowflake clickhouse neo4j couchbase couchdb elastic
    elasticsearch opensearch influx cockroach dsn jdbc datasource
    """
)

ISSUERS = (
    DATABASE_WORDS
    | STRONG_SECRETS
    | STRONG_TOKENS
    | _words(
        "sendgrid mailchimp mailgun stripe aws smtp ftp sftp ldap ssh api wifi root admin user"
    )
)
"""Last words that only say whose it is: PASSWORD_MYSQL."""

TELLING = (
    "pass", "pwd", "secret", "token", "key", "cred", "auth", "senha", "contrase", "kennw",
    "wachtwoord", "mdp", "salt", "mnemonic", "seed", "bearer", "haslo", "hasł", "parol", "segredo",
    "jeton", "clave", "heslo", "pw", "geheim", "pepper", "psk", "psw", "hmac", "tkn", "chave",
    "schlussel", "schluessel", "zugang", "lozinka", "salasana", "senord", "adgangskode",
    "parool", "jelsz", "lykilord", "ifre", "snmp",
)  # fmt: skip
"""What a line must contain in small letters for its assignments to be worth reading."""
PERSONAL = ("_pat", "-pat")
"""How names of personal access tokens end. What goes on behind it is a path or a pattern."""
