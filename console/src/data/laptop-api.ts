import { ask, type Connection } from './ask.ts';
import type { Column, ReportResult, Value } from './report.ts';

/** An event as the laptop lists it, newest first. */
export interface ListedEvent {
  readonly status: 'accepted' | 'rejected';
  readonly received_at: string;
  readonly event_id?: string;
  readonly event_type?: string;
  readonly event_name?: string;
  readonly application_id?: string;
  readonly player_id?: string;
  readonly app_version?: string;
  /** Why it was rejected. */
  readonly reason?: string;
  readonly [column: string]: unknown;
}

/** A table of the catalogue, with its columns in order. */
export interface CatalogTable {
  readonly name: string;
  readonly kind: 'table' | 'view';
  readonly columns: readonly Column[];
}

/** What the local runtime answers beside the reports. */
export interface LaptopApi {
  events(
    status: 'accepted' | 'rejected' | undefined,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly ListedEvent[]>;
  catalog(signal: AbortSignal): Promise<readonly CatalogTable[]>;
  /** Runs SQL in Athena's dialect over the lake. Aborting stops the query. Throws Problem. */
  query(sql: string, signal: AbortSignal): Promise<ReportResult>;
}

interface QueryAnswer {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly (string | null)[])[];
  readonly scannedBytes: number | null;
  readonly milliseconds: number;
  readonly costLine: string;
  readonly isCut: boolean;
}

export function createLaptopApi(fetcher: typeof fetch): LaptopApi {
  const connection: Connection = { root: '/_local', fetch: fetcher };
  return {
    async events(status, limit, signal) {
      const query = new URLSearchParams({ limit: String(limit), ...(status && { status }) });
      const { body } = await ask(connection, `/_local/events?${query.toString()}`, signal);
      return (body as { readonly events: readonly ListedEvent[] }).events;
    },
    async catalog(signal) {
      const { body } = await ask(connection, '/_local/catalog', signal);
      return (body as { readonly tables: readonly CatalogTable[] }).tables;
    },
    async query(sql, signal) {
      const { body } = await ask(connection, '/_local/query', signal, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ sql, engine: 'athena', mostRows: mostQueryRows }),
      });
      const { columns, rows, scannedBytes, milliseconds, costLine, isCut } = body as QueryAnswer;
      return {
        columns,
        rows: rows.map((row) =>
          Object.fromEntries(columns.map(({ name }, index): [string, Value] => [name, row[index] ?? null])),
        ),
        isCut,
        meta: { scannedBytes, milliseconds, costLine },
      };
    },
  };
}

/** Most rows of a query that are shown. */
export const mostQueryRows = 10_000;
