'use strict';
/*
 * Reads the secrets that SECRETSHIFT_VARS names and prints assignments for the wrapper's shell.
 * The Node.js twin of resolver.py: same rules, same words, same order of functions; see there for
 * where each rule comes from. Node.js 18 syntax, built-in modules only, and ".cjs" because a
 * package.json of another layer in /opt could declare every ".js" below it an ES module.
 *
 * Node.js 18 and 20 have no exec(), so the wrapper's shell starts the runtime; newer versions
 * (process.execve) take the same way, so that there is one to trust.
 *
 * Only fs.writeSync touches the standard streams: opening process.stdout or process.stderr makes
 * the pipe non-blocking, and the runtime inherits it.
 */
// The interpreter's own start counts, where the clock of the process tells it plausibly.
const STARTED = performance.now() - Math.min(500, process.uptime() * 1000);

const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const net = require('node:net');

const DEADLINE = STARTED + 2500;
const CONNECT_TIMEOUT = 1000;
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 400;
const LONGEST_ANSWER = 512 * 1024;
const LONGEST_ASSIGNMENT = 131072;

const PARTITIONS = new Map([
  ['aws', ['amazonaws.com', 'amazonaws.com']],
  ['aws-cn', ['amazonaws.com.cn', 'amazonaws.com.cn']],
  ['aws-us-gov', ['amazonaws.com', 'amazonaws.com']],
  ['aws-eusc', ['amazonaws.eu', 'api.amazonwebservices.eu']],
  ['aws-iso', ['c2s.ic.gov', 'api.aws.ic.gov']],
  ['aws-iso-b', ['sc2s.sgov.gov', 'api.aws.scloud']],
  ['aws-iso-e', ['cloud.adc-e.uk', 'api.cloud-aws.adc-e.uk']],
  ['aws-iso-f', ['csp.hci.ic.gov', 'api.aws.hci.ic.gov']],
]);

const RESERVED_NAMES = new Set(
  ('COMP_WORDBREAKS DIRSTACK ENV EUID FUNCNAME GROUPS HISTCMD HOSTNAME HOSTTYPE IFS LANG LINENO ' +
    'MACHTYPE NODE_COMPILE_CACHE NODE_DEBUG NODE_DEBUG_NATIVE NODE_EXTRA_CA_CERTS NODE_OPTIONS ' +
    'NODE_PATH NODE_PRESERVE_SYMLINKS_MAIN NODE_REDIRECT_WARNINGS NODE_TLS_REJECT_UNAUTHORIZED ' +
    'NODE_USE_ENV_PROXY NODE_USE_SYSTEM_CA NODE_V8_COVERAGE OLDPWD OPTARG OPTERR OPTIND OSTYPE ' +
    'PATH PIPESTATUS POSIXLY_CORRECT PPID PS1 PS2 PS3 PS4 PWD PYTHONHOME PYTHONPATH PYTHONSTARTUP ' +
    'RANDOM REPLY SECONDS SHELL SHELLOPTS SHLVL SRANDOM SSLKEYLOGFILE TERM UID _ ' +
    'AWS_ACCESS_KEY AWS_ACCESS_KEY_ID AWS_DEFAULT_REGION AWS_EXECUTION_ENV AWS_REGION ' +
    'AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN LAMBDA_RUNTIME_DIR LAMBDA_TASK_ROOT').split(' '),
);
const RESERVED_PREFIXES = ['BASH', 'LC_', 'LD_', 'AWS_LAMBDA_', 'SECRETSHIFT_', '_secretshift_'];

const SERVICE_ERRORS = new Map([
  ['AccessDenied', 'AccessDenied'],
  ['AccessDeniedException', 'AccessDenied'],
  ['DecryptionFailure', 'DecryptionFailure'],
  ['ExpiredTokenException', 'ExpiredToken'],
  ['InternalServiceError', 'ServiceError'],
  ['InvalidParameterException', 'InvalidParameter'],
  ['InvalidRequestException', 'InvalidRequest'],
  ['InvalidSignatureException', 'InvalidSignature'],
  ['ResourceNotFoundException', 'ResourceNotFound'],
  ['ThrottlingException', 'Throttled'],
  ['Throttling', 'Throttled'],
  ['TooManyRequestsException', 'Throttled'],
  ['RequestLimitExceeded', 'Throttled'],
  ['UnrecognizedClientException', 'UnrecognizedClient'],
]);

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const ARN = new RegExp(
  '^(arn:([a-z0-9-]+):secretsmanager:([a-z0-9-]+):[0-9]{12}:secret:[A-Za-z0-9/_+=.@!-]+)' +
    '(?::([^:]*):([^:]*):([A-Za-z0-9-]*))?$',
);
const HOST = '(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?';
const URL_TEXT = new RegExp(`^(https?)://${HOST}(/[A-Za-z0-9._~/%-]*)?$`);
const PROXY = new RegExp(`^(?:http://)?(?:([^@/:]*)(?::([^@/]*))?@)?${HOST}/?$`, 'i');
const HEADER_SAFE = /^[!-~]+$/;
const LONE_SURROGATE = /[\ud800-\udfff]/u;

/** Why something could not be done: a word from our own list, never a text from outside. */
class Failure extends Error {
  constructor(code, again = false) {
    super(code);
    this.code = code;
    this.again = again;
  }
}

/** Milliseconds until the deadline. */
function left() {
  const time = DEADLINE - performance.now();
  if (time <= 0) throw new Failure('Timeout');
  return time;
}

function sleep(time) {
  return new Promise((resolve) => setTimeout(resolve, time));
}

// --- what is asked for ------------------------------------------------------------------------

/** The names in SECRETSHIFT_VARS, each once, in their order. */
function listedNames(env) {
  const names = (env.SECRETSHIFT_VARS || '').split(',').map((name) => name.replace(/^ +| +$/g, ''));
  return [...new Set(names)].filter((name) => name !== '');
}

function nameProblem(name) {
  if (!NAME.test(name)) return 'BadName';
  const reserved = RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix));
  return reserved || RESERVED_NAMES.has(name) ? 'ReservedName' : null;
}

function referenceOf(env, name) {
  return [env[`${name}_SECRET_ARN`] || '', env[`${name}_SECRET_TEMPLATE`] || ''];
}

/** Which configuration this run saw; the operator's side computes the same. */
function referencesDigest(references) {
  const lines = references.map((reference) => reference.join('\t')).sort();
  return sha256(lines.join('\n')).slice(0, 16);
}

function parseReference(text) {
  if (!text) throw new Failure('NoReference');
  const match = ARN.exec(text);
  if (match === null) throw new Failure('Malformed');
  const [arn, partition, region, key, stage, version] = match.slice(1).map((part) => part || '');
  return { arn, partition, region, key, stage, version };
}

// --- where it is asked ------------------------------------------------------------------------

/** Plain http goes only to this machine, or where `mayBePlain` says. */
function parseUrl(text, mayBePlain = isLoopback) {
  const match = URL_TEXT.exec(text);
  if (match === null) throw new Failure('Malformed');
  const scheme = match[1];
  const host = match[2].replace(/[[\]]/g, '').toLowerCase();
  if (scheme === 'http' && !mayBePlain(host)) throw new Failure('InsecureEndpoint');
  return { scheme, host, port: Number(match[3] || defaultPort(scheme)), path: match[4] || '/' };
}

function defaultPort(scheme) {
  return scheme === 'https' ? 443 : 80;
}

function isLoopback(host) {
  return host === 'localhost' || host === '::1' || /^127(\.[0-9]{1,3}){3}$/.test(host);
}

/** The service's URL for the partition and region of an ARN, or the configured one. */
function endpoint(env, partition, region) {
  if ((env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS || '').toLowerCase() !== 'true') {
    const configured = env.AWS_ENDPOINT_URL_SECRETS_MANAGER || env.AWS_ENDPOINT_URL;
    if (configured) {
      const url = parseUrl(configured);
      if (!url.path.endsWith('/')) url.path += '/';
      return url;
    }
  }
  if (!PARTITIONS.has(partition)) throw new Failure('UnknownPartition');
  const dualStack = (env.AWS_USE_DUALSTACK_ENDPOINT || '').toLowerCase() === 'true';
  const fips = (env.AWS_USE_FIPS_ENDPOINT || '').toLowerCase() === 'true';
  const suffix = PARTITIONS.get(partition)[dualStack ? 1 : 0];
  const host = `secretsmanager${fips ? '-fips' : ''}.${region}.${suffix}`;
  return { scheme: 'https', host, port: 443, path: '/' };
}

/** The proxy to go through, or null to connect directly. */
function proxyFor(env, host, port) {
  const address = env.https_proxy || env.HTTPS_PROXY;
  if (!address || skipsProxy(env.no_proxy || env.NO_PROXY || '', host, port)) return null;
  const match = PROXY.exec(address);
  if (match === null) throw new Failure('Proxy');
  const [user, password] = [match[1], match[2] || ''];
  let authorization = null;
  if (user !== undefined) {
    const pair = Buffer.concat([percentDecoded(user), Buffer.from(':'), percentDecoded(password)]);
    authorization = `Basic ${pair.toString('base64')}`;
  }
  return { host: match[3].replace(/[[\]]/g, ''), port: Number(match[4] || 80), authorization };
}

function percentDecoded(text) {
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  const decoded = bytes.replace(/%([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(decoded, 'latin1');
}

function skipsProxy(noProxy, host, port) {
  for (const part of noProxy.toLowerCase().split(',')) {
    const entry = part.replace(/^ +| +$/g, '');
    if (entry === '*' || entry === host) return true;
    const colon = entry.indexOf(':');
    const onlyPort = colon < 0 ? '' : entry.slice(colon + 1);
    const name = (colon < 0 ? entry : entry.slice(0, colon)).replace(/^\*?\.*/, '');
    const same = name !== '' && (host === name || host.endsWith(`.${name}`));
    if (same && (onlyPort === '' || onlyPort === String(port))) return true;
  }
  return false;
}

// --- the wire ---------------------------------------------------------------------------------

/** What to trust instead of the built-in roots; null keeps those and NODE_EXTRA_CA_CERTS. */
function trustedRoots(env) {
  const bundles = [];
  if (env.AWS_CA_BUNDLE) {
    try {
      bundles.push(fs.readFileSync(env.AWS_CA_BUNDLE));
    } catch {
      throw new Failure('CaBundle');
    }
  } else if (env.SSL_CERT_FILE && readable(env.SSL_CERT_FILE)) {
    bundles.push(fs.readFileSync(env.SSL_CERT_FILE));
  }
  if (bundles.length === 0) return null;
  const extra = env.NODE_EXTRA_CA_CERTS;
  if (extra && readable(extra)) bundles.push(fs.readFileSync(extra));
  return bundles;
}

/** OpenSSL passes over an SSL_CERT_FILE that is not there. */
function readable(path) {
  try {
    fs.accessSync(path, fs.constants.R_OK);
    return fs.statSync(path).isFile();
  } catch {
    return false;
  }
}

let lookups = 0;

async function connect(host, port) {
  let addresses;
  lookups += 1;
  try {
    addresses = await require('node:dns').promises.lookup(host, { all: true, verbatim: true });
  } catch {
    throw new Failure('Network');
  } finally {
    lookups -= 1;
  }
  let failure = new Failure('Network');
  for (const { address } of addresses) {
    try {
      return await connectTo(address, port, Math.min(CONNECT_TIMEOUT, left()));
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function connectTo(address, port, time) {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host: address, port, noDelay: true });
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Failure('Timeout'));
    }, time);
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(new Failure('Network', error.code === 'ECONNRESET'));
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

function networkFailure(error) {
  if (error instanceof Failure) return error;
  const code = String(error && error.code);
  return code.startsWith('HPE_') ? new Failure('Malformed') : new Failure('Network', true);
}

function throughProxy(socket, host, port, authorization) {
  const target = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const headers = { host: target };
  if (authorization) headers['proxy-authorization'] = authorization;
  return new Promise((resolve, reject) => {
    const request = http.request({
      method: 'CONNECT',
      path: target,
      headers,
      createConnection: () => socket,
    });
    request.once('error', (error) => reject(networkFailure(error)));
    request.once('connect', (response, tunnel, rest) => {
      const status = response.statusCode;
      if (status === 200 && rest.length === 0) resolve(tunnel);
      else reject(new Failure('Proxy', status >= 500));
    });
    request.end();
  });
}

function secured(env, socket, host) {
  const tls = require('node:tls');
  const options = {
    socket,
    host,
    servername: net.isIP(host) ? '' : host,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
  };
  const roots = trustedRoots(env);
  if (roots !== null) options.ca = roots;
  return new Promise((resolve, reject) => {
    let connection;
    try {
      connection = tls.connect(options);
    } catch {
      reject(new Failure('CaBundle'));
      return;
    }
    connection.once('error', (error) => {
      const lost = ['ECONNRESET', 'EPIPE'].includes(error.code);
      reject(lost ? new Failure('Network', true) : new Failure('Tls'));
    });
    connection.once('secureConnect', () => {
      connection.removeAllListeners('error');
      resolve(connection);
    });
  });
}

/** One request on a connection of its own. Redirects are not followed. */
async function exchange(env, url, method, headers, body, proxied = true) {
  const proxy = url.scheme === 'https' && proxied ? proxyFor(env, url.host, url.port) : null;
  let socket = proxy ? await connect(proxy.host, proxy.port) : await connect(url.host, url.port);
  try {
    if (proxy) socket = await throughProxy(socket, url.host, url.port, proxy.authorization);
    if (url.scheme === 'https') socket = await secured(env, socket, url.host);
    return await httpExchange(socket, url.path, method, headers, body);
  } finally {
    socket.destroy();
  }
}

function httpExchange(socket, path, method, headers, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({
      method,
      path,
      headers: { ...headers, 'content-length': body.length, connection: 'close' },
      createConnection: () => socket,
    });
    request.once('error', (error) => reject(networkFailure(error)));
    request.once('response', (response) => {
      const chunks = [];
      let size = 0;
      response.on('data', (chunk) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > LONGEST_ANSWER) {
          reject(new Failure('Malformed'));
          request.destroy();
        }
      });
      response.once('error', (error) => reject(networkFailure(error)));
      response.once('end', () => resolve({ status: response.statusCode, body: Buffer.concat(chunks) }));
    });
    request.end(body);
  });
}

// --- the call ---------------------------------------------------------------------------------

async function credentials(env) {
  let keys = {
    id: env.AWS_ACCESS_KEY_ID || '',
    secret: env.AWS_SECRET_ACCESS_KEY || '',
    token: env.AWS_SESSION_TOKEN || '',
  };
  if (!keys.id || !keys.secret) keys = await containerCredentials(env);
  for (const part of Object.values(keys)) {
    if (part && !HEADER_SAFE.test(part)) throw new Failure('NoCredentials');
  }
  return keys;
}

/** What SnapStart functions have instead of keys in their environment. */
async function containerCredentials(env) {
  const relative = env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
  const address = relative
    ? `http://169.254.170.2${relative}`
    : env.AWS_CONTAINER_CREDENTIALS_FULL_URI || '';
  if (!URL_TEXT.test(address)) throw new Failure('NoCredentials');
  const url = parseUrl(
    address,
    (host) => isLoopback(host) || /^169\.254\.170\.[0-9]{1,3}$/.test(host),
  );
  const headers = { host: hostHeader(url), accept: 'application/json' };
  let token = env.AWS_CONTAINER_AUTHORIZATION_TOKEN || '';
  if (env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE) {
    try {
      token = fs.readFileSync(env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, 'utf8').replace(/[\r\n]+$/, '');
    } catch {
      throw new Failure('NoCredentials');
    }
  }
  if (token) {
    if (!/^[ -~]+$/.test(token)) throw new Failure('NoCredentials');
    headers.authorization = token;
  }
  const { status, body } = await persistently(async () => {
    const answer = await exchange(env, url, 'GET', headers, Buffer.alloc(0), false);
    if (answer.status === 429 || answer.status >= 500) throw new Failure('NoCredentials', true);
    return answer;
  });
  if (status !== 200) throw new Failure('NoCredentials');
  const answer = jsonObject(body);
  const keys = {
    id: answer.get('AccessKeyId') ?? '',
    secret: answer.get('SecretAccessKey') ?? '',
    token: answer.get('Token') ?? '',
  };
  const texts = Object.values(keys).every((part) => typeof part === 'string');
  if (!texts || !keys.id || !keys.secret) throw new Failure('NoCredentials');
  return keys;
}

function hostHeader(url) {
  const name = url.host.includes(':') ? `[${url.host}]` : url.host;
  return url.port === defaultPort(url.scheme) ? name : `${name}:${url.port}`;
}

function sha256(data) {
  return crypto.createHash('sha256').update(data).digest('hex');
}

function hmac(key, text) {
  return crypto.createHmac('sha256', key).update(text).digest();
}

function signedHeaders(url, region, keys, body, now) {
  const stamp = `${new Date(now).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
  const day = stamp.slice(0, 8);
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    host: hostHeader(url),
    'x-amz-date': stamp,
    'x-amz-target': 'secretsmanager.GetSecretValue',
  };
  if (keys.token) headers['x-amz-security-token'] = keys.token;
  const names = Object.keys(headers).sort();
  const signed = names.join(';');
  // Every service but S3 encodes the path twice; ours has only characters that stay, and "%".
  const canonical = [
    'POST',
    url.path.replace(/%/g, '%25'),
    '',
    ...names.map((name) => `${name}:${headers[name]}`),
    '',
    signed,
    sha256(body),
  ].join('\n');
  const scope = `${day}/${region}/secretsmanager/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', stamp, scope, sha256(canonical)].join('\n');
  let key = `AWS4${keys.secret}`;
  for (const part of [day, region, 'secretsmanager', 'aws4_request']) key = hmac(key, part);
  const signature = hmac(key, text).toString('hex');
  headers.authorization =
    `AWS4-HMAC-SHA256 Credential=${keys.id}/${scope}, SignedHeaders=${signed}, Signature=${signature}`;
  headers['user-agent'] = 'secretshift-resolver';
  return headers;
}

/** A JSON object as a Map; numbers become the text they were written with. */
function jsonObject(source) {
  let text;
  let answer;
  try {
    text =
      typeof source === 'string'
        ? source
        : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(source);
    answer = JSON.parse(text);
  } catch {
    throw new Failure('Malformed');
  }
  if (answer === null || typeof answer !== 'object' || Array.isArray(answer)) {
    throw new Failure('Malformed');
  }
  const fields = new Map(Object.entries(answer));
  for (const [key, number] of numberTexts(text)) {
    if (typeof fields.get(key) === 'number') fields.set(key, number);
  }
  return fields;
}

/** The numbers of the outermost object as they were written; the text is known to be JSON. */
function numberTexts(text) {
  const numbers = new Map();
  let depth = 0;
  let key = null;
  let last = null;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (depth === 1 && token === ':') key = JSON.parse(last);
    else if (depth === 1 && token === ',') key = null;
    else if (depth === 1 && key !== null && /^[-0-9]/.test(token)) numbers.set(key, token);
    last = token;
  }
  return numbers;
}

/** One GetSecretValue -> SecretString. */
async function ask(env, keys, secret) {
  const { arn, partition, region, stage, version } = secret;
  const url = endpoint(env, partition, region);
  const question = { SecretId: arn };
  if (stage) question.VersionStage = stage;
  if (version) question.VersionId = version;
  const body = Buffer.from(JSON.stringify(question));
  const headers = signedHeaders(url, region, await keys(), body, Date.now());
  const answer = await exchange(env, url, 'POST', headers, body);
  if (answer.status === 200) {
    const text = jsonObject(answer.body).get('SecretString') ?? null;
    if (text === null) throw new Failure('NotAString');
    if (typeof text !== 'string') throw new Failure('Malformed');
    return text;
  }
  let code = `Http${answer.status}`;
  try {
    const kind = jsonObject(answer.body).get('__type');
    if (typeof kind === 'string') {
      code = SERVICE_ERRORS.get(kind.slice(kind.lastIndexOf('#') + 1).split(':')[0]) || code;
    }
  } catch {
    // The status says enough.
  }
  if (answer.status === 429) code = 'Throttled';
  else if (answer.status >= 500) code = 'ServiceError';
  throw new Failure(code, code === 'Throttled' || code === 'ServiceError');
}

/** Again, after a jittered pause, as long as it makes sense and the deadline allows. */
async function persistently(attempt) {
  for (let longest = FIRST_PAUSE; ; longest = Math.min(LONGEST_PAUSE, longest * 2)) {
    try {
      return await attempt();
    } catch (error) {
      const failure = error instanceof Failure ? error : new Failure('Internal');
      const pause = longest * (0.5 + Math.random() / 2);
      if (!failure.again || performance.now() + pause >= DEADLINE) throw failure;
      await sleep(pause);
    }
  }
}

/** Each distinct secret once, all at the same time -> Map of secret to text or Failure. */
async function readSecrets(env, secrets) {
  let made = null;
  const keys = () => {
    // Whoever comes second gets the first one's failure as it is, without trying again.
    made ??= credentials(env).catch((error) => {
      throw error instanceof Failure ? new Failure(error.code) : new Failure('Internal');
    });
    return made;
  };
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, Math.max(0, DEADLINE - performance.now()), new Failure('Timeout'));
  });
  const answers = new Map();
  await Promise.all(
    [...secrets].map(async ([id, secret]) => {
      const answer = persistently(() => ask(env, keys, secret)).catch((failure) => failure);
      answers.set(id, await Promise.race([answer, late]));
    }),
  );
  clearTimeout(timer);
  return answers;
}

// --- from a secret to a value -----------------------------------------------------------------

/** RFC 3986: everything but the unreserved characters. */
function urlencode(text) {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

const FILTERS = new Map([
  ['urlencode', urlencode],
  ['json', (text) => JSON.stringify(text).slice(1, -1)],
  ['base64', (text) => Buffer.from(text, 'utf8').toString('base64')],
]);

/** One key of a JSON secret as text. */
function field(mapping, key) {
  if (!mapping.has(key)) throw new Failure('MissingKey');
  const found = mapping.get(key);
  if (typeof found === 'boolean') return String(found);
  if (typeof found !== 'string') throw new Failure('NotAString');
  return found;
}

/** `{key|filter|filter}` from the mapping; `{{` and `}}` are the braces themselves. */
function render(template, mapping) {
  let result = '';
  let at = 0;
  while (at < template.length) {
    const character = template[at];
    const pair = template.slice(at, at + 2);
    if (pair === '{{' || pair === '}}') {
      result += character;
      at += 2;
    } else if (character === '{') {
      const end = template.indexOf('}', at);
      if (end < 0) throw new Failure('BadTemplate');
      const [key, ...filters] = template.slice(at + 1, end).split('|');
      if (!key || key.includes('{') || filters.some((name) => !FILTERS.has(name))) {
        throw new Failure('BadTemplate');
      }
      let text = representable(field(mapping, key));
      for (const name of filters) text = FILTERS.get(name)(text);
      result += text;
      at = end + 1;
    } else if (character === '}') {
      throw new Failure('BadTemplate');
    } else {
      result += character;
      at += 1;
    }
  }
  return result;
}

/** JSON can write half a character; UTF-8 cannot. */
function representable(text) {
  if (LONE_SURROGATE.test(text)) throw new Failure('Unrepresentable');
  return text;
}

function valueOf(text, key, template) {
  if (template) {
    if (key) throw new Failure('Malformed');
    return render(template, jsonObject(text));
  }
  return key ? field(jsonObject(text), key) : text;
}

/** `present` is the variable's text, or undefined. */
function outcomeOf(name, value, present) {
  representable(value);
  if (value.includes('\0')) throw new Failure('Unrepresentable');
  if (name.length + Buffer.byteLength(value) + 2 > LONGEST_ASSIGNMENT) throw new Failure('TooLarge');
  if (present !== undefined) return { outcome: present === value ? 'match' : 'mismatch' };
  const quoted = value.replace(/'/g, "'\\''");
  return { outcome: 'resolved', assignment: `export ${name}='${quoted}'\n` };
}

async function resolve(env) {
  const references = [];
  const questions = new Map();
  const secrets = new Map();
  const outcomes = new Map();
  for (const name of listedNames(env)) {
    const problem = nameProblem(name);
    if (problem === 'BadName') {
      outcomes.set('?', 'error:BadName');
      continue;
    }
    const [text, template] = referenceOf(env, name);
    references.push([name, text, template]);
    try {
      if (problem) throw new Failure(problem);
      const { key, ...secret } = parseReference(text);
      const id = [secret.arn, secret.stage, secret.version].join('\t');
      secrets.set(id, secret);
      questions.set(name, { id, key, template });
    } catch (failure) {
      outcomes.set(name, `error:${failure.code}`);
    }
  }
  const answers = await readSecrets(env, secrets);
  const assignments = [];
  for (const [name, { id, key, template }] of questions) {
    try {
      const answer = answers.get(id);
      if (answer instanceof Failure) throw answer;
      const present = isSet(env, name) ? env[name] : undefined;
      const result = outcomeOf(name, valueOf(answer, key, template), present);
      outcomes.set(name, result.outcome);
      if (result.assignment) assignments.push(result.assignment);
    } catch (error) {
      outcomes.set(name, `error:${error instanceof Failure ? error.code : 'Internal'}`);
    }
  }
  const mayStart = [...outcomes].every(
    ([name, outcome]) => outcome === 'resolved' || (name !== '?' && isSet(env, name)),
  );
  return { outcomes, assignments, mayStart, digest: referencesDigest(references) };
}

function isSet(env, name) {
  return Object.prototype.hasOwnProperty.call(env, name);
}

function logLine(env, outcomes, digest) {
  const record = {
    v: 1,
    function: env.AWS_LAMBDA_FUNCTION_NAME || '',
    version: env.AWS_LAMBDA_FUNCTION_VERSION || '',
    refs: digest,
    ms: Math.floor(performance.now() - STARTED),
    vars: Object.fromEntries(outcomes),
  };
  return `secretshift ${JSON.stringify(record)}\n`;
}

function writeAll(descriptor, text) {
  let data = Buffer.from(text, 'utf8');
  while (data.length > 0) {
    try {
      data = data.subarray(fs.writeSync(descriptor, data));
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

async function main() {
  const { outcomes, assignments, mayStart, digest } = await resolve(process.env);
  // Before the line: a line means that this side of the work is done.
  const text = `_secretshift_begin='ok'\n${assignments.join('')}_secretshift_end='ok'\n`;
  writeAll(1, mayStart ? text : "_secretshift_refused='ok'\n");
  writeAll(2, logLine(process.env, outcomes, digest));
}

/** exit() joins the threads that look up names, and a lookup cannot be cancelled. */
function leave() {
  if (lookups > 0) process.kill(process.pid, 'SIGKILL');
  process.exit(0);
}

if (require.main === module) {
  // Silently: the text of an exception may quote a value. The wrapper reports the crash.
  process.on('uncaughtException', () => process.exit(70));
  main().then(leave, () => process.exit(70));
} else {
  module.exports = {
    Failure, endpoint, field, jsonObject, listedNames, nameProblem, outcomeOf, parseReference,
    persistently, proxyFor, referencesDigest, render, valueOf,
  };
}
