/** How a report is drawn, from the `-- chart:` line of its file: the names are columns of its rows. */
export interface ReportChart {
  readonly kind: 'bar' | 'line';
  readonly x: string;
  readonly y: string;
  /** Column with one line or one group of bars per value. */
  readonly series?: string;
}

export interface ReportParameter {
  readonly name: string;
  /** `boolean`, `date`, `decimal`, `integer`, `timestamp` or `varchar`. */
  readonly type: string;
  readonly required: boolean;
  /** SQL expression that counts where no value is given. */
  readonly default?: string;
}

/** A report as the reports API lists it. */
export interface ReportInfo {
  readonly name: string;
  readonly description: string;
  /** What one row is, e.g. `one row per application_id, event_date with a player`. */
  readonly grain: string;
  readonly parameters: readonly ReportParameter[];
  readonly columns: readonly { readonly name: string; readonly note?: string }[];
  readonly chart?: ReportChart;
  readonly sql?: string;
}

/** A value of a row. Money and whole numbers that JSON's readers would round are text. */
export type Value = string | number | boolean | null;

export type Row = Readonly<Record<string, Value>>;

export interface Column {
  readonly name: string;
  /** As Athena names it, e.g. `bigint`, `decimal`, `date`, `timestamp`. */
  readonly type: string;
}

/** The rows of a report. */
export interface ReportResult {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** There are more rows than were read. */
  readonly isCut: boolean;
  readonly meta: {
    /** Null where the engine does not say. */
    readonly scannedBytes?: number | null;
    readonly milliseconds: number;
    /** The price of this answer, in one line for people; absent where it was left out. */
    readonly costLine?: string;
  };
}

/** A number, also where it came as text; undefined for everything else. */
export function numberOf(value: Value | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** The columns that tell one row from another, as its grain names them. */
export function keyColumns({ grain, columns }: Pick<ReportInfo, 'grain' | 'columns'>): readonly string[] {
  const [, list = ''] = /^one row per ([a-z0-9_]+(?:, [a-z0-9_]+)*)/.exec(grain) ?? [];
  return list.split(', ').filter((name) => columns.some((column) => column.name === name));
}

/** The game of a row; undefined where rows are of no game. */
export function gameOf(row: Row): string | undefined {
  const game = row['application_id'] ?? row['game_id'];
  return game === undefined || game === null ? undefined : String(game);
}
