import { compareTruth, comparableReports, wholeRun } from '../../generator/compare-truth.ts';
import { generate } from '../../generator/generate.ts';
import { generatorDefaults, type GeneratorOptions } from '../../generator/options.ts';
import type { Truth } from '../../generator/truth.ts';
import type { Clock, Endpoints, LocalOptions } from '../../local/runtime.ts';
import { registerGame } from './admin-client.ts';
import { askReport, savedReports } from './ask-report.ts';
import { askAthena } from './athena-client.ts';
import { runPipeline } from './running-pipeline.ts';
import { flush } from './send-events.ts';

export interface ProveTruthOptions {
  /** Events in all, bad ones and duplicates among them. */
  readonly events: number;
  readonly seed?: string;
  /** Moves the server's clock over midnight (UTC) when half of the events are acknowledged. */
  readonly crossesMidnight?: boolean;
  /** Changes of how the pipeline is started, e.g. `assemblyDir`. */
  readonly local?: LocalOptions;
  readonly onAcknowledged?: (events: number) => void;
}

export interface ProveTruthOutcome {
  readonly truth: Truth;
  /** One sentence for everything that the pipeline says otherwise than the truth; must be empty. */
  readonly differences: readonly string[];
  /** Reports that were held to the truth. */
  readonly reports: readonly string[];
  /** Days under which the rows arrived. */
  readonly ingestDates: readonly string[];
  /** Seconds from the first request to the last acknowledgement. */
  readonly sendSeconds: number;
  /** Seconds until all that was acknowledged could be queried. */
  readonly flushSeconds: number;
}

/** Sends generated events through the API and holds Athena's answers to what the generator knows. */
export async function proveTruth(options: ProveTruthOptions): Promise<ProveTruthOutcome> {
  const time = options.crossesMidnight ? clockBeforeMidnight() : undefined;
  const pipeline = await runPipeline({ flushSeconds: 5, ...options.local, ...(time ? { clock: time.clock } : {}) });
  try {
    const { endpoints } = pipeline;
    const startedAt = performance.now();
    const truth = await sendAll(endpoints, options, time);
    const sentAt = performance.now();
    await flush(endpoints);
    const flushedAt = performance.now();
    const counted = await countRaw(endpoints);
    const { reports, differences } = await compareReports(endpoints, truth, time?.clock() ?? Date.now());
    return {
      truth,
      differences: [...compareCounts(truth, counted), ...compareDates(counted, time), ...differences],
      reports,
      ingestDates: counted.ingestDates,
      sendSeconds: (sentAt - startedAt) / 1000,
      flushSeconds: (flushedAt - sentAt) / 1000,
    };
  } finally {
    await pipeline.remove();
  }
}

async function sendAll(
  endpoints: Endpoints,
  options: ProveTruthOptions,
  time: MovableClock | undefined,
): Promise<Truth> {
  const generated: GeneratorOptions = {
    ...generatorDefaults,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    events: options.events,
    // Slow and in at least a hundred requests, so that midnight falls between them and not behind the last.
    ...(time && { rate: Math.max(1_000, options.events / 4) }),
    batch: Math.min(generatorDefaults.batch, Math.ceil(options.events / 100)),
    duplicates: 0.02,
    malformed: 0.01,
    undeclared: 0.005,
    unregistered: 0.002,
    end: time?.clock() ?? Date.now(),
  };
  const games = await Promise.all(
    Array.from({ length: generated.games }, async (_, index) => {
      const name = `game ${index + 1}`;
      return { name, ...(await registerGame(endpoints, name, { signingDate: new Date(time?.clock() ?? Date.now()) })) };
    }),
  );
  let acknowledged = 0;
  let delivered: Promise<void> | undefined;
  const truth = await generate(
    generated,
    {
      apiUrl: endpoints.apiUrl,
      games,
      stream: {
        deliveryStream: endpoints.deliveryStream,
        region: endpoints.region,
        endpoint: endpoints.awsUrl,
        credentials: { accessKeyId: endpoints.accessKeyId, secretAccessKey: endpoints.secretAccessKey },
      },
    },
    {
      onAcknowledged: (events) => {
        acknowledged += events;
        if (time && acknowledged >= options.events / 2) {
          time.crossMidnight();
          // An object lies under the day of its oldest record; without this all might lie in one.
          delivered ??= flush(endpoints);
        }
        options.onAcknowledged?.(events);
      },
    },
  );
  await delivered;
  return truth;
}

interface RawCounts {
  readonly accepted: number;
  readonly acceptedRows: number;
  readonly rejected: ReadonlyMap<string, number>;
  readonly ingestDates: readonly string[];
}

/** Counts raw_events itself, apart from any report or view. */
async function countRaw(endpoints: Endpoints): Promise<RawCounts> {
  const [accepted] = await askAthena(
    endpoints,
    `SELECT count(DISTINCT application_id || ' ' || event_id) AS ids, count(*) AS all_rows
    FROM raw_events WHERE status = 'accepted'`,
  );
  const rejected = await askAthena(
    endpoints,
    `SELECT json_extract_scalar(rejection, '$.code') AS reason, count(*) AS events
    FROM raw_events WHERE status = 'rejected' GROUP BY json_extract_scalar(rejection, '$.code')`,
  );
  const dates = await askAthena(endpoints, 'SELECT DISTINCT ingest_date FROM raw_events ORDER BY ingest_date');
  return {
    accepted: Number(accepted?.['ids']),
    acceptedRows: Number(accepted?.['all_rows']),
    rejected: new Map(rejected.map((row) => [String(row['reason']), Number(row['events'])])),
    ingestDates: dates.map((row) => String(row['ingest_date'])),
  };
}

function compareCounts(truth: Truth, counted: RawCounts): string[] {
  const expected = new Map<string, number>();
  for (const { reason, events } of truth.rejected_events) expected.set(reason, (expected.get(reason) ?? 0) + events);

  const pairs: [string, number, number][] = [
    ['distinct accepted events', counted.accepted, truth.accepted],
    // A request without an answer is sent again, so copies may be more than those made on purpose, never fewer.
    ['accepted rows', counted.acceptedRows, Math.max(counted.acceptedRows, truth.accepted + truth.duplicates)],
    ...[...new Set([...expected.keys(), ...counted.rejected.keys()])].map((reason): [string, number, number] => [
      `rejected as ${reason}`,
      counted.rejected.get(reason) ?? 0,
      expected.get(reason) ?? 0,
    ]),
  ];
  return pairs
    .filter(([, is, should]) => is !== should)
    .map(([what, is, should]) => `raw_events: ${what} are ${is} and should be ${should}`);
}

function compareDates({ ingestDates }: RawCounts, time: MovableClock | undefined): string[] {
  if (!time || ingestDates.length === 2) return [];
  return [`raw_events: rows arrived under ${ingestDates.join(', ')} and should have on both sides of midnight`];
}

async function compareReports(endpoints: Endpoints, truth: Truth, arrivedUntil: number) {
  const saved = await savedReports(endpoints);
  const differences: string[] = [];
  for (const name of comparableReports) {
    const sql = saved.get(name);
    if (sql === undefined) differences.push(`${name}: is not among the workgroup's named queries`);
    else {
      const rows = await askReport(endpoints, name, sql, wholeRun(truth, arrivedUntil));
      differences.push(...compareTruth(name, rows, truth));
    }
  }
  return { reports: comparableReports, differences };
}

interface MovableClock {
  readonly clock: Clock;
  crossMidnight(): void;
}

/** A clock that ticks in the last minute before today began (UTC), and later in the first one after it. */
function clockBeforeMidnight(): MovableClock {
  const startedAt = Date.now();
  const midnight = Math.floor(startedAt / 86_400_000) * 86_400_000;
  let behind = startedAt - (midnight - 60_000);
  return {
    clock: () => Date.now() - behind,
    crossMidnight: () => {
      // Only once: afterwards the clock is past midnight.
      if (Date.now() - behind < midnight) behind = Date.now() - midnight;
    },
  };
}
