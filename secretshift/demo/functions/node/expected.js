// Tells whether this function got the values that its package expects, and never prints one.
'use strict';

const crypto = require('node:crypto');
const expected = require('./expected.json');

function isExpected(name, value) {
  const found = crypto.createHmac('sha256', Buffer.from(expected.salt, 'hex')).update(value, 'utf8').digest();
  return crypto.timingSafeEqual(found, Buffer.from(expected.digests[name], 'hex'));
}

exports.variablesAreExpected = (...names) =>
  names.every((name) => process.env[name] !== undefined && isExpected(name, process.env[name]));

exports.answer = (fine) => ({ statusCode: fine ? 200 : 500 });
