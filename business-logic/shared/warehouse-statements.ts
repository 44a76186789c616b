import type { ParameterType } from '../../lib/queries/read-query.ts';

/** A column of a table of the warehouse; the type is Redshift's, e.g. `VARCHAR(1024)`. */
export interface WarehouseColumn {
  readonly name: string;
  readonly type: string;
}

/** A table that the warehouse holds. Columns are only ever appended. */
export interface WarehouseTable {
  readonly name: string;
  readonly columns: readonly WarehouseColumn[];
}

/** A part of the setup: statements that are run as one transaction (at most 40), and may be run again at any time. */
export interface WarehouseStep {
  /** What it makes, for the progress of the setup. */
  readonly name: string;
  /** A query with placeholders: where it answers a row, what the step makes is there, and the step is left out. */
  readonly unless?: string;
  /** With placeholders, see `fillStatement`. A step of one statement is run on its own, not as a batch. */
  readonly statements: readonly string[];
}

export interface WarehouseSetup {
  /** Tables, schemas and readers; to be followed by what `columnsToAdd` answers, then by `views`. */
  readonly tables: readonly WarehouseStep[];
  /** What reads the tables, with what readers are granted. */
  readonly views: readonly WarehouseStep[];
  /** The columns that the tables have: rows of `table_name`, `column_name`, in any order. */
  readonly existingColumns: string;
}

export interface WarehouseLoad {
  /** Everything of one transaction, in its order. With `${MANIFEST}`, `${ROLE_ARN}`, `${FILES}`; see `loadBatch`. */
  readonly statements: readonly string[];
  /** Which of `${FILES}` stand in `loaded_files`: rows of `object_key`. */
  readonly loadedAmong: string;
  /** All that stand there: rows of `object_key`. */
  readonly loadedFiles: string;
  /** Forgets files whose day is before `${BOUNDARY}`. */
  readonly forgetFiles: readonly string[];
}

export interface WarehousePurge {
  /** The boundary that holds: one row of `value`, `YYYY-MM-DD`, or none before the first setup. */
  readonly boundary: string;
  /** One transaction that moves the boundary to `${BOUNDARY}` and deletes what is older. */
  readonly statements: readonly string[];
}

/** A parameter of a report; it stands in the SQL as `CAST(:name AS <type>)`. */
export interface WarehouseParameter {
  readonly name: string;
  readonly type: ParameterType;
  /** SQL of Redshift that stands where no value is given. */
  readonly default?: string;
}

/** A column of a report's answer; the type is Athena's, e.g. `decimal(38,4)`: what the value is to look like. */
export interface ReportColumn {
  readonly name: string;
  readonly type: string;
}

/** A report in Redshift's SQL. */
export interface WarehouseReport {
  readonly sql: string;
  /** Each name once. */
  readonly parameters: readonly WarehouseParameter[];
  readonly columns: readonly ReportColumn[];
}

/** Everything that the warehouse runs, made of the catalogue of events and the report files when the app is synthesized. */
export interface WarehouseSql {
  readonly version: 1;
  /** The tables as they are to be. */
  readonly tables: readonly WarehouseTable[];
  readonly setup: WarehouseSetup;
  readonly load: WarehouseLoad;
  readonly purge: WarehousePurge;
  /** Steps of the live view on the stream, or where it is off those that remove it. Run after `setup.views`. */
  readonly live: readonly WarehouseStep[];
  /** Deletes landing rows of the live view that are older than a day; empty where it is off. */
  readonly trimLive: readonly string[];
  readonly reports: Readonly<Record<string, WarehouseReport>>;
}

/** What placeholders in statements stand for; those that are left out may not occur. */
export interface StatementValues {
  /** The role that Redshift reads the lake (and the stream) with. */
  readonly ROLE_ARN?: string;
  /** The role that Redshift reads the restricted bucket with. */
  readonly RESTRICTED_ROLE_ARN?: string;
  /** `s3://` address of a COPY manifest. */
  readonly MANIFEST?: string;
  /** First day that the warehouse holds itself, `YYYY-MM-DD`. */
  readonly BOUNDARY?: string;
  /** The Glue database. */
  readonly DATABASE?: string;
  /** The database user that answers reports, e.g. `IAMR:<role name>`. */
  readonly REPORT_USER?: string;
  /** The same for reports of the restricted audience. */
  readonly RESTRICTED_USER?: string;
  /** Name of the Kinesis stream that the live view reads. */
  readonly STREAM?: string;
  /** Keys of objects of the raw table. */
  readonly FILES?: readonly string[];
}

/** What each placeholder may stand for: nothing of it could end the quotes that it is put into. */
const allowed: Readonly<Record<keyof StatementValues, { readonly pattern: RegExp; readonly what: string }>> = {
  ROLE_ARN: { pattern: /^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/, what: 'the ARN of a role' },
  RESTRICTED_ROLE_ARN: { pattern: /^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/, what: 'the ARN of a role' },
  MANIFEST: { pattern: /^s3:\/\/[\w.-]+\/[\w!.*()=/:+-]+$/, what: 'the s3:// address of an object' },
  BOUNDARY: { pattern: /^\d{4}-\d\d-\d\d$/, what: 'a day, YYYY-MM-DD' },
  DATABASE: { pattern: /^[a-z0-9_]+$/, what: 'the name of a Glue database' },
  REPORT_USER: { pattern: /^[\w:+=,.@-]+$/, what: 'the name of a database user' },
  RESTRICTED_USER: { pattern: /^[\w:+=,.@-]+$/, what: 'the name of a database user' },
  STREAM: { pattern: /^[\w.-]+$/, what: 'the name of a Kinesis stream' },
  FILES: { pattern: /^[^'"\\\p{Cc}]+$/u, what: 'keys of objects, without quotes and \\' },
};

/**
 * A statement with its placeholders filled: `${NAME}` becomes a text in quotes, `"${NAME}"` a name in quotes, `${FILES}` a
 * list of texts, and after VALUES a list of rows of one text.
 * @throws Error for a value that is missing or is not what its placeholder stands for
 */
export function fillStatement(statement: string, values: StatementValues): string {
  return statement.replaceAll(
    /"\$\{([A-Z_]+)\}"|(VALUES )?\$\{([A-Z_]+)\}/g,
    (_, quotedName: string | undefined, rows: string | undefined, name: string | undefined) => {
      const texts = valuesOf(quotedName ?? name ?? '', values);
      if (quotedName !== undefined) return `"${texts.join('')}"`;
      const literals = texts.map((text) => `'${text}'`);
      return rows === undefined ? literals.join(', ') : rows + literals.map((literal) => `(${literal})`).join(', ');
    },
  );
}

function valuesOf(name: string, values: StatementValues): readonly string[] {
  if (!isPlaceholder(name)) throw new Error(`a statement has the placeholder ${name}, which nothing fills`);
  const value = values[name];
  const texts = value === undefined ? [] : typeof value === 'string' ? [value] : value;
  if (texts.length === 0) throw new Error(`a statement needs a value for ${name}`);
  const { pattern, what } = allowed[name];
  for (const text of texts) {
    if (!pattern.test(text)) throw new Error(`${JSON.stringify(text)} is given for ${name}; allowed: ${what}`);
  }
  return texts;
}

const isPlaceholder = (name: string): name is keyof StatementValues => Object.hasOwn(allowed, name);

/** A column that a table has. */
export interface ExistingColumn {
  readonly table: string;
  readonly column: string;
}

/**
 * What gives tables the columns that they lack: a step for each column, since Redshift adds one at a time.
 * @param existing what `existingColumns` answered
 */
export function columnsToAdd(
  tables: readonly WarehouseTable[],
  existing: readonly ExistingColumn[],
): readonly WarehouseStep[] {
  const known = new Set(existing.map(({ table, column }) => `${table}.${column}`.toLowerCase()));
  return tables.flatMap((table) =>
    table.columns
      .filter(({ name }) => !known.has(`${table.name}.${name}`))
      .map(({ name, type }) => ({
        name: `column ${name} of ${table.name}`,
        statements: [`ALTER TABLE public.${table.name} ADD COLUMN "${name}" ${type}`],
      })),
  );
}
