import { availableParallelism } from 'node:os';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';

/** Reads the lake's files for the warehouse, as Redshift's Spectrum layer does. */
export interface LakeReader {
  /** Gives a connection to DuckDB, in UTC. */
  read<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  close(): void;
}

/** Memory that reading may take; rows go through to a file. */
const MEMORY_LIMIT = '1GB';

export function createLakeReader(): LakeReader {
  let opening: Promise<DuckDBInstance> | undefined;
  return {
    async read(work) {
      const instance = await (opening ??= DuckDBInstance.create(':memory:', {
        threads: String(Math.min(2, availableParallelism())),
        memory_limit: MEMORY_LIMIT,
        temp_directory: '',
        autoinstall_known_extensions: 'false',
        autoload_known_extensions: 'false',
      }));
      const connection = await instance.connect();
      try {
        await connection.run(`SET TimeZone = 'UTC'; SET preserve_insertion_order = false`);
        return await work(connection);
      } finally {
        connection.closeSync();
      }
    },
    close() {
      void opening?.then((instance) => instance.closeSync());
      opening = undefined;
    },
  };
}
