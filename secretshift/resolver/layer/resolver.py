"""Reads the secrets that SECRETSHIFT_VARS names and prints assignments for the wrapper's shell.

Runs inside the user's Lambda function, before its runtime, as `python -I -S -B resolver.py`, on
the function's own interpreter: the syntax is Python 3.9, the imports are the standard library
only, and http.client, urllib and random stay out because each costs milliseconds of CPU at every
cold start. One file, for the same reason.

For each listed NAME, from <NAME>_SECRET_ARN (and <NAME>_SECRET_TEMPLATE):
  NAME is in the environment  -> the secret is read and compared; nothing is changed
  NAME is not there           -> it is set; if that is impossible the runtime must not start

Printed: the assignments between two marker lines, or one marker that forbids the start. One line
goes to stderr. It never holds a value, a length or the text of an exception. Anything else, and
any exit status but 0, is a crash, and the wrapper decides.

Rules and where they come from:
  signing          AWS General Reference, "Create a signed AWS API request" (Signature Version 4)
  call, errors     Secrets Manager API Reference, "GetSecretValue" and "Common Errors"
  endpoints        AWS SDKs and Tools Reference Guide, "Service-specific endpoints",
                   "Dual-stack and FIPS endpoints"
  credentials      AWS SDKs and Tools Reference Guide, "Container credential provider"
  reference text   ECS Developer Guide, "Pass Secrets Manager secrets through environment
                   variables": arn:json-key:version-stage:version-id
"""

import time

# Before the other imports, which take a good part of a second where a function has 128 MB.
STARTED = time.monotonic()

import binascii  # noqa: E402
import hashlib  # noqa: E402
import hmac  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import re  # noqa: E402
import socket  # noqa: E402
import threading  # noqa: E402

# Init has ten seconds and is run again under the function's own time-out, three by default
# (Lambda Developer Guide, "Understanding the Lambda execution environment lifecycle").
DEADLINE = STARTED + 2.5
CONNECT_TIMEOUT = 1.0
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 0.4
# A secret has 65,536 bytes; a control character takes six in JSON.
LONGEST_ANSWER = 512 * 1024
# Linux refuses to start a program with one longer NAME=value (execve(2), MAX_ARG_STRLEN).
LONGEST_ASSIGNMENT = 131072

# partition -> (DNS suffix, dual-stack DNS suffix), as in the SDKs' endpoint rules for Secrets
# Manager: in the first three the ordinary host answers over both, there is none under api.aws.
PARTITIONS = {
    "aws": ("amazonaws.com", "amazonaws.com"),
    "aws-cn": ("amazonaws.com.cn", "amazonaws.com.cn"),
    "aws-us-gov": ("amazonaws.com", "amazonaws.com"),
    "aws-eusc": ("amazonaws.eu", "api.amazonwebservices.eu"),
    "aws-iso": ("c2s.ic.gov", "api.aws.ic.gov"),
    "aws-iso-b": ("sc2s.sgov.gov", "api.aws.scloud"),
    "aws-iso-e": ("cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
    "aws-iso-f": ("csp.hci.ic.gov", "api.aws.hci.ic.gov"),
}

# Names that a shell, the loader, an interpreter or Lambda gives a meaning of its own: setting one
# of them would steer the start instead of handing over a value.
RESERVED_WORDS = (
    "COMP_WORDBREAKS DIRSTACK ENV EUID FUNCNAME GROUPS HISTCMD HOSTNAME HOSTTYPE IFS LANG LINENO "
    "MACHTYPE NODE_COMPILE_CACHE NODE_DEBUG NODE_DEBUG_NATIVE NODE_EXTRA_CA_CERTS NODE_OPTIONS "
    "NODE_PATH NODE_PRESERVE_SYMLINKS_MAIN NODE_REDIRECT_WARNINGS NODE_TLS_REJECT_UNAUTHORIZED "
    "NODE_USE_ENV_PROXY NODE_USE_SYSTEM_CA NODE_V8_COVERAGE OLDPWD OPTARG OPTERR OPTIND OSTYPE "
    "PATH PIPESTATUS POSIXLY_CORRECT PPID PS1 PS2 PS3 PS4 PWD PYTHONHOME PYTHONPATH PYTHONSTARTUP "
    "RANDOM REPLY SECONDS SHELL SHELLOPTS SHLVL SRANDOM SSLKEYLOGFILE TERM UID _ "
    "AWS_ACCESS_KEY AWS_ACCESS_KEY_ID AWS_DEFAULT_REGION AWS_EXECUTION_ENV AWS_REGION "
    "AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN LAMBDA_RUNTIME_DIR LAMBDA_TASK_ROOT"
)
RESERVED_NAMES = frozenset(RESERVED_WORDS.split())
RESERVED_PREFIXES = ("BASH", "LC_", "LD_", "AWS_LAMBDA_", "SECRETSHIFT_", "_secretshift_")

# What the service may say, and our word for it. Other texts could quote anything.
SERVICE_ERRORS = {
    "AccessDenied": "AccessDenied",
    "AccessDeniedException": "AccessDenied",
    "DecryptionFailure": "DecryptionFailure",
    "ExpiredTokenException": "ExpiredToken",
    "InternalServiceError": "ServiceError",
    "InvalidParameterException": "InvalidParameter",
    "InvalidRequestException": "InvalidRequest",
    "InvalidSignatureException": "InvalidSignature",
    "ResourceNotFoundException": "ResourceNotFound",
    "ThrottlingException": "Throttled",
    "Throttling": "Throttled",
    "TooManyRequestsException": "Throttled",
    "RequestLimitExceeded": "Throttled",
    "UnrecognizedClientException": "UnrecognizedClient",
}

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
ARN = re.compile(
    r"(arn:([a-z0-9-]+):secretsmanager:([a-z0-9-]+):[0-9]{12}:secret:[A-Za-z0-9/_+=.@!-]+)"
    r"(?::([^:]*):([^:]*):([A-Za-z0-9-]*))?"
)
SYSTEM_BUNDLES = ("/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt")
CERTIFICATE = re.compile("-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----")
USUAL_AUTHORITIES = re.compile(b"Amazon|Starfield")
HOST = r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?"
URL = re.compile(r"(https?)://" + HOST + r"(/[A-Za-z0-9._~/%-]*)?")
PROXY = re.compile(r"(?:http://)?(?:([^@/:]*)(?::([^@/]*))?@)?" + HOST + r"/?", re.IGNORECASE)
HEADER_SAFE = re.compile(r"[!-~]+")
UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class Failure(Exception):
    """Why something could not be done: a word from our own list, never a text from outside."""

    def __init__(self, code, again=False):
        super().__init__(code)
        self.code = code
        self.again = again


class Once:
    """A result that several threads need and one of them makes."""

    def __init__(self, make):
        self.make = make
        self.lock = threading.Lock()
        self.made = None

    def get(self):
        with self.lock:
            if self.made is None:
                try:
                    self.made = (self.make(), None)
                except Failure as failure:
                    self.made = (None, failure)
        if self.made[1] is not None:
            raise Failure(self.made[1].code)
        return self.made[0]


def left():
    """Seconds until the deadline."""
    seconds = DEADLINE - time.monotonic()
    if seconds <= 0:
        raise Failure("Timeout")
    return seconds


# --- what is asked for ------------------------------------------------------------------------


def listed_names(env):
    """The names in SECRETSHIFT_VARS, each once, in their order."""
    names = (name.strip(" ") for name in env.get("SECRETSHIFT_VARS", "").split(","))
    return list(dict.fromkeys(name for name in names if name))


def name_problem(name):
    if not NAME.fullmatch(name):
        return "BadName"
    if name in RESERVED_NAMES or name.startswith(RESERVED_PREFIXES):
        return "ReservedName"
    return None


def reference_of(env, name):
    return env.get(name + "_SECRET_ARN", ""), env.get(name + "_SECRET_TEMPLATE", "")


def references_digest(references):
    """Which configuration this run saw; the operator's side computes the same."""
    lines = sorted("\t".join(reference) for reference in references)
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def parse_reference(text):
    """-> (secret ARN, partition, region, JSON key, stage, version)"""
    if not text:
        raise Failure("NoReference")
    match = ARN.fullmatch(text)
    if match is None:
        raise Failure("Malformed")
    return tuple(part or "" for part in match.groups())


# --- where it is asked ------------------------------------------------------------------------


def parse_url(text):
    """-> (scheme, host, port, path); plain http only to this machine."""
    match = URL.fullmatch(text)
    if match is None:
        raise Failure("Malformed")
    scheme, host, port, path = match.groups()
    host = host.strip("[]").lower()
    if scheme == "http" and not is_loopback(host):
        raise Failure("InsecureEndpoint")
    return scheme, host, int(port or (443 if scheme == "https" else 80)), path or "/"


def is_loopback(host):
    return host in ("localhost", "::1") or re.fullmatch(r"127(\.[0-9]{1,3}){3}", host) is not None


def endpoint(env, partition, region):
    """The service's URL for the partition and region of an ARN, or the configured one."""
    if env.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() != "true":
        configured = env.get("AWS_ENDPOINT_URL_SECRETS_MANAGER") or env.get("AWS_ENDPOINT_URL")
        if configured:
            scheme, host, port, path = parse_url(configured)
            return scheme, host, port, path if path.endswith("/") else path + "/"
    if partition not in PARTITIONS:
        raise Failure("UnknownPartition")
    dual_stack = env.get("AWS_USE_DUALSTACK_ENDPOINT", "").lower() == "true"
    fips = env.get("AWS_USE_FIPS_ENDPOINT", "").lower() == "true"
    host = "secretsmanager%s.%s.%s" % (
        "-fips" if fips else "",
        region,
        PARTITIONS[partition][1 if dual_stack else 0],
    )
    return "https", host, 443, "/"


def proxy_for(env, host, port):
    """-> (proxy host, proxy port, authorization or None), or None to connect directly."""
    address = env.get("https_proxy") or env.get("HTTPS_PROXY")
    if not address or skips_proxy(env.get("no_proxy") or env.get("NO_PROXY") or "", host, port):
        return None
    match = PROXY.fullmatch(address)
    if match is None:
        raise Failure("Proxy")
    user, password, proxy_host, proxy_port = match.groups()
    authorization = None
    if user is not None:
        pair = percent_decoded(user) + b":" + percent_decoded(password or "")
        authorization = "Basic " + binascii.b2a_base64(pair, newline=False).decode("ascii")
    return proxy_host.strip("[]"), int(proxy_port or 80), authorization


def percent_decoded(text):
    return re.sub(
        rb"%([0-9A-Fa-f]{2})",
        lambda match: bytes([int(match.group(1), 16)]),
        text.encode("utf-8", "surrogateescape"),
    )


def skips_proxy(no_proxy, host, port):
    for entry in no_proxy.lower().split(","):
        entry = entry.strip(" ")
        if entry == "*" or entry == host:
            return True
        name, _, only_port = entry.partition(":")
        name = name[1:] if name.startswith("*") else name
        name = name.lstrip(".")
        if name and (host == name or host.endswith("." + name)) and only_port in ("", str(port)):
            return True
    return False


# --- the wire ---------------------------------------------------------------------------------


class Trust:
    """Whom to believe: the configured authorities, or else those of the system.

    Reading a whole system bundle costs half of the resolver's CPU, so AWS's usual roots are picked
    out of it first. Only if they do not verify the server is the rest read, and asked again.
    """

    def __init__(self, env):
        self.env = env
        self.lock = threading.Lock()
        self.narrow = None
        self.whole = None

    def context(self):
        with self.lock:
            if self.narrow is None and self.whole is None:
                roots = usual_roots(self.env)
                if roots:
                    self.narrow = client_context()
                    self.narrow.load_verify_locations(cadata=roots)
                else:
                    self.whole = whole_context(self.env)
            return self.whole or self.narrow

    def widen(self, context):
        """-> whether there is more to believe than this context did"""
        with self.lock:
            if context is not self.narrow:
                return False
            self.whole = self.whole or whole_context(self.env)
            return True


def client_context():
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def system_bundle():
    import ssl

    found = ssl.get_default_verify_paths().cafile
    return next((path for path in (found, *SYSTEM_BUNDLES) if path and os.path.exists(path)), None)


def usual_roots(env):
    """Amazon Trust Services' roots, with Starfield's that cross-signs them, from the system's."""
    if any(env.get(name) for name in ("AWS_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")):
        return ""
    try:
        with open(system_bundle() or os.devnull, encoding="latin-1") as file:
            bundle = file.read()
        return "\n".join(
            match.group(0)
            for match in CERTIFICATE.finditer(bundle)
            if USUAL_AUTHORITIES.search(binascii.a2b_base64(match.group(1)))
        )
    except (OSError, ValueError):
        return ""


def whole_context(env):
    context = client_context()
    configured = env.get("SSL_CERT_FILE") or env.get("SSL_CERT_DIR")
    bundle = env.get("AWS_CA_BUNDLE") or (None if configured else system_bundle())
    try:
        if bundle is None:
            context.set_default_verify_paths()  # honours SSL_CERT_FILE and SSL_CERT_DIR
        elif os.path.isdir(bundle):
            context.load_verify_locations(capath=bundle)
        else:
            context.load_verify_locations(cafile=bundle)
    except OSError:
        raise Failure("CaBundle") from None
    return context


def connect(host, port):
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Failure("Network") from None
    failure = Failure("Network")
    for family, kind, protocol, _, address in addresses:
        try:
            connection = socket.socket(family, kind, protocol)
        except OSError:
            continue
        connection.settimeout(min(CONNECT_TIMEOUT, left()))
        try:
            connection.connect(address)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connection
        except socket.timeout:
            failure = Failure("Timeout")
        except ConnectionResetError:
            failure = Failure("Network", again=True)
        except OSError:
            failure = Failure("Network")
        connection.close()
    raise failure


def receive(connection):
    connection.settimeout(left())
    return connection.recv(65536)


def read_head(connection):
    """-> (status, headers in lower case, what came after them)"""
    read = b""
    while b"\r\n\r\n" not in read:
        chunk = receive(connection)
        if not chunk:
            raise Failure("Network", again=True)
        read += chunk
        if len(read) > LONGEST_ANSWER:
            raise Failure("Malformed")
    head, _, rest = read.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    match = re.fullmatch(r"HTTP/1\.[01] ([0-9]{3})(?: .*)?", lines[0])
    if match is None:
        raise Failure("Malformed")
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return int(match.group(1)), headers, rest


def read_body(connection, headers, read):
    chunked = headers.get("transfer-encoding", "").lower() == "chunked"
    length = headers.get("content-length", "")
    if length and not re.fullmatch(r"[0-9]{1,9}", length):
        raise Failure("Malformed")
    while True:
        if len(read) > LONGEST_ANSWER or (length and int(length) > LONGEST_ANSWER):
            raise Failure("Malformed")
        if chunked:
            body = unchunked(read)
            if body is not None:
                return body
        elif length and len(read) >= int(length):
            return read[: int(length)]
        chunk = receive(connection)
        if not chunk:
            if chunked or length:
                raise Failure("Network", again=True)
            return read
        read += chunk


def unchunked(read):
    """The body of a chunked answer (RFC 9112, 7.1), or None while it is incomplete."""
    body = b""
    while True:
        line, end, read = read.partition(b"\r\n")
        if not end:
            return None
        match = re.fullmatch(rb"([0-9A-Fa-f]{1,6})[ \t]*(?:;.*)?", line)
        if match is None:
            raise Failure("Malformed")
        size = int(match.group(1), 16)
        if size == 0:
            return body
        if len(read) < size + 2:
            return None
        body += read[:size]
        read = read[size + 2 :]


def through_proxy(connection, host, port, authorization):
    target = "[%s]:%d" % (host, port) if ":" in host else "%s:%d" % (host, port)
    lines = ["CONNECT %s HTTP/1.1" % target, "Host: " + target]
    if authorization:
        lines.append("Proxy-Authorization: " + authorization)
    connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
    status, _, rest = read_head(connection)
    if status != 200 or rest:
        raise Failure("Proxy", again=status >= 500)


def exchange(env, trust, url, method, headers, body, proxied=True):
    """One request on a connection of its own -> (status, body). Redirects are not followed."""
    scheme, host, port, path = url
    proxy = proxy_for(env, host, port) if scheme == "https" and proxied else None
    connection = connect(proxy[0], proxy[1]) if proxy else connect(host, port)
    try:
        connection.settimeout(left())
        if proxy:
            through_proxy(connection, host, port, proxy[2])
        if scheme == "https":
            connection = secured(connection, trust, host)
        lines = ["%s %s HTTP/1.1" % (method, path)]
        lines += ["%s: %s" % pair for pair in headers.items()]
        lines += ["content-length: %d" % len(body), "connection: close"]
        connection.settimeout(left())
        connection.sendall("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)
        status, answer_headers, rest = read_head(connection)
        return status, read_body(connection, answer_headers, rest)
    except socket.timeout:
        raise Failure("Timeout") from None
    except OSError:
        raise Failure("Network", again=True) from None
    finally:
        connection.close()


def secured(connection, trust, host):
    import ssl

    context = trust.context()
    try:
        return context.wrap_socket(connection, server_hostname=host)
    except ssl.SSLEOFError:
        raise Failure("Network", again=True) from None
    except ssl.SSLCertVerificationError:
        raise Failure("Tls", again=trust.widen(context)) from None
    except ssl.SSLError:
        raise Failure("Tls") from None


# --- the call ---------------------------------------------------------------------------------


def credentials(env, trust):
    """-> (access key id, secret key, session token or "")"""
    found = (
        env.get("AWS_ACCESS_KEY_ID", ""),
        env.get("AWS_SECRET_ACCESS_KEY", ""),
        env.get("AWS_SESSION_TOKEN", ""),
    )
    if not (found[0] and found[1]):
        found = container_credentials(env, trust)
    for part in found:
        if part and not HEADER_SAFE.fullmatch(part):
            raise Failure("NoCredentials")
    return found


def container_credentials(env, trust):
    """What SnapStart functions have instead of keys in their environment."""
    address = env.get("AWS_CONTAINER_CREDENTIALS_FULL_URI", "")
    relative = env.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "")
    if relative:
        address = "http://169.254.170.2" + relative
    match = URL.fullmatch(address)
    if match is None:
        raise Failure("NoCredentials")
    scheme, host, port, path = match.groups()
    host = host.strip("[]").lower()
    if scheme == "http" and not (
        is_loopback(host) or re.fullmatch(r"169\.254\.170\.[0-9]{1,3}", host)
    ):
        raise Failure("InsecureEndpoint")
    url = (scheme, host, int(port or (443 if scheme == "https" else 80)), path or "/")
    headers = {"host": host_header(url), "accept": "application/json"}
    token = env.get("AWS_CONTAINER_AUTHORIZATION_TOKEN", "")
    token_file = env.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
    if token_file:
        try:
            with open(token_file, encoding="utf-8") as file:
                token = file.read(65536).rstrip("\r\n")
        except (OSError, UnicodeError):
            raise Failure("NoCredentials") from None
    if token:
        if not re.fullmatch(r"[ -~]+", token):
            raise Failure("NoCredentials")
        headers["authorization"] = token
    status, body = persistently(
        lambda: no_server_error(exchange(env, trust, url, "GET", headers, b"", proxied=False))
    )
    if status != 200:
        raise Failure("NoCredentials")
    answer = json_object(body)
    found = [answer.get(key, "") for key in ("AccessKeyId", "SecretAccessKey", "Token")]
    if not all(isinstance(part, str) for part in found) or not (found[0] and found[1]):
        raise Failure("NoCredentials")
    return tuple(found)


def no_server_error(answer):
    if answer[0] == 429 or answer[0] >= 500:
        raise Failure("NoCredentials", again=True)
    return answer


def host_header(url):
    scheme, host, port, _ = url
    name = "[%s]" % host if ":" in host else host
    return name if port == (443 if scheme == "https" else 80) else "%s:%d" % (name, port)


def signed_headers(url, region, keys, body, now):
    access_key, secret_key, token = keys
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    headers = {
        "content-type": "application/x-amz-json-1.1",
        "host": host_header(url),
        "x-amz-date": stamp,
        "x-amz-target": "secretsmanager.GetSecretValue",
    }
    if token:
        headers["x-amz-security-token"] = token
    names = sorted(headers)
    signed = ";".join(names)
    # Every service but S3 encodes the path twice; ours has only characters that stay, and "%".
    canonical = "\n".join(
        ["POST", url[3].replace("%", "%25"), ""]
        + ["%s:%s" % (name, headers[name]) for name in names]
        + ["", signed, hashlib.sha256(body).hexdigest()]
    )
    scope = "%s/%s/secretsmanager/aws4_request" % (stamp[:8], region)
    text = "\n".join(
        ["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()]
    )
    key = ("AWS4" + secret_key).encode()
    for part in (stamp[:8], region, "secretsmanager", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    headers["authorization"] = (
        "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s"
        % (access_key, scope, signed, signature)
    )
    headers["user-agent"] = "secretshift-resolver"
    return headers


def json_object(text):
    """A JSON object; numbers and booleans become the text they were written with."""
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8")
        answer = json.loads(text, parse_int=str, parse_float=str, parse_constant=not_json)
    except (ValueError, RecursionError):
        raise Failure("Malformed") from None
    if not isinstance(answer, dict):
        raise Failure("Malformed")
    return answer


def not_json(_):
    raise ValueError


def ask(env, trust, keys, secret):
    """One GetSecretValue -> SecretString."""
    arn, partition, region, stage, version = secret
    url = endpoint(env, partition, region)
    question = {"SecretId": arn}
    if stage:
        question["VersionStage"] = stage
    if version:
        question["VersionId"] = version
    body = json.dumps(question, separators=(",", ":")).encode()
    headers = signed_headers(url, region, keys.get(), body, time.time())
    status, answer = exchange(env, trust, url, "POST", headers, body)
    if status == 200:
        text = json_object(answer).get("SecretString")
        if text is None:
            raise Failure("NotAString")
        if not isinstance(text, str):
            raise Failure("Malformed")
        return text
    code = "Http%d" % status
    try:
        kind = json_object(answer).get("__type")
        if isinstance(kind, str):
            code = SERVICE_ERRORS.get(kind.rpartition("#")[2].partition(":")[0], code)
    except Failure:
        pass
    if status == 429:
        code = "Throttled"
    elif status >= 500:
        code = "ServiceError"
    raise Failure(code, again=code in ("Throttled", "ServiceError"))


def persistently(attempt):
    """Again, after a jittered pause, as long as it makes sense and the deadline allows."""
    longest = FIRST_PAUSE
    while True:
        try:
            return attempt()
        except Failure as failure:
            pause = longest * (0.5 + os.urandom(1)[0] / 510)
            if not failure.again or time.monotonic() + pause >= DEADLINE:
                raise
        time.sleep(pause)
        longest = min(LONGEST_PAUSE, longest * 2)


def read_secrets(env, secrets):
    """Each distinct secret once, all at the same time -> {secret: text or Failure}"""
    trust = Trust(env)
    keys = Once(lambda: credentials(env, trust))
    answers = {}

    def work(secret):
        try:
            answers[secret] = persistently(lambda: ask(env, trust, keys, secret))
        except Failure as failure:
            answers[secret] = failure
        except BaseException:
            answers[secret] = Failure("Internal")

    # Daemons, because a name lookup cannot be interrupted: the deadline leaves it behind.
    threads = [threading.Thread(target=work, args=(secret,), daemon=True) for secret in secrets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, DEADLINE - time.monotonic()))
    return {secret: answers.get(secret, Failure("Timeout")) for secret in secrets}


# --- from a secret to a value -----------------------------------------------------------------


def urlencode(text):
    """RFC 3986: everything but the unreserved characters."""
    return "".join(
        chr(byte) if byte in UNRESERVED else "%%%02X" % byte for byte in text.encode("utf-8")
    )


FILTERS = {
    "urlencode": urlencode,
    "json": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "base64": lambda text: binascii.b2a_base64(text.encode("utf-8"), newline=False).decode("ascii"),
}


def field(mapping, key):
    """One key of a JSON secret as text."""
    if key not in mapping:
        raise Failure("MissingKey")
    found = mapping[key]
    if found is True or found is False:
        return "true" if found else "false"
    if not isinstance(found, str):
        raise Failure("NotAString")
    return found


def render(template, mapping):
    """`{key|filter|filter}` from the mapping; `{{` and `}}` are the braces themselves."""
    parts = []
    at = 0
    while at < len(template):
        character = template[at]
        if template[at : at + 2] in ("{{", "}}"):
            parts.append(character)
            at += 2
        elif character == "{":
            end = template.find("}", at)
            if end < 0:
                raise Failure("BadTemplate")
            key, *filters = template[at + 1 : end].split("|")
            if not key or "{" in key or any(name not in FILTERS for name in filters):
                raise Failure("BadTemplate")
            text = representable(field(mapping, key))
            for name in filters:
                text = FILTERS[name](text)
            parts.append(text)
            at = end + 1
        elif character == "}":
            raise Failure("BadTemplate")
        else:
            parts.append(character)
            at += 1
    return "".join(parts)


def representable(text):
    """JSON can write half a character; UTF-8 cannot."""
    if LONE_SURROGATE.search(text):
        raise Failure("Unrepresentable")
    return text


def value_of(text, key, template):
    if template:
        if key:
            raise Failure("Malformed")
        return render(template, json_object(text))
    return field(json_object(text), key) if key else text


def outcome_of(name, value, present):
    """-> (outcome, assignment or None); `present` is the variable's bytes or None."""
    representable(value)
    if "\0" in value:
        raise Failure("Unrepresentable")
    encoded = value.encode("utf-8")
    if len(name) + len(encoded) + 2 > LONGEST_ASSIGNMENT:
        raise Failure("TooLarge")
    if present is not None:
        return ("match" if hmac.compare_digest(present, encoded) else "mismatch"), None
    return "resolved", b"export %s='%s'\n" % (name.encode(), encoded.replace(b"'", b"'\\''"))


def resolve(env, raw_env):
    """-> (outcomes, assignments, whether the runtime may start, digest of the references)"""
    names = listed_names(env)
    references, questions, outcomes = [], {}, {}
    for name in names:
        problem = name_problem(name)
        if problem == "BadName":
            outcomes["?"] = "error:BadName"
            continue
        references.append((name, *reference_of(env, name)))
        try:
            if problem:
                raise Failure(problem)
            arn, partition, region, key, stage, version = parse_reference(references[-1][1])
            questions[name] = ((arn, partition, region, stage, version), key, references[-1][2])
        except Failure as failure:
            outcomes[name] = "error:" + failure.code
    answers = read_secrets(env, {question[0] for question in questions.values()})
    assignments = []
    for name, (secret, key, template) in questions.items():
        try:
            if isinstance(answers[secret], Failure):
                raise answers[secret]
            value = value_of(answers[secret], key, template)
            outcomes[name], assignment = outcome_of(name, value, raw_env.get(name.encode()))
            if assignment:
                assignments.append(assignment)
        except Failure as failure:
            outcomes[name] = "error:" + failure.code
        except Exception:
            outcomes[name] = "error:Internal"
    may_start = all(
        outcome == "resolved" or (name != "?" and name.encode() in raw_env)
        for name, outcome in outcomes.items()
    )
    return outcomes, assignments, may_start, references_digest(references)


def log_line(env, outcomes, digest):
    record = {
        "v": 1,
        "function": env.get("AWS_LAMBDA_FUNCTION_NAME", ""),
        "version": env.get("AWS_LAMBDA_FUNCTION_VERSION", ""),
        "refs": digest,
        "ms": int((time.monotonic() - STARTED) * 1000),
        "vars": outcomes,
    }
    return b"secretshift " + json.dumps(record, separators=(",", ":")).encode() + b"\n"


def write_all(descriptor, data):
    while data:
        data = data[os.write(descriptor, data) :]


def main():
    env, raw_env = dict(os.environ), dict(os.environb)
    outcomes, assignments, may_start, digest = resolve(env, raw_env)
    # Before the line: a line means that this side of the work is done.
    if may_start:
        write_all(1, b"_secretshift_begin='ok'\n")
        write_all(1, b"".join(assignments) + b"_secretshift_end='ok'\n")
    else:
        write_all(1, b"_secretshift_refused='ok'\n")
    write_all(2, log_line(env, outcomes, digest))


if __name__ == "__main__":
    try:
        main()
        status = 0
    except BaseException:
        # Silently: the text of an exception may quote a value. The wrapper reports the crash.
        status = 70
    # Not sys.exit: threads that still wait for the network must not hold up the start.
    os._exit(status)
