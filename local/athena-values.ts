import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalType,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTypeId,
} from '@duckdb/node-api';
import type { DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { athenaDouble } from '../lib/queries/athena-double.ts';

/** A value as GetQueryResults and Athena's result files spell it; undefined is SQL null. */
export function athenaText(value: DuckDBValue): string | undefined {
  if (value === null) return undefined;
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return Number.isInteger(value) ? String(value) : athenaDouble(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      return objectText(value);
  }
}

/** The same for a value whose type is known: whole doubles have a point, integers have none. */
export function athenaTextOf(type: DuckDBType): (value: DuckDBValue) => string | undefined {
  const isDouble = type.typeId === DuckDBTypeId.DOUBLE || type.typeId === DuckDBTypeId.FLOAT;
  return isDouble ? (value) => (typeof value === 'number' ? athenaDouble(value) : athenaText(value)) : athenaText;
}

function objectText(value: DuckDBValue & object): string {
  if (value instanceof DuckDBTimestampValue) return timestampText(value.micros);
  if (value instanceof DuckDBTimestampTZValue) return `${timestampText(value.micros)} UTC`;
  if (value instanceof DuckDBDateValue) return dateText(value.days);
  if (value instanceof DuckDBDecimalValue) return value.toString();
  if (value instanceof DuckDBListValue) return `[${value.items.map(nestedText).join(', ')}]`;
  if (value instanceof DuckDBMapValue) {
    return `{${value.entries.map((entry) => `${nestedText(entry.key)}=${nestedText(entry.value)}`).join(', ')}}`;
  }
  if (value instanceof DuckDBStructValue) {
    const fields = Object.entries(value.entries).map(([name, field]) => `${name}=${nestedText(field)}`);
    return `{${fields.join(', ')}}`;
  }
  if (value instanceof DuckDBBlobValue)
    return Buffer.from(value.bytes)
      .toString('hex')
      .replaceAll(/..(?=.)/g, '$& ');
  return String(value);
}

function nestedText(value: DuckDBValue): string {
  return athenaText(value) ?? 'null';
}

const DAY_MILLISECONDS = 86_400_000;

function timestampText(micros: bigint): string {
  const milliseconds = Number((micros - (((micros % 1000n) + 1000n) % 1000n)) / 1000n);
  return new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', '');
}

function dateText(days: number): string {
  return new Date(days * DAY_MILLISECONDS).toISOString().slice(0, -'T00:00:00.000Z'.length);
}

const simpleTypes: Partial<Record<DuckDBTypeId, string>> = {
  [DuckDBTypeId.BOOLEAN]: 'boolean',
  [DuckDBTypeId.TINYINT]: 'tinyint',
  [DuckDBTypeId.SMALLINT]: 'smallint',
  [DuckDBTypeId.INTEGER]: 'integer',
  [DuckDBTypeId.BIGINT]: 'bigint',
  // Sums and counts of whole numbers; Athena has nothing wider than bigint.
  [DuckDBTypeId.HUGEINT]: 'bigint',
  [DuckDBTypeId.UBIGINT]: 'bigint',
  [DuckDBTypeId.FLOAT]: 'float',
  [DuckDBTypeId.DOUBLE]: 'double',
  [DuckDBTypeId.VARCHAR]: 'varchar',
  [DuckDBTypeId.DATE]: 'date',
  [DuckDBTypeId.TIMESTAMP]: 'timestamp',
  [DuckDBTypeId.TIMESTAMP_TZ]: 'timestamp with time zone',
  [DuckDBTypeId.DECIMAL]: 'decimal',
  [DuckDBTypeId.LIST]: 'array',
  [DuckDBTypeId.MAP]: 'map',
  [DuckDBTypeId.STRUCT]: 'row',
  [DuckDBTypeId.BLOB]: 'varbinary',
  [DuckDBTypeId.SQLNULL]: 'unknown',
};

/** A column of a result as `ResultSetMetadata` describes it. */
export interface AthenaColumn {
  readonly name: string;
  readonly type: string;
  readonly precision: number;
  readonly scale: number;
}

const precisions: Readonly<Record<string, number>> = {
  varchar: 2_147_483_647,
  tinyint: 3,
  smallint: 5,
  integer: 10,
  bigint: 19,
  float: 17,
  double: 17,
  timestamp: 3,
  'timestamp with time zone': 3,
};

/** How Athena describes a result column of this type. */
export function athenaColumn(name: string, type: DuckDBType): AthenaColumn {
  const athena = simpleTypes[type.typeId] ?? 'varchar';
  if (type instanceof DuckDBDecimalType) return { name, type: athena, precision: type.width, scale: type.scale };
  return { name, type: athena, precision: precisions[athena] ?? 0, scale: 0 };
}
