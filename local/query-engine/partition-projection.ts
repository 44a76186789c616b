import type { Clock, GlueTable } from '../runtime.ts';
import { QueryError } from './query-error.ts';

/** A partition as the engine reads it: the values of its keys and where its files lie (`s3://bucket/prefix/`). */
export interface TablePartition {
  readonly values: readonly string[];
  readonly location: string;
}

/** Most partitions one table may project; beyond it a query says so instead of running out of memory. */
const MAX_PARTITIONS = 100_000;

/** Whether Athena computes the table's partitions instead of asking the catalog. */
export function isProjected(table: GlueTable): boolean {
  return table.Parameters?.['projection.enabled']?.toLowerCase() === 'true';
}

/**
 * The partitions that partition projection gives for a table, present or not. Throws QueryError in Athena's words where
 * a key is not configured.
 */
export function projectPartitions(table: GlueTable, clock: Clock): TablePartition[] {
  const keys = (table.PartitionKeys ?? []).map((key) => key.Name);
  let rows: string[][] = [[]];
  for (const key of keys) {
    const values = projectedValues(table, key, clock);
    rows = rows.flatMap((row) => values.map((value) => row.concat(value)));
    if (rows.length > MAX_PARTITIONS) {
      throw new QueryError(
        `HIVE_EXCEEDED_PARTITION_LIMIT: Table ${table.Name} projects more than ${MAX_PARTITIONS} partitions`,
      );
    }
  }
  return rows.map((values) => ({ values, location: locationOf(table, keys, values) }));
}

function locationOf(table: GlueTable, keys: readonly string[], values: readonly string[]): string {
  const template = table.Parameters?.['storage.location.template'];
  if (template === undefined) {
    const folders = keys.map((key, index) => `${key}=${values[index]}/`).join('');
    return `${(table.StorageDescriptor?.Location ?? '').replace(/\/?$/, '/')}${folders}`;
  }
  return template.replaceAll(/\$\{([^}]+)\}/g, (whole, name: string) => values[keys.indexOf(name)] ?? whole);
}

function projectedValues(table: GlueTable, key: string, clock: Clock): string[] {
  const setting = (name: string) => table.Parameters?.[`projection.${key}.${name}`];
  switch (setting('type')?.toLowerCase()) {
    case 'enum':
      return (setting('values') ?? '').split(',').map((value) => value.trim());
    case 'integer':
      return integers(setting('range') ?? '', Number(setting('interval') ?? 1), Number(setting('digits') ?? 0));
    case 'date':
      return dates({
        range: setting('range') ?? '',
        format: setting('format') ?? '',
        step: Number(setting('interval') ?? 1),
        unit: (setting('interval.unit') ?? 'DAYS').toUpperCase(),
        now: clock(),
      });
    default:
      throw new QueryError(
        `HIVE_METASTORE_ERROR: Table ${table.DatabaseName}.${table.Name} is missing projection configuration for partition column ${key}`,
      );
  }
}

function integers(range: string, step: number, digits: number): string[] {
  const [from = Number.NaN, to = Number.NaN] = range.split(',').map(Number);
  const values: string[] = [];
  for (let value = from; value <= to && values.length <= MAX_PARTITIONS; value += step) {
    values.push(String(value).padStart(digits, '0'));
  }
  return values;
}

interface DateRange {
  readonly range: string;
  /** Java's DateTimeFormatter pattern: yyyy, MM, dd and HH with anything between them. */
  readonly format: string;
  readonly step: number;
  readonly unit: string;
  readonly now: number;
}

const unitMilliseconds: Readonly<Record<string, number>> = {
  MINUTE: 60_000,
  HOUR: 3_600_000,
  DAY: 86_400_000,
  WEEK: 604_800_000,
};

function dates({ range, format, step, unit, now }: DateRange): string[] {
  const length = unitMilliseconds[unit.replace(/S$/, '')];
  if (length === undefined) throw new QueryError(`HIVE_METASTORE_ERROR: projection by ${unit} is not supported here`);
  const [from = Number.NaN, to = Number.NaN] = range.split(',').map((bound) => boundary(bound.trim(), format, now));
  const values: string[] = [];
  for (let time = from; time <= to && values.length <= MAX_PARTITIONS; time += step * length) {
    const value = formatted(time, format);
    if (values.at(-1) !== value) values.push(value);
  }
  // The range ends with the unit its last bound lies in, also when the steps do not meet it.
  if (Number.isFinite(to) && values.at(-1) !== formatted(to, format)) values.push(formatted(to, format));
  return values;
}

function boundary(text: string, format: string, now: number): number {
  const [, sign, count = '0', unit = 'DAY'] = /^NOW(?:\s*([+-])\s*(\d+)\s*([A-Z]+?)S?)?$/i.exec(text) ?? [];
  if (/^NOW/i.test(text)) {
    const name = unit.toUpperCase();
    const amount = (sign === '-' ? -1 : 1) * Number(count);
    if (name === 'MONTH' || name === 'YEAR') return shiftMonths(now, name === 'YEAR' ? amount * 12 : amount);
    return now + amount * (unitMilliseconds[name] ?? Number.NaN);
  }
  return parsed(text, format);
}

function shiftMonths(time: number, months: number): number {
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, date.getUTCDate());
}

function formatted(time: number, format: string): string {
  const iso = new Date(time).toISOString();
  return format
    .replaceAll(/'([^']*)'/g, '$1')
    .replaceAll('yyyy', iso.slice(0, 4))
    .replaceAll('MM', iso.slice(5, 7))
    .replaceAll('dd', iso.slice(8, 10))
    .replaceAll('HH', iso.slice(11, 13));
}

function parsed(text: string, format: string): number {
  const at = (token: string, fallback: string) => {
    const index = format.indexOf(token);
    return index < 0 ? fallback : text.slice(index, index + token.length);
  };
  return Date.parse(`${at('yyyy', '1970')}-${at('MM', '01')}-${at('dd', '01')}T${at('HH', '00')}:00:00Z`);
}
