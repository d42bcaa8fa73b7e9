// Sends mail; an older function that answers through its callback.
'use strict';

const { answer, variablesAreExpected } = require('./expected');

exports.handler = (event, context, callback) => {
  setImmediate(() => {
    console.log(`mail ${event.mail} from ${process.env.MAIL_FROM}`);
    callback(null, answer(variablesAreExpected('SENDGRID_API_KEY')));
  });
};
