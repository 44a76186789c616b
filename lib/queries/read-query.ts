import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** Types a report's parameter may have; `literals.ts` writes a value of each as SQL. */
export const parameterTypes = ['boolean', 'date', 'decimal', 'integer', 'timestamp', 'varchar'] as const;
export type ParameterType = (typeof parameterTypes)[number];

/**
 * Who a report is made for: it is answered to them through the reports API. Analysts read all of them through Athena, and
 * those that are made for nobody in particular are the publisher's as well.
 */
export const audiences = ['publisher', 'studio'] as const;
export type Audience = (typeof audiences)[number];

/** What stands for one `?`. A name may stand for several; it then has one value. */
export interface QueryParameter {
  readonly name: string;
  readonly type: ParameterType;
  /** SQL expression in Athena's dialect that is used where no value is given. */
  readonly default?: string;
  /** The caller's own, bound from their token: never a value that a caller names. Reports of studios only. */
  readonly bound?: true;
}

/** How console and terminal draw a report. */
export interface QueryChart {
  readonly kind: 'bar' | 'line';
  readonly x: string;
  readonly y: string;
  /** Column with one line or one group of bars per value. */
  readonly series?: string;
}

/** A query file, read by its header. */
export interface Query {
  /** File name without `.sql`. */
  readonly name: string;
  readonly description: string;
  /** What one row is. */
  readonly grain: string;
  /** One per `?`, in their order. */
  readonly parameters: readonly QueryParameter[];
  readonly chart?: QueryChart;
  /** Absent: of all games, for analysts and the publisher. */
  readonly audience?: Audience;
  /** The restricted table that it reads, so that it runs in the restricted workgroup. Reports of the publisher only. */
  readonly restricted?: string;
  /** Remarks on odd columns (by column) and on the whole (`note`). */
  readonly notes: readonly { readonly about: string; readonly text: string }[];
  /** The whole file: header and statement. */
  readonly sql: string;
}

/** Reads a query file. Throws an Error that names the file and every fault of its header. */
export function readQuery(path: string): Query {
  return parseQuery(basename(path, '.sql'), readFileSync(path, 'utf8'));
}

/** The same, from text. */
export function parseQuery(name: string, sql: string): Query {
  const faults: string[] = [];
  const single = new Map<string, string>();
  const notes: { about: string; text: string }[] = [];
  const parameters: QueryParameter[] = [];

  for (const { key, text } of headerLines(sql, faults)) {
    if (text === '') faults.push(`"${key}" says nothing`);
    else if (key === 'parameter') addParameter(text, parameters, faults);
    else if (singleKeys.has(key)) {
      if (single.has(key)) faults.push(`"${key}" stands there twice`);
      single.set(key, text);
    } else notes.push({ about: key, text });
  }
  for (const key of ['description', 'grain']) if (!single.has(key)) faults.push(`"-- ${key}: …" is missing`);

  const marks = countParameterMarks(sql);
  if (marks !== parameters.length) {
    faults.push(`has ${marks} "?" and ${parameters.length} "-- parameter:" lines; there is one line per "?"`);
  }
  const chart = parseChart(single.get('chart'), faults);
  const audience = parseAudience(single.get('audience'), faults);
  const restricted = single.get('restricted');
  if (restricted !== undefined && audience !== 'publisher')
    faults.push('"restricted" is for reports with "-- audience: publisher"');
  if (audience !== 'studio' && parameters.some(({ bound }) => bound))
    faults.push('a bound parameter is for reports with "-- audience: studio"');
  if (faults.length > 0) throw new Error(`${name}.sql: ${faults.join('; ')}`);

  const [description = '', grain = ''] = [single.get('description'), single.get('grain')];
  return {
    name,
    description,
    grain,
    parameters,
    ...(chart && { chart }),
    ...(audience && { audience }),
    ...(restricted !== undefined && { restricted }),
    notes,
    sql,
  };
}

/** Keys of header lines that stand there once; `parameter` may be repeated, all others are notes. */
const singleKeys = new Set(['description', 'grain', 'chart', 'audience', 'restricted']);

function headerLines(sql: string, faults: string[]): { key: string; text: string }[] {
  const header: { key: string; text: string }[] = [];
  for (const line of sql.split('\n')) {
    if (!line.startsWith('--')) break;
    const [, key, text] = /^-- ([a-z][a-z0-9_]*):(.*)$/.exec(line) ?? [];
    if (key === undefined || text === undefined) faults.push(`header line "${line}" is not "-- <key>: <text>"`);
    else header.push({ key, text: text.trim() });
  }
  return header;
}

function addParameter(text: string, parameters: QueryParameter[], faults: string[]): void {
  const [, name = '', type, rest] = /^([a-z][a-z0-9_]*)(?: ([a-z]+)(?: (bound|default .+))?)?$/.exec(text) ?? [];
  const earlier = parameters.find((parameter) => parameter.name === name);
  if (earlier) {
    if (type !== undefined) faults.push(`parameter "${name}" is declared twice; repeat its name alone`);
    parameters.push(earlier);
  } else if (isParameterType(type)) {
    const fallback = rest?.startsWith('default ') ? { default: rest.slice('default '.length) } : undefined;
    parameters.push({ name, type, ...fallback, ...(rest === 'bound' && { bound: true as const }) });
  } else {
    faults.push(`parameter "${text}" is not "<name> <${parameterTypes.join('|')}> [default <expression> | bound]"`);
  }
}

function isParameterType(type: string | undefined): type is ParameterType {
  return parameterTypes.some((known) => known === type);
}

function parseAudience(text: string | undefined, faults: string[]): Audience | undefined {
  if (text === undefined) return undefined;
  const audience = audiences.find((known) => known === text);
  if (!audience) faults.push(`audience "${text}" is not ${audiences.join(' or ')}`);
  return audience;
}

function parseChart(text: string | undefined, faults: string[]): QueryChart | undefined {
  if (text === undefined) return undefined;
  const [, kind, x, y, series] = /^(bar|line) x=(\w+) y=(\w+)(?: series=(\w+))?$/.exec(text) ?? [];
  if (kind === undefined || x === undefined || y === undefined) {
    faults.push(`chart "${text}" is not "bar|line x=<column> y=<column> [series=<column>]"`);
    return undefined;
  }
  return { kind: kind === 'bar' ? 'bar' : 'line', x, y, ...(series !== undefined && { series }) };
}

/** Counts `?` outside strings, quoted names and comments. */
export function countParameterMarks(sql: string): number {
  return [...sql.matchAll(tokens)].filter(([token]) => token === '?').length;
}

/** Puts a text for each `?`, in their order; `index` counts from 0. */
export function replaceParameterMarks(sql: string, replacement: (index: number) => string): string {
  let index = -1;
  return sql.replaceAll(tokens, (token) => {
    if (token !== '?') return token;
    index += 1;
    return replacement(index);
  });
}

/** Comments, strings and quoted names, so that a `?` inside them is passed over; and `?`. */
const tokens = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|\?/g;
