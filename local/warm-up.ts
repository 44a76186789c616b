import type { ReportFiles } from './report-files.ts';
import type { Catalog, WorkGroups } from './runtime.ts';

/** Reports that the console's first page asks for where all titles are shown. */
export const firstPage = [
  'daily-active-players',
  'new-players-per-day',
  'retention',
  'revenue-per-day',
  'rejected-share-per-day',
  'title-popularity',
] as const;

export interface WarmUpOptions {
  readonly reports: ReportFiles;
  readonly catalog: Pick<Catalog, 'tables'>;
  readonly workGroups: Pick<WorkGroups, 'query'>;
  readonly database: string;
}

/** Reads ahead what the console's first page shows, for whoever opens it next. */
export interface WarmUp {
  /** Reads in the background; asked again meanwhile, it reads once more after that. */
  begin(): void;
  /** Ends what is read, and reads nothing more. */
  stop(): Promise<void>;
}

/**
 * The console asks for the list of reports before anything else, and then for those of its first page: to read all of them
 * takes half a second, so does what is loaded with the first queries, and so do the footers of the tables' files, which
 * stay read until a job writes others.
 */
export function createWarmUp({ reports, catalog, workGroups, database }: WarmUpOptions): WarmUp {
  const controller = new AbortController();
  const { signal } = controller;
  let isWanted = false;
  let underway: Promise<void> | undefined;

  async function read(): Promise<void> {
    await reports.list();
    for (const { Name, TableType } of catalog.tables(database)) {
      if (signal.aborted) return;
      if (TableType === 'VIRTUAL_VIEW') continue;
      await workGroups.query(`SELECT 1 AS nothing FROM "${Name}" LIMIT 0`, { database, countsBytes: false, signal });
    }
    for (const name of firstPage) {
      if (signal.aborted) return;
      await reports.run(name, {}, { signal, hasCost: false });
    }
  }

  async function readWhileWanted(): Promise<void> {
    while (isWanted && !signal.aborted) {
      isWanted = false;
      // A folder without these reports, or a pipeline that is stopped; whoever asks is told what is wrong.
      await read().catch(() => undefined);
    }
    underway = undefined;
  }

  return {
    begin() {
      if (signal.aborted) return;
      isWanted = true;
      underway ??= readWhileWanted();
    },
    async stop() {
      controller.abort();
      await underway;
    },
  };
}
