"""Which words of a connection string may be shown: a closed list, everything else may be secret.

Sources: PostgreSQL manual, "Database Connection Control Functions"; MongoDB manual, "Connection
String Options"; Connector/J, pgJDBC and Microsoft JDBC manuals on connection properties;
Microsoft, `SqlConnection.ConnectionString` and "Configure Azure Storage connection strings";
StackExchange.Redis, "Configuration"; SQLAlchemy, "Dialects".
"""

from __future__ import annotations

import re
from typing import Final

_SCHEMES_TEXT: Final = (
    "postgresql postgres pgsql psycopg psycopg2 asyncpg pg8000 psycopg2cffi cockroachdb "
    "redshift redshift_connector mysql mysql2 mysqldb pymysql mysqlconnector aiomysql "
    "asyncmy mariadb mariadbconnector aurora loadbalance replication sequential iam mssql "
    "sqlserver pyodbc pymssql aioodbc jtds sybase oracle cx_oracle oracledb thin oci oci8 "
    "db2 ibm_db ibmdb snowflake clickhouse native http https h2 ws wss redis rediss valkey "
    "valkeys unix memcached mongodb srv amqp amqps rabbitmq pyamqp stomp mqtt mqtts nats "
    "kafka sasl ssl tls tcp ldap ldaps smtp smtps smtpx imap imaps ftp ftps sftp ssh git "
    "elasticsearch opensearch es neo4j bolt s ssc cassandra influxdb trino presto vertica "
    "exasol hana sap postgis mysqlgis jdbc cockroach sentinel "
)
_SCHEMES = frozenset(_SCHEMES_TEXT.split())

_WORDS_TEXT: Final = (
    # switches
    "true false yes no on off t f y n none null default auto "
    # how strictly to encrypt
    "allow prefer require verify-ca verify-full verify_ca verify_identity required disable "
    "disabled preferred enable enabled mandatory strict optional cert_required cert_optional "
    "cert_none tlsv1.2 tlsv1.3 tlsv1_2 tlsv1_3 tls12 tls13 ssl3 skip-verify system "
    # where to read and write
    "any primary primarypreferred secondary secondarypreferred nearest majority local "
    "linearizable available snapshot master slave replica standby prefer-standby "
    "prefer-primary preferslave prefersecondary prefer-replica read-only read-write readonly "
    "readwrite readwritesplit round-robin "
    # how to log in, but not with what
    "scram-sha-1 scram-sha-256 scram-sha-512 mongodb-x509 mongodb-aws mongodb-cr "
    "mongodb-oidc plain gssapi sspi md5 password ldap kerberos ntlm sqlpassword "
    "activedirectorypassword activedirectoryintegrated activedirectoryserviceprincipal "
    "activedirectorydefault mysql_native_password caching_sha2_password amqplain external "
    "admin $external "
    # what is sent
    "utf8 utf-8 utf8mb3 utf8mb4 latin1 ascii unicode utf8_general_ci utf8_unicode_ci "
    "utf8mb4_general_ci utf8mb4_unicode_ci utf8mb4_0900_ai_ci utf8mb4_bin iso-8859-1 "
    "iso_8859_1 snappy zlib zstd gzip lz4 simple extended exception round converttonull json "
    "arrow binary text utc gmt http https tcp np lpc amqp amqps amqpwebsockets sb resp2 "
    "resp3 standard csharplegacy debug info warn warning error "
)
_WORDS = frozenset(_WORDS_TEXT.split())

_PLAIN_PARAMETERS_TEXT: Final = (
    # libpq, its drivers and poolers
    "sslmode sslnegotiation sslcompression sslsni ssl usessl requiressl "
    "sslminprotocolversion sslmaxprotocolversion channelbinding gssencmode connecttimeout "
    "logintimeout sockettimeout cancelsignaltimeout tcpusertimeout keepalives keepalivesidle "
    "keepalivesinterval keepalivescount tcpkeepalive targetsessionattrs targetservertype "
    "loadbalancehosts clientencoding preparethreshold preparedstatementcachequeries "
    "preparedstatementcachesizemib preparedstatementcachesize statementcachesize "
    "statementtimeout commandtimeout binarytransfer readonly readonlymode "
    "rewritebatchedinserts rewritebatchedstatements stringtype defaultrowfetchsize loglevel "
    "loggerlevel gsslib requireauth passfilemode pgbouncer connectionlimit pooltimeout "
    "poolsize maxpoolsize minpoolsize maximumpoolsize minimumpoolsize "
    "maxpool minpool pool reconnect checkouttimeout maxoverflow poolrecycle asyncfallback "
    "preferquerymode replication "
    # MongoDB
    "retrywrites retryreads w wtimeout wtimeoutms journal readpreference readconcernlevel "
    "maxstalenessseconds tls tlsinsecure tlsallowinvalidcertificates "
    "tlsallowinvalidhostnames directconnection loadbalanced connecttimeoutms sockettimeoutms "
    "serverselectiontimeoutms heartbeatfrequencyms localthresholdms maxidletimems "
    "maxconnecting waitqueuetimeoutms waitqueuemultiple compressors zlibcompressionlevel "
    "authmechanism authsource uuidrepresentation srvmaxhosts timeoutms slaveok "
    # MySQL and MariaDB
    "verifyservercertificate allowpublickeyretrieval autoreconnect autoreconnectforpools "
    "failoverreadonly maxreconnects useunicode characterencoding charset collation "
    "connectioncollation servertimezone connectiontimezone uselegacydatetimecode "
    "zerodatetimebehavior cacheprepstmts prepstmtcachesize prepstmtcachesqllimit "
    "useserverprepstmts allowmultiqueries allowloadlocalinfile tinyint1isbit usecompression "
    "uselocalsessionstate cacheresultsetmetadata cacheserverconfiguration "
    "elidesetautocommits maintaintimestats sslverifycert sslverifyidentity sslcheckhostname "
    "parsetime loc multistatements interpolateparams readtimeout writetimeout timeout "
    "allownativepasswords checkconnliveness maxallowedpacket defaultauth allowuservariables "
    "convertzerodatetime allowzerodatetime treattinyasboolean "
    # SQL Server, ADO.NET, ODBC, Npgsql
    "encrypt trustservercertificate integratedsecurity trustedconnection persistsecurityinfo "
    "multipleactiveresultsets mars marsconnection multisubnetfailover applicationintent "
    "connectiontimeout pooling packetsize connectretrycount connectretryinterval "
    "connectionlifetime connectionidlelifetime connectionpruninginterval loadbalancetimeout "
    "enlist asynchronousprocessing authentication columnencryptionsetting columnencryption "
    "sendstringparametersasunicode lastupdatecount selectmethod querytimeout locktimeout "
    "responsebuffering serverspn includeerrordetail errordetail keepalive noresetonclose "
    "maxautoprepare autopreparemin autoprepareminusages tdsversion clientcharset ansinpw "
    "quotedid trustservercert poolblockingperiod transparentnetworkipresolution "
    # Redis, AMQP and what stands on them
    "db defaultdatabase abortconnect allowadmin connectretry synctimeout asynctimeout "
    "resolvedns sslprotocols protocol version sslcertreqs sslhostcheck heartbeat framemax "
    "channelmax blockedconnectiontimeout retrydelay connectionattempts maxconnections "
    "healthcheckinterval socketkeepalive socketconnecttimeout socketreadtimeout "
    "decoderesponses retryontimeout verify verifypeer "
    # Azure, ClickHouse, Snowflake
    "defaultendpointsprotocol usedevelopmentstorage transporttype secure compress "
    "compression clientsessionkeepalive ocspfailopen "
)
_PLAIN_PARAMETERS = frozenset(_PLAIN_PARAMETERS_TEXT.split())

_NAMED_PARAMETERS_TEXT: Final = (
    "replicaset appname applicationname fallbackapplicationname programname clientname "
    "currentschema searchpath schema defaultschema warehouse role account instancename "
    "servicename sid mastername virtualhost workstationid wsid "
)
_NAMED_PARAMETERS = frozenset(_NAMED_PARAMETERS_TEXT.split())
"""Their values are names that somebody chose, as those of a database or user are."""

_HOST_PARAMETERS_TEXT: Final = (
    "endpointsuffix hostnameincertificate tlsservername sslhost failoverpartner blobendpoint "
    "queueendpoint tableendpoint fileendpoint "
)
_HOST_PARAMETERS = frozenset(_HOST_PARAMETERS_TEXT.split())

_NUMBER = re.compile(r"-?[0-9]{1,6}(?:ms|s|m|h|kb|mb)?")
_DRIVER = re.compile(
    r"odbc driver [0-9]{1,2} for sql server|sql server(?: native client [0-9.]{2,4})?|freetds|"
    r"postgresql(?: (?:unicode|ansi))?(?:\(x64\))?|psqlodbcw?(?:\.so)?|snowflake(?:dsiidriver)?|"
    r"mysql(?: odbc [0-9.]{3,4}(?: (?:unicode|ansi))? driver)?|"
    r"mariadb(?: odbc [0-9.]{3,4} driver)?|"
    r"amazon redshift(?: odbc driver)?(?: \(x64\))?|ibm db2 odbc driver|com\.[a-z.]{3,30}\.driver|"
    r"simba [a-z]{3,12} odbc driver"
)
_NAME = re.compile(r"/?[A-Za-z0-9_][A-Za-z0-9_.@$+\-]{0,63}|/")
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.\-]{0,126}[A-Za-z0-9_.])?")
_ADDRESS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}")
_PORT = re.compile(r"[0-9]{1,5}")
_ENDPOINT = re.compile(r"(?:https?|sb|amqps?)://([^/:]+)(?::[0-9]{1,5})?/?", re.IGNORECASE)
_CLOUD = re.compile(
    r"\.(?:amazonaws\.com(?:\.cn)?|windows\.net|azure\.com|mongodb\.net|neon\.tech|supabase\.com?|"
    r"aivencloud\.com|cloudamqp\.com|redislabs\.com|redns\.redis-cloud\.com|upstash\.io|"
    r"snowflakecomputing\.com|cockroachlabs\.cloud|psdb\.cloud|confluent\.cloud)\.?",
    re.IGNORECASE,
)
"""Ends of hosts whose first labels are identifiers that the provider draws, and no credentials."""
_LONGEST_NAME = 64
_LONGEST_WORD = 24
_MOST_CHANGES = 3
_RUNS = re.compile(r"[0-9]+|[A-Z]+[a-z]*|[a-z]+")


def scheme(text: str) -> bool:
    return all(word in _SCHEMES for word in re.split(r"[+.:\-]", text.lower()))


def parameter(name: str, value: str) -> bool:
    """Whether this parameter may be shown with this value; both decoded, quotes taken off."""
    name = re.sub(r"[ _\-.]", "", name.lower())
    if name == "driver":
        return _DRIVER.fullmatch(value.lower()) is not None
    if name in _NAMED_PARAMETERS:
        return value == "" or identifier(value)
    if name in _HOST_PARAMETERS:
        return value == "" or host(value) or endpoint(value)
    return name in _PLAIN_PARAMETERS and all(
        word == "" or word in _WORDS or _NUMBER.fullmatch(word) is not None
        for word in re.split(r"[, ]", value.lower())
    )


def field(key: str, text: str) -> bool:
    """Whether a recognised piece of a connection string may be shown; never for a credential."""
    if key in {"host", "hostaddr"}:
        return host(text)
    if key == "hosts":
        return all(_host_and_port(item) for item in text.split(","))
    if key == "port":
        return _PORT.fullmatch(text) is not None
    if key == "endpoint":
        return endpoint(text)
    names = {"username", "dbname", "vhost", "accountname", "sharedaccesskeyname", "entitypath"}
    return key in names and identifier(text)


def identifier(text: str) -> bool:
    """Whether it looks like a name that a person chose."""
    return _NAME.fullmatch(text) is not None and not _random(text)


def host(text: str) -> bool:
    if _ADDRESS.fullmatch(text) is not None:
        return True
    if _HOST.fullmatch(text) is None:
        return False
    cloud = _CLOUD.search(text)
    if cloud is not None and cloud.end() == len(text):
        return text == text.lower()
    return len(text) <= _LONGEST_NAME and not _random(text)


def endpoint(text: str) -> bool:
    match = _ENDPOINT.fullmatch(text)
    return match is not None and host(match[1])


def _host_and_port(text: str) -> bool:
    name, _, port = text.partition(":")
    return host(name) and (not port or _PORT.fullmatch(port) is not None)


def _random(text: str) -> bool:
    """Whether a part of the text was drawn rather than chosen, as far as one can see."""
    for word in re.split(r"[^A-Za-z0-9]+", text):
        runs = _RUNS.findall(word)
        if len(word) > _LONGEST_WORD or (len(word) >= 6 and len(runs) > _MOST_CHANGES + 1):
            return True
        if len(word) >= 8 and len(runs) > _MOST_CHANGES and any(c.isdigit() for c in word):
            return True
        if len(word) >= 12 and len(runs) > 2 and any(c.isdigit() for c in word):
            return True
        if word.isdigit() and len(word) > 12:
            return True
    digits = sum(c.isdigit() for c in text)
    return len(text) >= 24 and digits * 3 > len(text)
