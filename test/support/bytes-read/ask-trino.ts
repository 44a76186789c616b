import { fetchedEngine } from '../../engines/fetch/engine-directory.ts';
import { trino } from '../../engines/trino/engine.ts';
import { catalogName, hiveProperties, startTrinoServer } from '../../engines/trino/start-trino.ts';
import type { Endpoints } from '../../../local/runtime.ts';
import { removeFolder, temporaryFolder } from '../temporary-folder.ts';
import type { OtherEngine } from './measure-reports.ts';

/** Trino reads files below 3 MB whole, and what lies less than 1 MB apart at once: too coarse for files of this size. */
const asForLargeFiles = { 'parquet.small-file-threshold': '0B', 'parquet.max-merge-distance': '0B' };

/** A Trino over the same lake, which reads of a small file what it would read of a large one. */
export async function askTrino(endpoints: Endpoints): Promise<OtherEngine> {
  const directory = await temporaryFolder('trino');
  const program = { engine: fetchedEngine(trino), version: trino.version, java: 'java' };
  const properties = { ...hiveProperties(endpoints), ...asForLargeFiles };
  const server = await startTrinoServer(directory, program, { [catalogName]: properties }, endpoints.database);
  return {
    bytesRead: async (sql, parameters) => (await server.client.execute(sql, parameters)).bytesRead,
    stop: async () => {
      await server.stop();
      await removeFolder(directory);
    },
  };
}
