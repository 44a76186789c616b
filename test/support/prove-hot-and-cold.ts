import { dirname } from 'node:path';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { RedshiftServerlessClient } from '@aws-sdk/client-redshift-serverless';
import { adminSecret } from '../../business-logic/shared/warehouse/admin-secret.ts';
import { warehouseDatabase, type WarehouseDatabase } from '../../business-logic/shared/warehouse/warehouse-database.ts';
import { generate, type GeneratedGame } from '../../generator/generate.ts';
import { generatorDefaults, type GeneratorOptions } from '../../generator/options.ts';
import type { Endpoints, LocalOptions } from '../../local/runtime.ts';
import { registerGame } from './admin-client.ts';
import { askAthena } from './athena-client.ts';
import { modeAssembly } from './mode-assembly.ts';
import { runPipeline } from './running-pipeline.ts';
import { runWorkflow } from './run-workflow.ts';
import { flush } from './send-events.ts';
import { removeFolder } from './temporary-folder.ts';

export interface HotAndColdOptions {
  readonly hotDays: number;
  readonly generated: Partial<GeneratorOptions> & Pick<GeneratorOptions, 'days'>;
  readonly local?: LocalOptions;
  readonly onStep?: (what: string) => void;
}

/** What was seen at one moment. */
export interface HotAndColdMoment {
  /** First day that the warehouse holds itself. */
  readonly boundary: string;
  /** Days on which the warehouse's view and the lake's table say otherwise; must be empty. */
  readonly differentDays: readonly string[];
  readonly events: number;
  /** Days with events before the boundary, and from it on. */
  readonly coldDays: number;
  readonly hotDays: number;
  /** Events that the warehouse's own table holds of days before the boundary. */
  readonly coldRowsHeld: number;
}

export interface HotAndColdOutcome {
  readonly before: HotAndColdMoment;
  /** Some days later: the boundary has moved, and events of either side have arrived. */
  readonly after: HotAndColdMoment;
}

/** How far the clock is put on between the two. */
export const laterDays = 4;

const dayMilliseconds = 86_400_000;

/**
 * Sends generated events into a deployment with a warehouse that holds few days, and holds its view of all events to the
 * lake's table, day by day and event by event; once more some days later, with news of old days and new ones.
 */
export async function proveHotAndCold(options: HotAndColdOptions): Promise<HotAndColdOutcome> {
  const { hotDays, generated, onStep = () => undefined } = options;
  const assemblyDir = await modeAssembly({ DATA_STACK: 'REDSHIFT', HOT_DAYS: hotDays });
  let behind = laterDays * dayMilliseconds;
  const clock = (): number => Date.now() - behind;
  const pipeline = await runPipeline({ flushSeconds: 5, ...options.local, assemblyDir, clock });
  try {
    const { endpoints } = pipeline;
    const games: GeneratedGame[] = [];
    for (const name of ['Heather', 'Gorse']) {
      games.push({ name, ...(await registerGame(endpoints, name, { signingDate: new Date(clock()) })) });
    }
    const send = async (more: Partial<GeneratorOptions>): Promise<void> => {
      await generate(
        { ...generatorDefaults, ...generated, ...more, end: clock() },
        { apiUrl: endpoints.apiUrl, games },
      );
      onStep('sent');
      await flush(endpoints);
      await runWorkflow(endpoints);
      onStep('taken into the lake and loaded');
    };
    await send({ seed: 'hot-and-cold' });
    const before = await look(endpoints);
    onStep('compared');

    behind = 0;
    await send({ seed: 'later', events: 300, players: 6 });
    const after = await look(endpoints);
    onStep('compared again');
    return { before, after };
  } finally {
    await pipeline.remove();
    await removeFolder(dirname(assemblyDir));
  }
}

async function look(endpoints: Endpoints): Promise<HotAndColdMoment> {
  const clients = clientsOf(endpoints);
  try {
    return await compareDays(endpoints, clients.warehouse);
  } finally {
    clients.close();
  }
}

async function compareDays(endpoints: Endpoints, warehouse: WarehouseDatabase): Promise<HotAndColdMoment> {
  const [[boundary = ''] = []] = await warehouse.query("SELECT value FROM warehouse_settings WHERE name = 'boundary'");
  const [[coldRowsHeld = ''] = []] = await warehouse.query(
    `SELECT count(*) FROM events WHERE event_date < CAST('${boundary}' AS date)`,
  );
  const inLake = await askAthena(endpoints, 'SELECT DISTINCT CAST(event_date AS varchar) AS day FROM events');
  const seen = await warehouse.query('SELECT DISTINCT CAST(event_date AS varchar) FROM events_all');
  const days = new Set([...inLake.map(({ day }) => String(day)), ...seen.map(([day]) => String(day))]);
  const differentDays: string[] = [];
  let events = 0;
  for (const day of [...days].toSorted()) {
    const [one, other] = await Promise.all([lakeEvents(endpoints, day), warehouseEvents(warehouse, day)]);
    events += one.length;
    if (one.join('\n') !== other.join('\n')) differentDays.push(day);
  }
  const cold = [...days].filter((day) => day < boundary).length;
  const held = Number(coldRowsHeld);
  return { boundary, differentDays, events, coldDays: cold, hotDays: days.size - cold, coldRowsHeld: held };
}

/** Says as much of an event as both engines spell alike. */
const columns = [
  'application_id',
  'event_id',
  'event_type',
  "coalesce(player_id, '')",
  "coalesce(event_data, '')",
  'CAST(CAST(event_timestamp * 1000 AS bigint) AS varchar)',
];

const eventsOf = (table: string, day: string): string =>
  `SELECT ${columns.map((column, index) => `${column} AS c${index}`).join(', ')} FROM ${table} ` +
  `WHERE event_date = CAST('${day}' AS date)`;

async function lakeEvents(endpoints: Endpoints, day: string): Promise<readonly string[]> {
  const rows = await askAthena(endpoints, eventsOf('events', day));
  return rows.map((row) => columns.map((_, index) => String(row[`c${index}`])).join(' ')).toSorted();
}

async function warehouseEvents(warehouse: WarehouseDatabase, day: string): Promise<readonly string[]> {
  const rows = await warehouse.query(eventsOf('events_all', day));
  return rows.map((row) => row.map(String).join(' ')).toSorted();
}

function clientsOf(endpoints: Endpoints) {
  const { awsUrl: endpoint, region, accessKeyId, secretAccessKey, database, redshiftWorkgroup } = endpoints;
  if (redshiftWorkgroup === null) throw new Error('the pipeline has no warehouse');
  const options = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
  const data = new RedshiftDataClient(options);
  const serverless = new RedshiftServerlessClient(options);
  return {
    warehouse: warehouseDatabase(data, {
      workgroup: redshiftWorkgroup,
      database,
      findSecret: adminSecret(serverless, redshiftWorkgroup),
    }),
    close() {
      data.destroy();
      serverless.destroy();
    },
  };
}
