// Compares stock with a SQL Server: an ES module with a connection string in ADO.NET's form.
import expected from './expected.js';

const parts = new Map(
  process.env.WAREHOUSE_CONNECTION.split(';').filter(Boolean).map((part) => part.split('=', 2)),
);

export const handler = async (event) => {
  console.log(`article ${event.article} on ${parts.get('Server')}`);
  return expected.answer(parts.has('Password') && expected.variablesAreExpected('WAREHOUSE_CONNECTION'));
};
