// Tells a channel what happened.
'use strict';

const { answer, variablesAreExpected } = require('./expected');

exports.handler = async (event) => {
  console.log(`message for ${process.env.CHANNEL}: ${event.text.length} characters`);
  return answer(variablesAreExpected('SLACK_BOT_TOKEN'));
};
