// Publishes releases; a version of it is in use under the alias "live".
'use strict';

const { answer, variablesAreExpected } = require('./expected');

exports.handler = async (event, context) => {
  console.log(`release ${event.release} by version ${context.functionVersion}`);
  return answer(variablesAreExpected('GITHUB_TOKEN'));
};
