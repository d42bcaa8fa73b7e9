// Runs a Node.js function: `node node_loop.cjs module.handler`.
//
// The loop of the Lambda Runtime API: next, response, error, init error.
// AWS: "Using the Lambda runtime API" and "Define Lambda function handler in Node.js"
// (Lambda Developer Guide, runtimes-api and nodejs-handler).
'use strict';

const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const PREFIX = '/2018-06-01/runtime';
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');

function request(method, where, body) {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : {
      'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body),
    };
    const sent = http.request({ host, port, method, path: PREFIX + where, headers, agent }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => resolve({
        status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks).toString('utf8'),
      }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function described(error) {
  if (error instanceof Error) {
    return {
      errorType: error.name, errorMessage: error.message, trace: (error.stack || '').split('\n'),
    };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function named(type, message) {
  const error = new Error(message);
  error.name = type;
  return error;
}

async function moduleAt(file) {
  for (const ending of ['', '.js', '.mjs', '.cjs']) {
    const candidate = file + ending;
    if (!fs.existsSync(candidate) || !fs.statSync(candidate).isFile()) continue;
    try {
      if (ending !== '.mjs') return require(candidate);
    } catch (error) {
      if (error.code !== 'ERR_REQUIRE_ESM' && error.code !== 'ERR_REQUIRE_ASYNC_MODULE') throw error;
    }
    return import(pathToFileURL(candidate).href);
  }
  throw named('Runtime.ImportModuleError', `Error: Cannot find module '${path.basename(file)}'`);
}

// "folder/module.handler", where the handler may be nested: "module.exported.handler".
async function load(name) {
  const folder = path.dirname(name);
  const [file, ...keys] = path.basename(name).split('.');
  if (keys.length === 0) throw named('Runtime.MalformedHandlerName', 'Bad handler');
  let found = await moduleAt(path.resolve(process.env.LAMBDA_TASK_ROOT, folder, file));
  if (found[keys[0]] === undefined && found.default) found = found.default;
  for (const key of keys) found = found === undefined || found === null ? undefined : found[key];
  if (found === undefined) throw named('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  if (typeof found !== 'function') throw named('Runtime.HandlerNotFound', `${name} is not a function`);
  return found;
}

function contextOf(headers) {
  const deadline = Number(headers['lambda-runtime-deadline-ms'] || 0);
  return {
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

// Async handlers answer with a promise, the others through the callback or the context.
function call(handler, event, context) {
  return new Promise((resolve, reject) => {
    const done = (error, result) => (error ? reject(error) : resolve(result));
    context.done = done;
    context.succeed = resolve;
    context.fail = (error) => reject(error || new Error('failed'));
    const returned = handler(event, context, done);
    if (returned && typeof returned.then === 'function') returned.then(resolve, reject);
  });
}

async function main() {
  let handler;
  try {
    handler = await load(process.argv[2]);
  } catch (error) {
    await request('POST', '/init/error', JSON.stringify(described(error)));
    process.exit(1);
  }
  for (;;) {
    const next = await request('GET', '/invocation/next');
    if (next.status !== 200) process.exit(0);
    const where = `/invocation/${next.headers['lambda-runtime-aws-request-id']}`;
    if (next.headers['lambda-runtime-trace-id']) {
      process.env._X_AMZN_TRACE_ID = next.headers['lambda-runtime-trace-id'];
    } else {
      delete process.env._X_AMZN_TRACE_ID;
    }
    try {
      const result = await call(handler, JSON.parse(next.body), contextOf(next.headers));
      await request('POST', `${where}/response`, result === undefined ? 'null' : JSON.stringify(result));
    } catch (error) {
      console.error('ERROR\tInvoke Error\t' + JSON.stringify(described(error)));
      await request('POST', `${where}/error`, JSON.stringify(described(error)));
    }
  }
}

main().catch((error) => {
  // The Runtime API is gone, and so is the environment.
  if (error.code !== 'ECONNREFUSED' && error.code !== 'ECONNRESET') console.error(described(error));
  process.exit(1);
});
