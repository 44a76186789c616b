import { isDeepStrictEqual } from 'node:util';
import type { StackTemplate, Templates } from './stack-template.ts';

/** A change of a deployed table that the files it has stored do not follow. No deployment makes it. */
export interface TableChange {
  readonly stack: string;
  readonly table: string;
  readonly because: string;
  /** The way out. */
  readonly advice: string;
}

interface Column {
  readonly name: string;
  readonly type: string;
}

interface CatalogTable {
  readonly database: unknown;
  readonly name: string;
  readonly format: 'files' | 'Iceberg' | 'view';
  /** What an Iceberg table was made from. */
  readonly made: unknown;
  readonly columns: readonly Column[];
  readonly partitionKeys: readonly Column[];
}

/**
 * Compares the catalog's tables, as deployed and as they would be: columns that are gone or of another type, other
 * partition keys, files that become Iceberg or the other way round, and any change of an Iceberg table. A table under
 * another name, or in another database, is another table, of which `findReplacements` tells.
 */
export function findTableChanges(deployed: Templates, next: Templates): readonly TableChange[] {
  return [...deployed].flatMap(([stack, template]) => {
    const after = next.get(stack);
    return after === undefined
      ? []
      : compareTables(tablesOf(template), tablesOf(after)).map((change) => Object.assign({ stack }, change));
  });
}

type Change = Omit<TableChange, 'stack'>;

function compareTables(before: readonly CatalogTable[], after: readonly CatalogTable[]): Change[] {
  return before
    .filter(({ format }) => format !== 'view')
    .flatMap((table) => {
      const now = after.find((other) => isSameTable(table, other));
      if (now === undefined) return [];
      if (now.format !== table.format) return [formatChange(table, now)];
      // An Iceberg table's template is frozen when it is created: the views tell which columns it has been given since.
      return table.format === 'Iceberg'
        ? icebergChanges(table, now).concat(columnChanges(table.name, columnsOfViews(before), columnsOfViews(after)))
        : columnChanges(table.name, table.columns, now.columns).concat(keyChanges(table, now));
    });
}

const isSameTable = (table: CatalogTable, other: CatalogTable): boolean =>
  other.format !== 'view' && other.name === table.name && isDeepStrictEqual(other.database, table.database);

const formatChange = ({ name, format }: CatalogTable, now: CatalogTable): Change => ({
  table: name,
  because: `its ${format} cannot become ${now.format === 'files' ? 'files of their own' : now.format}`,
  advice:
    'ENABLE_APACHE_ICEBERG_SUPPORT is set before the first deployment of a database. Change it back; or deploy a second ' +
    'workload with it (another WORKLOAD_NAME, another EVENTS_DATABASE), copy the folder of RAW_EVENTS_PREFIX into its ' +
    'lake and run its workflow, which builds its tables from there',
});

function icebergChanges({ name, made }: CatalogTable, now: CatalogTable): Change[] {
  if (isDeepStrictEqual(made, now.made)) return [];
  return [
    {
      table: name,
      because: 'CloudFormation would update an Iceberg table, which strips what makes it one',
      advice:
        'Change PROCESSED_EVENTS_PREFIX back, and leave lib/schemas/iceberg-first-columns.json and the table’s own ' +
        'settings in lib/constructs/ as they were deployed; the job adds new columns',
    },
  ];
}

function columnChanges(table: string, before: readonly Column[], after: readonly Column[]): Change[] {
  const types = new Map(after.map(({ name, type }) => [name, type]));
  return before.flatMap(({ name, type }) => {
    const now = types.get(name);
    if (now === type) return [];
    return {
      table,
      because:
        now === undefined
          ? `its column ${name} (${type}) would be gone`
          : `its column ${name} is ${type} and not ${now}`,
      advice:
        'stored files hold it. Keep the version of the schema that declares it as ' +
        'config/events/<event_type>/<version>.json, and the column in config/event-columns.json; give a field of another ' +
        'type a name of its own',
    };
  });
}

function keyChanges({ name, partitionKeys }: CatalogTable, now: CatalogTable): Change[] {
  if (isDeepStrictEqual(partitionKeys, now.partitionKeys)) return [];
  return [
    {
      table: name,
      because: `its partition keys are ${listOf(partitionKeys)} and not ${listOf(now.partitionKeys)}`,
      advice: 'the folders of its files are named after them. Make it a table under another name',
    },
  ];
}

const listOf = (keys: readonly Column[]): string =>
  keys.map(({ name, type }) => `${name} ${type}`).join(', ') || 'none';

/** Columns of all views of event types together. */
const columnsOfViews = (tables: readonly CatalogTable[]): readonly Column[] => [
  ...new Map(
    tables
      .filter(({ format, name }) => format === 'view' && name.startsWith('event_'))
      .flatMap(({ columns }) => columns.map((column) => [column.name, column] as const)),
  ).values(),
];

function tablesOf(template: StackTemplate): readonly CatalogTable[] {
  return Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::Glue::Table')
    .map(({ Properties = {} }) => {
      const input = recordOf(Properties['TableInput']);
      return {
        database: databaseName(template, Properties['DatabaseName']),
        name: String(input['Name'] ?? Properties['Name']),
        format: formatOf(Properties, input),
        made: Properties['OpenTableFormatInput'],
        columns: columnsOf(recordOf(input['StorageDescriptor'])['Columns']),
        partitionKeys: columnsOf(input['PartitionKeys']),
      };
    });
}

function formatOf(properties: Readonly<Record<string, unknown>>, input: Readonly<Record<string, unknown>>) {
  if (properties['OpenTableFormatInput'] !== undefined) return 'Iceberg';
  return input['TableType'] === 'VIRTUAL_VIEW' ? 'view' : 'files';
}

/** The name that a reference to a database of the same template means. */
function databaseName({ Resources }: StackTemplate, value: unknown): unknown {
  const reference = recordOf(value)['Ref'];
  const database = typeof reference === 'string' ? Resources[reference] : undefined;
  return recordOf(database?.Properties?.['DatabaseInput'])['Name'] ?? value;
}

const columnsOf = (value: unknown): readonly Column[] =>
  (Array.isArray(value) ? value : []).map((column: unknown) => {
    const { Name, Type } = recordOf(column);
    return { name: String(Name), type: String(Type) };
  });

const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
