import { readFileSync } from 'node:fs';
import type { WarehouseStep } from '../../business-logic/shared/warehouse-statements.ts';
import { readers } from './readers.ts';

const schema = 'stream';
const landing = 'live_landing';

/**
 * The live view: a materialized view that Redshift fills from the Kinesis stream by itself, and a plain view over it. What
 * is no JSON is kept as it came. The landing is made once: made anew, it would begin with the oldest record of the stream.
 */
export function liveSteps(stream: string): readonly WarehouseStep[] {
  return [
    {
      name: `schema ${schema}`,
      statements: [`CREATE EXTERNAL SCHEMA IF NOT EXISTS ${schema} FROM KINESIS IAM_ROLE \${ROLE_ARN}`],
    },
    {
      name: `materialized view public.${landing}`,
      unless: `SELECT relname FROM pg_class WHERE relname = '${landing}'`,
      statements: [
        `CREATE MATERIALIZED VIEW public.${landing} AUTO REFRESH YES AS SELECT approximate_arrival_timestamp, ` +
          'partition_key, shard_id, sequence_number, ' +
          'CASE WHEN can_json_parse(kinesis_data) THEN json_parse(kinesis_data) END AS payload, ' +
          'CASE WHEN NOT can_json_parse(kinesis_data) THEN kinesis_data END AS failed_payload ' +
          `FROM ${schema}."${stream}"`,
      ],
    },
    {
      name: 'view public.live_events',
      statements: [
        'DROP VIEW IF EXISTS public.live_events',
        `CREATE VIEW public.live_events AS ${liveEvents()} WITH NO SCHEMA BINDING`,
        `GRANT SELECT ON public.live_events TO GROUP ${readers}`,
      ],
    },
  ];
}

/** What a warehouse without a live view lets go of: a landing that refreshes itself would keep it awake for ever. */
export const noLiveSteps: readonly WarehouseStep[] = [
  { name: 'no view public.live_events', statements: ['DROP VIEW IF EXISTS public.live_events'] },
  {
    name: `no materialized view public.${landing}`,
    statements: [`DROP MATERIALIZED VIEW IF EXISTS public.${landing}`],
  },
];

/** Rows of the landing that are a day old: by then the lake has them. */
export const trimLive: readonly string[] = [
  `DELETE FROM public.${landing} WHERE approximate_arrival_timestamp < dateadd('day', -1, getdate())`,
];

/** PartiQL, which no other engine reads: it is Redshift's own and has no equal in Athena's SQL. */
const liveEvents = (): string =>
  readFileSync(new URL('sql/live-events.redshift.sql', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => !line.startsWith('--'))
    .join('\n')
    .trim()
    .replaceAll(/\s+/g, ' ');
