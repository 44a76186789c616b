import { join } from 'node:path';
import { localStream } from '../../cli/stream-target.ts';
import { compareTruth, comparableReports, wholeRun, type AthenaRow } from '../../generator/compare-truth.ts';
import { generate } from '../../generator/generate.ts';
import { generatorDefaults, type GeneratorOptions } from '../../generator/options.ts';
import { expectedReports } from '../../generator/report-rows.ts';
import type { Truth } from '../../generator/truth.ts';
import type { Clock, Endpoints, LocalOptions } from '../../local/runtime.ts';
import { registerGame } from './admin-client.ts';
import { askReport, savedReports } from './ask-report.ts';
import { askAthena } from './athena-client.ts';
import { compareKpis, independentKpis } from './independent-kpis.ts';
import { runPipeline } from './running-pipeline.ts';
import { runWorkflowAlone } from './run-workflow.ts';
import { flush } from './send-events.ts';

export interface ProveTruthOptions {
  /** What is generated; undeclared, unregistered, duplicate and bad events are among it whatever this says. */
  readonly generated: Partial<GeneratorOptions>;
  /** Moves the server's clock over midnight (UTC) when so many events are acknowledged. */
  readonly midnightAfter?: number;
  /**
   * Delivers and runs the workflow whenever so many more events are acknowledged, while others arrive; always once at
   * the end.
   */
  readonly workflowEvery?: number;
  /** Done after each run of the workflow, e.g. loading a warehouse. */
  readonly afterWorkflow?: (endpoints: Endpoints) => Promise<void>;
  /** Computes five KPIs once more from the log of what was sent, and holds truth and reports to them. */
  readonly independently?: boolean;
  /** Changes of how the pipeline is started, e.g. `assemblyDir`. */
  readonly local?: LocalOptions;
  readonly onAcknowledged?: (events: number) => void;
  /** Told how long each step took. */
  readonly onStep?: (what: string, seconds: number) => void;
  /** Asks another engine over the same lake for each report, before the pipeline ends. */
  readonly alsoAsk?: (endpoints: Endpoints) => Promise<AskedEngine>;
}

/** A second engine that answers reports. */
export interface AskedEngine {
  readonly name: string;
  ask(report: string, sql: string, values: Readonly<Record<string, string>>): Promise<readonly AthenaRow[]>;
  stop(): Promise<void>;
}

export interface ProveTruthOutcome {
  readonly truth: Truth;
  /** One sentence for everything that the pipeline says otherwise than the truth; must be empty. */
  readonly differences: readonly string[];
  /** Reports that were held to the truth. */
  readonly reports: readonly string[];
  /** Days under which the rows arrived. */
  readonly ingestDates: readonly string[];
  /** How often the workflow ran. */
  readonly workflowRuns: number;
  /** Seconds from the first request to the last acknowledgement. */
  readonly sendSeconds: number;
  /** Seconds until all that was acknowledged lay in the events table. */
  readonly flushSeconds: number;
}

/** Sends generated events through the API and holds Athena's answers to what the generator knows. */
export async function proveTruth(options: ProveTruthOptions): Promise<ProveTruthOutcome> {
  const time = options.midnightAfter === undefined ? undefined : clockBeforeMidnight();
  const step = stepper(options.onStep);
  const pipeline = await runPipeline({ flushSeconds: 5, ...options.local, ...(time ? { clock: time.clock } : {}) });
  const logFile = join(pipeline.dataDir, 'sent.ndjson');
  try {
    const { endpoints } = pipeline;
    const workflow = repeatedWorkflow(endpoints, step, options.afterWorkflow);
    const startedAt = performance.now();
    const truth = await step('sending', () => sendAll(endpoints, options, time, workflow, logFile));
    const sentAt = performance.now();
    await workflow.end();
    const flushedAt = performance.now();
    const counted = await step('counting', () => countRows(endpoints));
    const values = wholeRun(truth, time?.clock() ?? Date.now());
    const saved = await savedReports(endpoints);
    const answers = await step('reports', () => askAll(saved, (name, sql) => askReport(endpoints, name, sql, values)));
    const again = options.independently
      ? await step('KPIs from the log', () => recompute(logFile, truth, answers))
      : [];
    const elsewhere = options.alsoAsk
      ? await askElsewhere(await options.alsoAsk(endpoints), saved, values, truth, step)
      : [];
    return {
      truth,
      differences: [
        ...compareCounts(truth, counted),
        ...compareDates(counted, time),
        ...compareAnswers(answers, truth),
        ...again,
        ...elsewhere,
      ],
      reports: comparableReports,
      ingestDates: counted.ingestDates,
      workflowRuns: workflow.runs(),
      sendSeconds: (sentAt - startedAt) / 1000,
      flushSeconds: (flushedAt - sentAt) / 1000,
    };
  } finally {
    await pipeline.remove();
  }
}

type Step = <Result>(what: string, run: () => Promise<Result>) => Promise<Result>;

function stepper(onStep: ProveTruthOptions['onStep']): Step {
  return async (what, run) => {
    const startedAt = performance.now();
    const result = await run();
    onStep?.(what, (performance.now() - startedAt) / 1000);
    return result;
  };
}

interface RepeatedWorkflow {
  /** Delivers and runs the workflow, unless that is under way. */
  begin(): void;
  /** Waits for the run under way and begins the last one; rejects if any failed. */
  end(): Promise<void>;
  runs(): number;
}

/** Runs the workflow beside what else goes on, one run at a time as on Glue. */
function repeatedWorkflow(
  endpoints: Endpoints,
  step: Step,
  afterwards: ProveTruthOptions['afterWorkflow'],
): RepeatedWorkflow {
  let underWay: Promise<void> | undefined;
  let failure: unknown;
  let runs = 0;
  const once = async () => {
    await step('delivering', () => flush(endpoints));
    await step('running the workflow', () => runWorkflowAlone(endpoints));
    if (afterwards) await step('after the workflow', () => afterwards(endpoints));
    runs += 1;
  };
  const besides = async () => {
    try {
      await once();
    } catch (error) {
      failure ??= error;
    }
    underWay = undefined;
  };
  return {
    begin: () => {
      if (failure === undefined) underWay ??= besides();
    },
    end: async () => {
      await underWay;
      if (failure !== undefined) throw failure;
      await once();
    },
    runs: () => runs,
  };
}

async function sendAll(
  endpoints: Endpoints,
  options: ProveTruthOptions,
  time: MovableClock | undefined,
  workflow: RepeatedWorkflow,
  logFile: string,
): Promise<Truth> {
  const generated: GeneratorOptions = {
    ...generatorDefaults,
    undeclared: 0.005,
    unregistered: 0.002,
    end: time?.clock() ?? Date.now(),
    ...options.generated,
  };
  const games = await Promise.all(
    Array.from({ length: generated.games }, async (_, index) => {
      const name = `game ${index + 1}`;
      return { name, ...(await registerGame(endpoints, name, { signingDate: new Date(time?.clock() ?? Date.now()) })) };
    }),
  );
  const { midnightAfter = Infinity, workflowEvery = Infinity } = options;
  let acknowledged = 0;
  let takenUntil = 0;
  let delivered: Promise<void> | undefined;
  const truth = await generate(
    generated,
    {
      apiUrl: endpoints.apiUrl,
      games,
      stream: localStream(endpoints),
    },
    {
      ...(options.independently ? { logFile } : {}),
      onAcknowledged: (events) => {
        acknowledged += events;
        if (time && acknowledged >= midnightAfter) {
          time.crossMidnight();
          // An object lies under the day of its oldest record; without this all might lie in one.
          delivered ??= flush(endpoints);
        }
        if (acknowledged - takenUntil >= workflowEvery) {
          takenUntil = acknowledged;
          workflow.begin();
        }
        options.onAcknowledged?.(events);
      },
    },
  );
  await delivered;
  return truth;
}

interface RowCounts {
  readonly accepted: number;
  readonly acceptedRows: number;
  readonly events: number;
  readonly eventIds: number;
  readonly rejected: ReadonlyMap<string, number>;
  readonly ingestDates: readonly string[];
}

/** Counts raw_events and events themselves, apart from any report or view. */
async function countRows(endpoints: Endpoints): Promise<RowCounts> {
  const [accepted] = await askAthena(
    endpoints,
    `SELECT count(DISTINCT application_id || ' ' || event_id) AS ids, count(*) AS all_rows
    FROM raw_events WHERE status = 'accepted'`,
  );
  const [events] = await askAthena(
    endpoints,
    "SELECT count(DISTINCT application_id || ' ' || event_id) AS ids, count(*) AS all_rows FROM events",
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
    events: Number(events?.['all_rows']),
    eventIds: Number(events?.['ids']),
    rejected: new Map(rejected.map((row) => [String(row['reason']), Number(row['events'])])),
    ingestDates: dates.map((row) => String(row['ingest_date'])),
  };
}

function compareCounts(truth: Truth, counted: RowCounts): string[] {
  const expected = new Map<string, number>();
  for (const { reason, events } of truth.rejected_events) expected.set(reason, (expected.get(reason) ?? 0) + events);

  const pairs: [string, number, number][] = [
    ['raw_events: distinct accepted events', counted.accepted, truth.accepted],
    // A request without an answer is sent again, so copies may be more than those made on purpose, never fewer.
    [
      'raw_events: accepted rows',
      counted.acceptedRows,
      Math.max(counted.acceptedRows, truth.accepted + truth.duplicates),
    ],
    ['events: rows', counted.events, truth.accepted],
    ['events: distinct events', counted.eventIds, truth.accepted],
    ...[...new Set([...expected.keys(), ...counted.rejected.keys()])].map((reason): [string, number, number] => [
      `raw_events: rejected as ${reason}`,
      counted.rejected.get(reason) ?? 0,
      expected.get(reason) ?? 0,
    ]),
  ];
  return pairs
    .filter(([, is, should]) => is !== should)
    .map(([what, is, should]) => `${what} are ${is} and should be ${should}`);
}

function compareDates({ ingestDates }: RowCounts, time: MovableClock | undefined): string[] {
  if (!time || ingestDates.length === 2) return [];
  return [`raw_events: rows arrived under ${ingestDates.join(', ')} and should have on both sides of midnight`];
}

type Answers = ReadonlyMap<string, readonly AthenaRow[]>;

/** Every report that the truth can judge; one that the workgroup does not have is left out. */
async function askAll(
  saved: ReadonlyMap<string, string>,
  ask: (name: string, sql: string) => Promise<readonly AthenaRow[]>,
): Promise<Answers> {
  const answers = new Map<string, readonly AthenaRow[]>();
  for (const name of comparableReports) {
    const sql = saved.get(name);
    if (sql !== undefined) answers.set(name, await ask(name, sql));
  }
  return answers;
}

function compareAnswers(answers: Answers, truth: Truth): string[] {
  return comparableReports.flatMap((name) => {
    const rows = answers.get(name);
    return rows ? compareTruth(name, rows, truth) : [`${name}: is not among the workgroup's named queries`];
  });
}

/** Holds truth and reports to what the log of sent events says by itself. */
async function recompute(logFile: string, truth: Truth, answers: Answers): Promise<string[]> {
  const kpis = await independentKpis(logFile, truth.as_of_date);
  const differences: string[] = [];
  for (const [report, rows] of kpis) {
    const truthful = compareKpis(report, rows, expectedReports[report]!(truth).rows);
    const answered = compareKpis(report, rows, answers.get(report) ?? []);
    differences.push(...truthful.map((one) => `truth against the log: ${one}`));
    differences.push(...answered.map((one) => `report against the log: ${one}`));
  }
  return differences;
}

async function askElsewhere(
  engine: AskedEngine,
  saved: ReadonlyMap<string, string>,
  values: Readonly<Record<string, string>>,
  truth: Truth,
  step: Step,
): Promise<string[]> {
  const failed: string[] = [];
  const ask = async (name: string, sql: string): Promise<readonly AthenaRow[]> => {
    try {
      return await engine.ask(name, sql, values);
    } catch (error) {
      // The other reports are worth knowing of all the same.
      failed.push(`${name} failed: ${String(error).slice(0, 300)}`);
      return [];
    }
  };
  try {
    const answers = await step(`reports on ${engine.name}`, () => askAll(saved, ask));
    return [...failed, ...compareAnswers(answers, truth)].map((one) => `on ${engine.name}: ${one}`);
  } finally {
    await engine.stop();
  }
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
