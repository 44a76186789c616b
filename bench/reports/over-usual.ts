import type { EventsJobPlan } from '../../lib/etl/events-job-plan.ts';
import type { Query, QueryParameter } from '../../lib/queries/read-query.ts';
import type { TypedColumn } from '../../lib/schemas/event-columns.ts';
import { athenaType } from '../../lib/schemas/lake-column.ts';
import { usualTable } from '../../test/support/bytes-read/over-layout.ts';

export interface UsualView {
  readonly name: string;
  readonly sql: string;
}

/** A report's question as it is asked where there is one table of JSON. */
export interface UsualQuestion {
  /** What the JSON is read through, each named after those it needs. */
  readonly views: readonly UsualView[];
  readonly sql: string;
  /** One for each `?`, in their order. */
  readonly parameters: readonly QueryParameter[];
}

/** What a report can name beside the typed columns of `event_data`: all text but these. */
const texts = [
  'event_id',
  'event_type',
  'app_version',
  'player_id',
  'session_id',
  'country',
  'application_id',
] as const;
const moments = ['event_at', 'received_at'] as const;

/** The newest first, and only then what else there is in their JSON. */
const latestEvents = `WITH newest AS (
    SELECT application_id, event_id, received_at, event
    FROM usual_events
    WHERE event_date >= ? - INTERVAL '1' DAY AND CAST(received_at AS date) >= ? AND application_id LIKE ?
    ORDER BY received_at DESC, application_id, event_id
    LIMIT 100
  )
  SELECT application_id, ${asMoment("json_extract_string(event, '$.event_at')")} AS event_at, received_at,
    json_extract_string(event, '$.event_type') AS event_type, event_id,
    json_extract_string(event, '$.player_id') AS player_id, json_extract_string(event, '$.session_id') AS session_id,
    json_format(json_extract(event, '$.event_data')) AS event_data
  FROM newest
  ORDER BY received_at DESC, application_id, event_id`;

/**
 * The same question of the usual layout, as whoever has that table alone would ask it: fields are read from the JSON,
 * only those that are needed, and a player's day is one group.
 * @returns undefined where that table cannot answer: it does not know what was rejected
 */
export function overUsual(
  report: Query,
  { statements }: EventsJobPlan,
  columns: readonly TypedColumn[],
): UsualQuestion | undefined {
  const stated = report.sql.replaceAll(/^\s*--.*$/gm, '').trim();
  const sql = report.name === 'latest-events' ? latestEvents : overViews(stated, reportTables);
  if (/\b(raw_events|rejected_events|replayed_events)\b/.test(sql)) return undefined;

  const revenue = overViews(statements.player_revenue.athena, ['day_events']).replaceAll('day_events', 'events');
  const readsRevenue = /\busual_player_revenue\b/.test(sql);
  const needed = readsRevenue ? `${sql} ${revenue}` : sql;
  const fields = neededFields(needed, columns);
  const views = [
    ...(/\busual_events\b/.test(needed) ? [{ name: 'usual_events', sql: eventsView(fields) }] : []),
    ...(readsRevenue ? [{ name: 'usual_player_revenue', sql: revenue }] : []),
    ...(/\busual_player_days\b/.test(sql) ? [{ name: 'usual_player_days', sql: playerDaysView(sql) }] : []),
  ];
  return { views, sql: readOnce(sql, report, fields), parameters: parametersOf(report) };
}

/** The report on the newest events names its own twice; here they are read once. */
function parametersOf({ name, parameters }: Query): readonly QueryParameter[] {
  return name === 'latest-events' ? parameters.slice(0, parameters.length / 2) : parameters;
}

/** A funnel names its events once for each step: here they are read once, and only those of a step are kept. */
function readOnce(sql: string, { parameters }: Query, fields: readonly Field[]): string {
  const steps = parameters.filter(({ name }) => name.startsWith('step_')).map((parameter) => parameter.default ?? '');
  if (steps.length === 0) return sql;
  const names = ['event_date', ...fields.map(({ name }) => name)].join(', ');
  const once = `step_moments AS (SELECT ${names} FROM usual_events WHERE event_type IN (${steps.join(', ')}))`;
  return sql.replaceAll('usual_events', 'step_moments').replace(/^WITH /, `WITH ${once}, `);
}

const reportTables = ['events', 'player_days', 'player_revenue'] as const;

function overViews(sql: string, tables: readonly string[]): string {
  return sql.replaceAll(
    new RegExp(`\\b(FROM|JOIN)\\s+(${tables.join('|')})\\b`, 'g'),
    (_, verb: string, table: string) => `${verb} usual_${table} AS ${table}`,
  );
}

interface Field {
  readonly name: string;
  /** Where it stands in the JSON. */
  readonly path: string;
  /** What is made of its text. */
  readonly read?: (text: string) => string;
}

/** Only the columns that are named, since each takes time to plan and to read. */
function neededFields(needed: string, columns: readonly TypedColumn[]): readonly Field[] {
  const fields: readonly Field[] = [
    ...texts.map((name) => ({ name, path: name })),
    ...moments.map((name) => ({ name, path: name, read: asMoment })),
    ...columns.map(({ name, type }) => ({
      name,
      path: `event_data.${name}`,
      ...(type !== 'string' && { read: (text: string) => `TRY_CAST(${text} AS ${athenaType(type)})` }),
    })),
  ];
  return fields.filter(({ name }) => isNamed(name, needed));
}

function eventsView(fields: readonly Field[]): string {
  return `SELECT event, CAST(event_date AS date) AS event_date, ${valuesOf(fields)} FROM ${readFields(fields)}`;
}

const latest: readonly Field[] = [
  { name: 'country', path: 'country' },
  { name: 'platform', path: 'event_data.platform' },
  { name: 'app_version', path: 'app_version' },
];

/** One row for each player and day, with what the latest event says that names it. */
function playerDaysView(needed: string): string {
  const named = latest.filter(({ name }) => isNamed(name, needed));
  const fields = ['application_id', 'player_id', ...(named.length > 0 ? ['event_at', 'event_id'] : [])].map((name) => ({
    name,
    path: name,
  }));
  const values = named.map(
    ({ name }) => `max_by(${name}, CASE WHEN ${name} IS NOT NULL THEN event_at || event_id END) AS ${name}`,
  );
  const read = [...fields, ...named];
  return `SELECT ${['application_id', 'player_id', 'event_date', ...values].join(', ')}
    FROM (SELECT CAST(event_date AS date) AS event_date, ${valuesOf(read)} FROM ${readFields(read)}) AS events
    WHERE player_id IS NOT NULL
    GROUP BY application_id, player_id, event_date`;
}

/**
 * The JSON is read once for all fields, by DuckDB's own function: Athena's reads it for each of them, and the laptop
 * takes longer to do as Athena does. No filter is moved below `unnest`, where each would read the JSON anew.
 */
function readFields(fields: readonly Field[]): string {
  const paths = fields.map(({ path }) => `'$.${path}'`);
  const read = `json_extract_string(event, ARRAY[${paths.join(', ')}])`;
  return `(SELECT event, event_date, unnest(ARRAY[${read}]) AS fields FROM ${usualTable}) AS json`;
}

function valuesOf(fields: readonly Field[]): string {
  return fields
    .map(({ name, read = (text: string) => text }, at) => `${read(`fields[${at + 1}]`)} AS "${name}"`)
    .join(', ');
}

/** As `CAST` does it, without the laptop's check whether Athena would read the text. */
function asMoment(text: string): string {
  return `date_parse(${text}, '%Y-%m-%d %H:%i:%s.%f')`;
}

function isNamed(name: string, sql: string): boolean {
  return new RegExp(`\\b${name}\\b`).test(sql);
}
