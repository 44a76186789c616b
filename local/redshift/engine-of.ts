import type { WarehouseEngine, WarehouseRows, WarehouseSession } from './engine.ts';

/**
 * Redshift joins by hashing wherever rows are joined by what is equal. PostgreSQL knows nothing of a table that the same
 * transaction filled, takes it for small, and would read it through once for each row of the other.
 */
const HASH_JOINS = 'SET enable_nestloop = off';

/** Schema of what the stand-in adds to PostgreSQL. */
export const ADDED_SCHEMA = 'redshift';

/** Where unqualified names are looked up, in this order: Redshift's functions win over PostgreSQL's of the same name. */
const SEARCH_PATH = `public, ${ADDED_SCHEMA}, pg_catalog`;

/** One connection of an engine, not yet guarded against use by two at a time. */
export interface Connection extends WarehouseSession {
  readonly description: string;
  /** Stops the statement that runs. */
  cancel(): Promise<void>;
  close(): Promise<void>;
}

/** An engine of one connection that is lent to one after the other. */
export function engineOf(connection: Connection): WarehouseEngine {
  let last: Promise<unknown> = Promise.resolve();

  function session<T>(work: (session: WarehouseSession) => Promise<T>): Promise<T> {
    const turn = last.then(async () => {
      try {
        await connection.script(`SET search_path = ${SEARCH_PATH}; SET timezone = 'UTC'; ${HASH_JOINS}`);
        return await work(connection);
      } finally {
        // Leaves no open transaction, no temporary table and no setting to the next.
        await connection.script('ROLLBACK').catch(() => undefined);
        await connection.script('DISCARD ALL').catch(() => undefined);
      }
    });
    last = turn.catch(() => undefined);
    return turn;
  }

  return {
    description: connection.description,
    session,
    query: (sql, parameters) => session((one) => one.query(sql, parameters)),
    transaction: (statements) =>
      session(async (one) => {
        const results: WarehouseRows[] = [];
        await one.script('BEGIN');
        for (const { sql, parameters } of statements) results.push(await one.query(sql, parameters));
        await one.script('COMMIT');
        return results;
      }),
    cancel: () => connection.cancel(),
    async close() {
      await last;
      await connection.close();
    },
  };
}
