import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventsJobPlan } from '../../../lib/etl/events-job-plan.ts';
import { readQuery, type Query } from '../../../lib/queries/read-query.ts';
import { readEventCatalogue } from '../../../lib/schemas/read-event-catalogue.ts';
import type { Endpoints } from '../../../local/runtime.ts';
import { athenaTable } from '../../engines/trino/athena-table.ts';
import { runPipeline } from '../running-pipeline.ts';
import { removeFolder, temporaryFolder } from '../temporary-folder.ts';
import { fillLake, type LakeSize } from './fill-lake.ts';
import { needsAllHistory, overRawEvents, usualTable } from './over-layout.ts';

export interface BytesReadOptions extends LakeSize {
  /** Asks the same of another engine, such as Trino; resolves to the bytes it says it read. */
  readonly otherEngine?: (endpoints: Endpoints) => Promise<OtherEngine>;
  readonly print?: (line: string) => void;
}

export interface OtherEngine {
  bytesRead(sql: string, parameters: readonly string[]): Promise<number>;
  stop(): Promise<void>;
}

/** Bytes that one question reads, by where it is asked. */
export interface ReportBytes {
  readonly report: string;
  /** Whether the usual layout has what is asked; it does not know what was rejected. */
  readonly isAnswered: boolean;
  /** As the report stands. */
  readonly lake: number;
  /** The same question of `raw_events`, without the events job. */
  readonly raw: number;
  /** The JSON column of the days that the question is about, read once: the usual layout. */
  readonly usual: number;
  /** The other engine's own figures for the report and for the usual layout. */
  readonly otherLake?: number;
  readonly otherUsual?: number;
}

export interface BytesRead {
  readonly reports: readonly ReportBytes[];
  readonly events: number;
  readonly meanEventBytes: number;
}

const reportsFolder = 'athena-queries';

/** Lays the same events out in three ways and asks every report of each. */
export async function measureReports(options: BytesReadOptions): Promise<BytesRead> {
  const print = options.print ?? (() => undefined);
  const pipeline = await runPipeline();
  const directory = await temporaryFolder('bytes-read');
  try {
    const { endpoints } = pipeline;
    const { events, meanBytes } = await fillLake(endpoints, options, directory, print);
    const other = await options.otherEngine?.(endpoints);
    try {
      const reports = await askEveryReport(endpoints, options.days, other, print);
      return { reports, events, meanEventBytes: meanBytes };
    } finally {
      await other?.stop();
    }
  } finally {
    await pipeline.remove();
    await removeFolder(directory);
  }
}

async function askEveryReport(
  endpoints: Endpoints,
  days: number,
  other: OtherEngine | undefined,
  print: (line: string) => void,
): Promise<ReportBytes[]> {
  const catalogue = readEventCatalogue();
  const plan = eventsJobPlan(catalogue);
  const overRaw = (sql: string): string => overRawEvents(sql, plan, catalogue.columns);
  const files = readdirSync(reportsFolder).filter((name) => name.endsWith('.sql'));
  const found: ReportBytes[] = [];
  for (const path of files.toSorted().map((name) => join(reportsFolder, name))) {
    const report = readQuery(path);
    // No layout of game events answers what is asked of accounts.
    if (report.audience !== undefined) continue;
    const bytes = await askOne(endpoints, report, needsAllHistory(path) ? days + 1 : undefined, overRaw, other);
    print(`${report.name}: ${bytes.lake} bytes, ${bytes.raw} of raw_events, ${bytes.usual} of the usual layout`);
    found.push(bytes);
  }
  return found;
}

async function askOne(
  endpoints: Endpoints,
  report: Query,
  allDays: number | undefined,
  overRaw: (sql: string) => string,
  other: OtherEngine | undefined,
): Promise<ReportBytes> {
  const values = report.parameters.map((parameter) => parameter.default ?? 'NULL');
  const usualSql = `SELECT count(json_extract_scalar(event, '$.event_type')) AS events FROM ${usualTable}
    WHERE event_date >= CAST(current_date - INTERVAL '${allDays ?? daysOf(report)}' DAY AS varchar)`;
  return {
    report: report.name,
    isAnswered: !asksOfRejects(report),
    lake: await bytesScanned(endpoints, report.sql, values),
    raw: await bytesScanned(endpoints, overRaw(report.sql), values),
    usual: await bytesScanned(endpoints, usualSql, []),
    ...(other && {
      otherLake: await other.bytesRead(report.sql, values),
      otherUsual: await other.bytesRead(usualSql, []),
    }),
  };
}

/** Whether a report asks what a table of accepted events cannot know. */
export function asksOfRejects({ sql }: Pick<Query, 'sql'>): boolean {
  return /\b(rejected_events|replayed_events)\b|'rejected'/.test(sql.replaceAll(/^\s*--.*$/gm, ''));
}

/** Days back from today that a report covers with its defaults; monthly ones cover every day there is here. */
function daysOf({ parameters }: Query): number {
  const from = parameters.find(({ name }) => name === 'from_date')?.default ?? '';
  const [, number, unit] = /INTERVAL '(\d+)' (DAY|MONTH)/.exec(from) ?? [];
  if (number === undefined) return 1;
  return Number(number) * (unit === 'MONTH' ? 31 : 1);
}

/** Runs a query on the laptop's Athena and answers its `DataScannedInBytes`. */
async function bytesScanned(endpoints: Endpoints, sql: string, parameters: readonly string[]): Promise<number> {
  return (await athenaTable(endpoints, sql, parameters)).scannedBytes;
}
