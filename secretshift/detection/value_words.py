"""The words that values are made of, as data."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FLAGS = _words(
    """
    true false yes no on off enabled disabled enable disable required optional always never
    on_create on_update on_change managed-identity abgeschaltet ausgeschaltet deaktiviert aktiviert
    desactivado disattivato null none nil undefined allow deny allowed denied auto automatic manual
    """
)

ENUMS = _words(
    """
    bearer basic digest jwt oauth oauth1 oauth2 oidc saml sso ntlm kerberos negotiate apikey
    api-key api_key x-api-key authorization x-auth-token auth-token auth_token access-token
    access_token refresh-token refresh_token id_token token header cookie query body session
    password passwd pwd plain scram-sha-256 scram-sha-512 md5 sha1 sha256 sha384 sha512 hmac
    hs256 hs384 hs512 rs256 rs384 rs512 es256 es384 es512 ps256 eddsa ed25519 rsa ecdsa aes
    aes-256-gcm aes-128-cbc aes-256-cbc aes256 pbkdf2 bcrypt scrypt argon2 argon2id aws gcp
    azure vault ssm secretsmanager env file local memory redis dynamodb database default
    strict strong medium weak high low client_secret client_secret_post client_secret_basic
    client_credentials authorization_code refresh implicit private_key_jwt client_id
    username user email x-csrf-token csrf-token csrftoken sessionid x-token x-access-token
    proxy-authorization www-authenticate x-amz-security-token x-vault-token subject sub azp
    cognito okta keycloak firebase auth0 custom iam
    oobesystem specialize windowspe generalize offlineservicing auditsystem audituser
    compat files sss nis
    x-oauth-basic x-access-token x-token-auth jsessionid phpsessid asp.net_sessionid connect.sid
    uuid base64 hex utf-8 utf8 ascii text string json pem der
    """
)
"""Algorithms, schemes, names of headers: a choice out of some fixed vocabulary."""

DEFAULT_PASSWORDS = _words(
    """
    password passwd pass secret admin root postgres mysql guest test user changeme changeit
    mypassword my-secret-pw mysecretpassword redis rabbitmq mongo mongodb mariadb oracle
    elastic database minio minioadmin minio123 tiger neo4j cassandra sa sys system letmein welcome qwerty default
    """
)
"""What systems come with, and people leave as it was."""

CAPTIONS = _words("password passwd pass secret user default database system sys sa my-secret-pw")
"""Those of them that programs call fields and their sorts."""

STAND_INS = _words(
    """
    foo bar baz foobar foobarbaz default string text value testing test123
    """
)
"""What stands in for a password where none is needed, and is one where it is checked."""

DOCUMENTED_PASSWORDS = _words(
    """
    tiger passphrase testing test pass password pwd passwd pw secret user username p token
    db_password db_pass dbpass dbpassword
    """
)
"""What documents write where a password goes."""

TECHNICAL = _words(
    """
    key keys secret secrets token tokens password passwords passwd pass pwd credential
    credentials cred creds auth oauth jwt hmac sign signing signature encryption encrypt decrypt
    cipher session cookie csrf api app application client server service svc user admin root
    account name id uuid config configuration settings setting env environment prod production
    dev development stage staging test local default global db database postgres mysql redis
    mongo aws azure gcp kms vault file path dir url uri host port http https header param
    parameter query string value type field column table index cache queue topic bucket storage
    store data model schema version v1 v2 public private access refresh expiry expires ttl hash
    salt algorithm bytes code enter please your you must should cannot invalid missing required
    is are was has have the this that for with used using not no error failed
    """
)
"""Words of identifiers and of what interfaces say."""

SHOWN = _words(
    """
    form control input text label icon lock unlock locked eye off on outline filled solid round
    show hide toggle new old current previous confirm reset forgot change update login logout
    sign in up out danger warning success info primary secondary btn button link modal dialog
    page view screen panel tab menu list item row col group box card grid flex small large bold
    left right top bottom visibility visible hidden read only write no yes fa md mdi mat ion el
    van ant one time single multi two factor check box circle square alert help question
    strength meter policy rule basic digest bearer plain magic email mail phone sms push web
    mobile browser form-data based
    """
)
"""Words of icons, styles and captions."""

RUN_WITH = _words(
    """
    default admin administrator root dummy test testing demo staff guest initial bootstrap superuser
    dev development local fallback
    """
)
"""Words before the one for a password which say that a program runs with it."""

CALLS_SOMETHING = _words(
    """
    reset change changed forgot forgotten invalid wrong incorrect missing expired weak type kind flag
    name field key attribute attr env var variable prefix suffix label title error err message msg fmt
    format hmac action mode path url route cmd command opt option column param parameter header input
    placeholder hint id selector xpath locator page view template tmpl set unset update new old confirm
    request response grant min max length policy require required is has
    """
)
"""Words beside the one for a password which say that a constant calls something."""

ALGORITHMS = _words(
    """
    sha aes utf base oauth des tls ssl hmac blake ripemd crc hmacsha rsa dsa ecdsa pbkdf argon scrypt
    bcrypt ascii latin hex http route web
    """
)
"""What stands before a number without being made up."""

SAID_OF_SECRETS = _words(
    """
    super very top really so this not insecure unsafe unsecure dev test local secure strong ultra mega
    long random some keyboard hard shared fancy
    """
)
"""What people say of a secret that they think of."""

FOR_THE_READER = _words("your here replace change changeme set name path file arn ref id")
