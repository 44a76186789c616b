// The thread in which PGlite runs: a statement keeps its thread busy until it ends.
import { openAsBlob } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';

const quiet = () => true;

const database = await PGlite.create({
  ...(workerData.folder !== undefined && { dataDir: workerData.folder }),
  onStdout: quiet,
  onStderr: quiet,
});
/** Every value stays the text that PostgreSQL made of it. */
const parsers = Object.fromEntries(Object.keys(database.parsers).map((oid) => [oid, (value) => value]));
const serializers = Object.fromEntries(Object.keys(database.serializers).map((oid) => [oid, (value) => value]));

const { rows } = await database.query('SHOW server_version');
parentPort.postMessage({ kind: 'ready', version: rows[0].server_version });

parentPort.on('message', (request) => {
  void perform(request).then(
    (answer) => parentPort.postMessage({ kind: 'done', id: request.id, answer }),
    (error) => parentPort.postMessage({ kind: 'failed', id: request.id, error: plain(error) }),
  );
});

async function perform({ kind, sql, parameters, path }) {
  switch (kind) {
    case 'query': {
      const result = await database.query(sql, parameters ?? [], {
        rowMode: 'array',
        parsers,
        serializers,
      });
      const columns = result.fields.map(({ name, dataTypeID }) => ({ name, oid: dataTypeID }));
      return {
        columns,
        rows: result.rows,
        affectedRows: columns.length > 0 ? result.rows.length : result.affectedRows,
      };
    }
    case 'script':
      return void (await database.exec(sql));
    case 'copy': {
      const { affectedRows } = await database.query(sql, [], { blob: await openAsBlob(path) });
      return affectedRows;
    }
    case 'close':
      return void (await database.close());
    default:
      throw new Error(`nobody can ${kind}`);
  }
}

function plain(error) {
  const { message, code, detail } = error ?? {};
  return { message: String(message ?? error), code, detail };
}
