import { isIP } from 'node:net';
import { bindParameters } from '../lib/queries/bind-parameters.ts';
import { errorText } from './error-text.ts';
import { readHeaders, readQuery } from './gateway/gateway-request.ts';
import type { GatewayRequest, GatewayResponse } from './gateway/gateway-request.ts';
import { openMetricsType } from './metrics/open-metrics.ts';
import { eventStatuses, readNewestEvents, type EventStatus } from './newest-events.ts';
import { QueryError } from './query-engine/query-error.ts';
import { inAthenasWords } from './redshift/in-athenas-words.ts';
import { InvalidReport, queryCost } from './report-files.ts';
import type { ReportFiles } from './report-files.ts';
import type { Catalog, DeliveryStreams, EventBus, LocalLog, QueryRows, WorkGroups } from './runtime.ts';

export interface InspectOptions {
  readonly streams: Pick<DeliveryStreams, 'flush' | 'problem'>;
  readonly workGroups: Pick<WorkGroups, 'query'>;
  readonly reports: ReportFiles;
  readonly catalog: Pick<Catalog, 'tables'>;
  /** Runs Redshift's SQL in the warehouse; undefined where there is none. */
  readonly warehouse: ((sql: string) => Promise<QueryRows>) | undefined;
  readonly events: Pick<EventBus, 'notices'>;
  /** As OpenMetrics text. */
  readonly metrics: () => Promise<string>;
  /** Database that queries mean. */
  readonly database: string;
  /** What RAW_EVENTS_TABLE calls the table of everything received. */
  readonly rawEventsTable: string;
  /** Names besides `localhost` and IP addresses by which the port may be called. */
  readonly host: string;
  readonly log: LocalLog;
  /** Undefined unless it was allowed at start. */
  readonly reset: (() => Promise<void>) | undefined;
  /** Whether the templates protect their data, so that it is not reset either. */
  readonly isDataProtected: boolean;
}

type Route = (request: GatewayRequest) => Promise<GatewayResponse>;

/** The runtime's own routes, for people, the console and tests. */
export function createInspect(options: InspectOptions): { handle: Route } {
  const routes: Readonly<Record<string, Route>> = {
    'GET /_local/health': async () => health(options),
    'GET /_local/events': (request) => listEvents(request, options),
    'GET /_local/metrics': async () => ({
      status: 200,
      headers: { 'content-type': openMetricsType },
      body: await options.metrics(),
    }),
    'GET /_local/notices': async () => json(200, { notices: options.events.notices() }),
    'POST /_local/flush': async () => {
      await options.streams.flush();
      return json(200, { flushed: true });
    },
    'GET /_local/reports': (request) => listOrRunReport(request, options),
    'GET /_local/catalog': async () => listTables(options),
    'POST /_local/query': (request) => runQuery(request, options),
    'POST /_local/reset': async () => {
      if (!options.reset) return failure(403, 'NotAllowed', 'start the runtime with --allow-reset to allow this');
      if (options.isDataProtected) {
        return failure(403, 'DataProtected', 'start the runtime with DATA_PROTECTION: false in its configuration, too');
      }
      await options.reset();
      return json(200, { reset: true });
    },
  };

  return {
    async handle(request) {
      if (!isLocalCaller(request, options.host)) {
        return failure(403, 'ForeignOrigin', 'these routes are not for pages of other origins');
      }
      const route = routes[`${request.method} ${request.path}`];
      if (!route) return failure(404, 'NotFound', `there is no ${request.method} ${request.path}`);
      try {
        return await route(request);
      } catch (error) {
        options.log.error('an inspection route failed', { path: request.path, error: errorText(error) });
        return failure(500, 'InternalError', 'see runtime.log in the data directory');
      }
    },
  };
}

/**
 * A page in somebody's browser must not reach these routes: neither under a foreign name that points here (DNS
 * rebinding shows in Host) nor across origins (shows in Origin or Sec-Fetch-Site).
 */
function isLocalCaller({ rawHeaders }: GatewayRequest, ownHost: string): boolean {
  const { lower } = readHeaders(rawHeaders);
  const host = lower['host'] ?? '';
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  if (name !== 'localhost' && name !== ownHost && isIP(name) === 0) return false;
  const site = lower['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  return lower['origin'] === undefined || lower['origin'] === `http://${host}`;
}

function health({ streams }: InspectOptions): GatewayResponse {
  const problem = streams.problem();
  return problem === undefined ? json(200, { status: 'ok' }) : json(503, { status: 'failing', reasons: [problem] });
}

/** Most rows of one answer. */
const MAX_EVENTS = 1000;

async function listEvents(request: GatewayRequest, options: InspectOptions): Promise<GatewayResponse> {
  const { status, limit = '100' } = readQuery(request.rawQuery).single;
  if (!/^\d+$/.test(limit) || Number(limit) < 1 || Number(limit) > MAX_EVENTS) {
    return failure(400, 'InvalidRequest', `limit is ${JSON.stringify(limit)}; it may be 1 to ${MAX_EVENTS}`);
  }
  if (status !== undefined && !isStatus(status)) {
    const allowed = eventStatuses.join(' or ');
    return failure(400, 'InvalidRequest', `status is ${JSON.stringify(status)}; it may be ${allowed}`);
  }
  const events = await readNewestEvents({ status, limit: Number(limit) }, options);
  return jsonText(200, `{"events":[${events.join(',')}]}`);
}

const isStatus = (text: string): text is EventStatus => (eventStatuses as readonly string[]).includes(text);

/** Without `report` all reports there are, with it the rows of one; every other name is a parameter of it. */
async function listOrRunReport(
  { rawQuery, signal }: GatewayRequest,
  { reports }: InspectOptions,
): Promise<GatewayResponse> {
  const { report, cost = 'true', ...values } = readQuery(rawQuery).single;
  if (report === undefined) return json(200, await reports.list());
  if (cost !== 'true' && cost !== 'false') {
    return failure(400, 'InvalidRequest', `cost is true, the default, or false, not ${JSON.stringify(cost)}`);
  }
  try {
    return json(200, await reports.run(report, values, { signal, hasCost: cost === 'true' }));
  } catch (error) {
    if (error instanceof InvalidReport) return failure(400, 'InvalidRequest', error.message);
    if (error instanceof QueryError) return failure(400, 'QueryFailed', error.message);
    throw error;
  }
}

/** Tables and views of the database, with all of their columns: those of partitions come last. */
function listTables({ catalog, database }: InspectOptions): GatewayResponse {
  const tables = catalog.tables(database).map(({ Name, TableType, StorageDescriptor, PartitionKeys = [] }) => ({
    name: Name,
    kind: TableType === 'VIRTUAL_VIEW' ? 'view' : 'table',
    columns: [...(StorageDescriptor?.Columns ?? []), ...PartitionKeys].map((column) => ({
      name: column.Name,
      type: column.Type,
    })),
  }));
  return json(200, { tables: tables.toSorted((a, b) => (a.name < b.name ? -1 : 1)) });
}

async function runQuery(request: GatewayRequest, options: InspectOptions): Promise<GatewayResponse> {
  const query = readQueryBody(request.body);
  if (!query) {
    const form =
      '{"sql": "…", "database"?: "…", "parameters"?: ["…"], "mostRows"?: 1000, "engine"?: "athena" or "redshift"}';
    return failure(400, 'InvalidRequest', `the body must be ${form}`);
  }
  const { warehouse } = options;
  const { engine = warehouse ? 'redshift' : 'athena' } = query;
  if (engine === 'redshift' && !warehouse) {
    return failure(400, 'InvalidRequest', 'there is no warehouse here: DATA_STACK is DATA_LAKE');
  }
  try {
    const startedAt = performance.now();
    const { columns, rows, scannedBytes, isCut } =
      engine === 'redshift' ? await askWarehouse(query, warehouse!) : await askAthena(query, request.signal, options);
    const milliseconds = Math.round(performance.now() - startedAt);
    return json(200, {
      columns,
      rows: rows.map((row) => row.map((value) => value ?? null)),
      scannedBytes,
      milliseconds,
      costLine: queryCost(scannedBytes, milliseconds),
      isCut,
    });
  } catch (error) {
    return failure(400, 'QueryFailed', error instanceof Error ? error.message : String(error));
  }
}

async function askAthena(
  { sql, database, parameters, mostRows }: QueryBody,
  signal: AbortSignal | undefined,
  options: InspectOptions,
) {
  const { isCut = false, ...answer } = await options.workGroups.query(sql, {
    database: database ?? options.database,
    ...(parameters && { parameters }),
    ...(mostRows !== undefined && { mostRows }),
    signal,
  });
  return { ...answer, isCut };
}

/** In Redshift's SQL; constants take the place of `?` as on Athena. */
async function askWarehouse({ sql, parameters }: QueryBody, warehouse: NonNullable<InspectOptions['warehouse']>) {
  const rows = await warehouse(parameters ? bindParameters(sql, parameters) : sql);
  return { ...inAthenasWords(rows), scannedBytes: null, isCut: false };
}

interface QueryBody {
  readonly sql: string;
  readonly database?: string;
  readonly parameters?: readonly string[];
  /** Of the answer; Athena alone. Default: all. */
  readonly mostRows?: number;
  /** Default: the warehouse where there is one. */
  readonly engine?: 'athena' | 'redshift';
}

function readQueryBody(body: Buffer): QueryBody | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
  const { sql, database, parameters, mostRows, engine } = (value ?? {}) as Record<string, unknown>;
  const isValid =
    typeof sql === 'string' &&
    (database === undefined || typeof database === 'string') &&
    (mostRows === undefined || (Number.isInteger(mostRows) && Number(mostRows) > 0)) &&
    (engine === undefined || engine === 'athena' || engine === 'redshift') &&
    (parameters === undefined || (Array.isArray(parameters) && parameters.every((one) => typeof one === 'string')));
  return isValid ? (value as QueryBody) : undefined;
}

function json(status: number, body: unknown): GatewayResponse {
  return jsonText(status, JSON.stringify(body));
}

function jsonText(status: number, body: string): GatewayResponse {
  return { status, headers: { 'content-type': 'application/json' }, body };
}

function failure(status: number, error: string, detail: string): GatewayResponse {
  return json(status, { error, error_detail: detail });
}
