// Signs documents with a key that stands in one line, its line breaks written as \n.
'use strict';

const crypto = require('node:crypto');
const { answer, variablesAreExpected } = require('./expected');

exports.handler = async (event) => {
  const key = crypto.createPrivateKey(process.env.SIGNING_KEY.replace(/\\n/g, '\n'));
  const signature = crypto.sign(null, Buffer.from(event.document), key);
  const holds = crypto.verify(null, Buffer.from(event.document), crypto.createPublicKey(key), signature);
  console.log(`document ${event.document} signed`);
  return answer(holds && variablesAreExpected('SIGNING_KEY'));
};
