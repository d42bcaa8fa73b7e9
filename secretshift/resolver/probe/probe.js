'use strict';
/*
 * The handler of a throw-away function that says whether variables have the expected values.
 *
 * It is asked with {"checks": [{"name", "key", "expect"}]}, where expect is the HMAC-SHA256 of the
 * value under a random key, both in hex, and answers match, mismatch or missing. Neither a value
 * nor a digest of one is in the answer or in the log. {"end": true} ends its environment, so that
 * the next question is answered by one that has read the secret anew.
 */
const crypto = require('node:crypto');

const HEX = /^(?:[0-9a-f]{2})*$/;

function compare({ name, key, expect }) {
  if (!Object.prototype.hasOwnProperty.call(process.env, name)) return 'missing';
  const found = crypto
    .createHmac('sha256', Buffer.from(key, 'hex'))
    .update(process.env[name], 'utf8')
    .digest('hex');
  const same = found.length === expect.length &&
    crypto.timingSafeEqual(Buffer.from(found), Buffer.from(expect));
  return same ? 'match' : 'mismatch';
}

function isCheck(check) {
  if (check === null || typeof check !== 'object') return false;
  const { name, key, expect } = check;
  return typeof name === 'string' && HEX.test(key) && HEX.test(expect);
}

exports.handler = async (event) => {
  if (event && event.end === true) process.exit(0);
  const checks = event && event.checks;
  if (!Array.isArray(checks) || !checks.every(isCheck)) {
    return { secretshift_probe: 1, error: 'BadRequest' };
  }
  const results = Object.fromEntries(checks.map((check) => [check.name, compare(check)]));
  return { secretshift_probe: 1, results };
};
