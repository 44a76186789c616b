import { GetTablesCommand, GlueClient, type Table } from '@aws-sdk/client-glue';
import { outputNames } from '../../lib/queries/check-names.ts';
import { prestoView } from '../../lib/queries/presto-view.ts';
import { parseStatement } from '../../lib/queries/sql-tree.ts';
import { createCatalog } from '../../local/catalog.ts';
import { createObjectStore } from '../../local/object-store.ts';
import { createQueryEngine, type QueryEngine } from '../../local/query-engine.ts';
import type { Endpoints } from '../../local/runtime.ts';
import { fillLake, type LakeSize } from '../../test/support/bytes-read/fill-lake.ts';
import { runPipeline } from '../../test/support/running-pipeline.ts';
import { removeFolder, temporaryFolder } from '../../test/support/temporary-folder.ts';
import type { UsualView } from './over-usual.ts';

/** A data directory with events in both layouts, and nothing that runs on it. */
export interface LaidLake {
  readonly dataDir: string;
  readonly database: string;
  readonly bucket: string;
  /** As the catalog of the pipeline that wrote them has them. */
  readonly tables: readonly Table[];
  /** The moment at which it was laid down: what is today for whoever asks. Milliseconds since the epoch. */
  readonly now: number;
}

/** Has a pipeline of its own lay events down in both layouts and run the workflow, and stops it. */
export async function layLake(dataDir: string, size: LakeSize, print: (line: string) => void): Promise<LaidLake> {
  const directory = await temporaryFolder('layouts');
  const pipeline = await runPipeline({ dataDir });
  try {
    const { endpoints } = pipeline;
    const now = Date.now();
    await fillLake(endpoints, size, directory, print);
    const { database, bucket } = endpoints;
    return { dataDir, database, bucket, tables: await tablesOf(endpoints), now };
  } finally {
    await pipeline.stop();
    await removeFolder(directory);
  }
}

async function tablesOf({ awsUrl, region, accessKeyId, secretAccessKey, database }: Endpoints): Promise<Table[]> {
  const glue = new GlueClient({ endpoint: awsUrl, region, credentials: { accessKeyId, secretAccessKey } });
  try {
    const tables: Table[] = [];
    let token: string | undefined;
    do {
      const page = await glue.send(new GetTablesCommand({ DatabaseName: database, NextToken: token }));
      tables.push(...(page.TableList ?? []));
      token = page.NextToken;
    } while (token !== undefined);
    return tables;
  } finally {
    glue.destroy();
  }
}

/** The laptop's query engine over a laid lake. */
export interface OpenLake {
  readonly engine: QueryEngine;
  /** Gives a view its text, whether it is there or not. */
  defineView(view: UsualView): void;
  stop(): Promise<void>;
}

export async function openLake({ dataDir, database, bucket, tables, now }: LaidLake): Promise<OpenLake> {
  const clock = () => now;
  const catalog = createCatalog({ dataDir, clock });
  const objects = createObjectStore({ root: dataDir, clock });
  await objects.createBucket(bucket);
  const engine = createQueryEngine({ catalog, objects, dataDir, clock });
  catalog.defineDatabase(database, {});
  for (const table of tables) catalog.defineTable(database, { ...table });
  return {
    engine,
    defineView: ({ name, sql }) =>
      void catalog.defineTable(database, {
        Name: name,
        TableType: 'VIRTUAL_VIEW',
        Parameters: { presto_view: 'true' },
        // The engine asks for their names alone.
        StorageDescriptor: { Columns: outputNames(parseStatement(sql)).map((Name) => ({ Name })) },
        ViewOriginalText: prestoView({ sql, catalog: 'awsdatacatalog', schema: database, columns: [] }),
      }),
    stop: () => engine.stop(),
  };
}
