import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Client, DatabaseError } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { columnTypeName } from '../column-types.ts';
import { engineOf } from '../engine-of.ts';
import type { Connection } from '../engine-of.ts';
import { WarehouseError } from '../engine.ts';
import type { WarehouseEngine, WarehouseRows } from '../engine.ts';
import { prepareWarehouse } from '../prepare-warehouse.ts';

/** Memory of a sort or a hash table, as reports over millions of rows take it. */
const WORK_MEMORY = '256MB';

/** Every value stays the text that PostgreSQL sends. */
const asText = { getTypeParser: () => (value: string) => value };

/**
 * A PostgreSQL server as a warehouse, e.g. `postgres://user@127.0.0.1:5432/warehouse`: a database of its own, in UTF-8 and
 * with collation C as Redshift compares, whose user is a superuser. Throws WarehouseError where it cannot be reached.
 */
export async function openPostgres(url: string): Promise<WarehouseEngine> {
  const engine = engineOf(await connect(url));
  await prepareWarehouse(engine);
  return engine;
}

async function connect(url: string): Promise<Connection> {
  let client: Client | undefined;

  /** The connection; a new one where the last is gone. */
  async function connection(): Promise<Client> {
    if (client) return client;
    const made = new Client({ connectionString: url, types: asText, options: `-c work_mem=${WORK_MEMORY}` });
    made.on('error', () => {
      if (client === made) client = undefined;
    });
    made.on('end', () => {
      if (client === made) client = undefined;
    });
    await told(made.connect());
    client = made;
    return made;
  }

  const { rows } = await told((await connection()).query<{ server_version: string }>('SHOW server_version'));
  return {
    description: `PostgreSQL ${rows[0]?.server_version ?? ''}`,
    async query(sql, parameters): Promise<WarehouseRows> {
      const made = await connection();
      const result = await told(
        made.query<(string | null)[]>({ text: sql, values: [...(parameters ?? [])], rowMode: 'array' }),
      );
      const columns = result.fields.map(({ name, dataTypeID }) => ({ name, type: columnTypeName(dataTypeID) }));
      return { columns, rows: result.rows, affectedRows: result.rowCount ?? 0 };
    },
    async script(sql) {
      await told((await connection()).query(sql));
    },
    async copyCsv(table, columns, path) {
      const made = await connection();
      const stream = made.query(copyFrom(`COPY ${table} (${columns.join(', ')}) FROM STDIN WITH (FORMAT csv)`));
      await told(pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), stream));
      return stream.rowCount;
    },
    async cancel() {
      const pid = client && 'processID' in client ? Number(client.processID) : undefined;
      if (pid === undefined) return;
      const other = new Client({ connectionString: url });
      await told(other.connect());
      try {
        await told(other.query('SELECT pg_cancel_backend($1)', [pid]));
      } finally {
        await other.end();
      }
    },
    async close() {
      await client?.end();
    },
  };
}

async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof DatabaseError) {
      const { message, code, detail } = error;
      throw new WarehouseError(message, {
        ...(code !== undefined && { code }),
        ...(detail !== undefined && { detail }),
      });
    }
    throw new WarehouseError(`the connection to the warehouse failed: ${messageOf(error)}`, { code: '08006' });
  }
}

/** Of several addresses that were tried, each has an error of its own. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
