import { z } from 'zod';
import {
  days,
  flag,
  glueName,
  logRetentionDays,
  notBuiltYet,
  origin,
  prefix,
  redshiftPort,
  text,
  wholeNumber,
} from './fields.ts';
import { tokenLimits, withTokenLimits, type TokenLimits } from './token-limits.ts';

/** Folders of the lake that belong to the pipeline itself; no setting may point into them. */
const fixedPrefixes: readonly string[] = [
  'firehose-errors',
  'firehose-backup',
  'athena-results',
  'player_days',
  'player_revenue',
  'players',
  'studios',
  'games',
  'player_games',
  'state',
  'custom',
];

/** Names the catalog already gives to a view or a table of ours. */
const takenTableNames: readonly string[] = [
  'recent_events',
  'rejected_events',
  'replayed_events',
  'events',
  'player_days',
  'player_revenue',
  'players',
  'studios',
  'games',
  'player_games',
  'player_names',
];

/** What names of views per event type start with, and those of the crawler's tables. */
const takenTablePrefixes: readonly string[] = ['event_', 'crawled_'];

/**
 * The settings. Those of a mode that is off are checked all the same and read by nothing.
 */
const settings = z.strictObject({
  /** Prefix of every stack name, so that two deployments can share an account. */
  WORKLOAD_NAME: text(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/, 'lower-case letters, digits and -, at most 40 characters'),
  /** Throw-away environment: data goes when its stack goes, no deletion protection, delivery every 60 instead of 300 seconds. */
  DEV_MODE: flag().default(false),
  /** Refuses whatever destroys data, outside DEV_MODE. The first of two keys: off, and deployed so, before a command can. */
  DATA_PROTECTION: flag().default(true),

  /** How events reach Firehose: put there by the gateway, or through a Kinesis stream that others read as well. */
  INGEST_MODE: z
    .enum(['DIRECT_BATCH', 'KINESIS_DATA_STREAMS'], { error: 'allowed: DIRECT_BATCH or KINESIS_DATA_STREAMS' })
    .default('DIRECT_BATCH'),
  /** Where analysts query: the lake alone, or Redshift beside it. */
  DATA_STACK: z.enum(['DATA_LAKE', 'REDSHIFT'], { error: 'allowed: DATA_LAKE or REDSHIFT' }).default('DATA_LAKE'),
  /** Flink and OpenSearch on the Kinesis stream. */
  REAL_TIME_ANALYTICS: notBuiltYet('real-time analytics').default(false),
  /** The events are an Apache Iceberg table. Set before the first deployment of a database, and never changed after it. */
  ENABLE_APACHE_ICEBERG_SUPPORT: flag().default(false),

  /** Kinesis only: fixed shards instead of on-demand capacity. */
  STREAM_PROVISIONED: flag().default(false),
  /** Kinesis only, with STREAM_PROVISIONED: number of shards. */
  STREAM_SHARD_COUNT: wholeNumber(1, 500).default(1),
  /** Kinesis only: how long the stream keeps a record, and so how far back a reader can begin again. */
  STREAM_RETENTION_HOURS: wholeNumber(24, 8760).default(24),

  /** Glue database of all tables and views. */
  EVENTS_DATABASE: glueName().default('playlake'),
  /** Glue table of everything received. */
  RAW_EVENTS_TABLE: glueName().default('raw_events'),
  /** Folder of the lake that RAW_EVENTS_TABLE lies in. */
  RAW_EVENTS_PREFIX: prefix().default('raw_events'),
  /** Folder of the typed, deduplicated events. */
  PROCESSED_EVENTS_PREFIX: prefix().default('events'),
  /** Folder for what Glue jobs spill. */
  GLUE_TMP_PREFIX: prefix().default('glue-tmp'),
  /** When (UTC) a function looks for new raw events and starts the Glue workflow, as a cron expression of EventBridge. */
  ETL_SCHEDULE: text(
    /^cron\([^\s()]+( [^\s()]+){5}\)$/,
    'a cron expression of six fields such as cron(10 * * * ? *)',
  ).default('cron(10 * * * ? *)'),
  /** Redshift only: days of events that the warehouse holds itself; it reads older ones from the lake. */
  HOT_DAYS: wholeNumber(7, 400).default(30),
  /** Firehose also keeps every record as it came, before the transform. Cannot be turned off again on a stream. */
  S3_BACKUP_MODE: flag().default(false),

  /** A page that shows the reports, behind CloudFront together with the API. */
  CONSOLE: flag().default(true),

  /** Last part of the API's address. */
  API_STAGE_NAME: text(/^[A-Za-z0-9_]{1,128}$/, 'letters, digits and _').default('live'),
  /** Requests a second the stage takes from all senders together; more are answered 429. */
  API_RATE_LIMIT: wholeNumber(1, 100_000).default(1_000),
  /** Requests above the rate that the stage takes at once. */
  API_BURST_LIMIT: wholeNumber(1, 50_000).default(2_000),
  /** Requests a second of one game with tokens of the class client; default: two fifths of API_RATE_LIMIT. */
  CLIENT_RATE_LIMIT: wholeNumber(1, 100_000).optional(),
  /** Requests above that rate that are taken at once; default: two fifths of API_BURST_LIMIT. */
  CLIENT_BURST_LIMIT: wholeNumber(1, 50_000).optional(),
  /** Requests a second of one game with tokens of the class server; default: half of API_RATE_LIMIT. */
  SERVER_RATE_LIMIT: wholeNumber(1, 100_000).optional(),
  /** Requests above that rate that are taken at once; default: half of API_BURST_LIMIT. */
  SERVER_BURST_LIMIT: wholeNumber(1, 50_000).optional(),
  /** How long the gateway remembers an authorizer's answer: a disabled or expired token works this much longer. 0 turns it off. */
  AUTHORIZER_TTL_SECONDS: wholeNumber(0, 3_600).default(300),
  /** Web origins that may call the API from a browser. */
  CORS_ORIGINS: z
    .array(origin(), { error: 'allowed: a list of origins' })
    .min(1, { error: 'allowed: at least one origin' })
    .default(['*']),

  /** What becomes of an event whose type no schema declares. */
  UNDECLARED_EVENT_TYPES: z.enum(['ACCEPT', 'REJECT'], { error: 'allowed: ACCEPT or REJECT' }).default('ACCEPT'),
  /** A client's time that lies further back is replaced by the time of arrival. */
  MAX_EVENT_AGE_DAYS: days().default(400),
  /** Athena ends a query that reads more than this. */
  ATHENA_SCAN_LIMIT_BYTES: wholeNumber(10_000_000, Number.MAX_SAFE_INTEGER).default(100_000_000_000),

  /** Raw events older than this are deleted, and are no longer looked for by queries. */
  RAW_RETENTION_DAYS: days().default(730),
  /** What Firehose could not deliver is kept this long. */
  ERROR_RETENTION_DAYS: days().default(30),
  /** The source backup (S3_BACKUP_MODE) is kept this long. */
  BACKUP_RETENTION_DAYS: days().default(30),
  /** Results of Athena queries are kept this long. */
  RESULT_RETENTION_DAYS: days().default(7),
  /** Logs are kept this long. */
  CLOUDWATCH_RETENTION_DAYS: z
    .literal([...logRetentionDays], { error: `allowed: ${logRetentionDays.join(', ')}` })
    .default(30),
  /** Who is told when the workflow fails; AWS asks the address to confirm first. */
  EMAIL_ADDRESS: z.email({ error: 'allowed: an e-mail address' }).optional(),

  /** Redshift only: minutes between two loads. */
  WAREHOUSE_LOAD_MINUTES: wholeNumber(1, 1_440).default(15),
  /** Redshift only: files one load takes at most. */
  WAREHOUSE_LOAD_MAX_FILES: wholeNumber(1, 10_000).default(1_000),
  /** Redshift on a Kinesis stream: a view that is seconds old, and keeps the warehouse awake. */
  LIVE_WAREHOUSE_VIEW: flag().default(false),
  /** Redshift only: port of the warehouse. */
  REDSHIFT_PORT: redshiftPort().default(5_439),
  /** Redshift only: capacity the warehouse starts with. */
  REDSHIFT_BASE_RPU: wholeNumber(4, 1_024).default(4),
  /** Redshift only: capacity it may grow to. */
  REDSHIFT_MAX_RPU: wholeNumber(4, 5_632).default(8),
  /** Redshift only: RPU hours a day after which the warehouse stops until the next day. */
  REDSHIFT_USAGE_LIMIT_RPU_HOURS: wholeNumber(1, 100_000).default(24),
});

/** Every setting of one deployment, defaults filled in. */
export type PipelineConfig = z.infer<typeof settings> & TokenLimits;

type Settings = Partial<PipelineConfig>;

interface Rule {
  readonly key: keyof PipelineConfig;
  readonly breaks: (config: Settings) => boolean;
  readonly error: string;
}

/** A default as the schema has it, for rules that look at keys which were not given. */
const withDefault = (config: Settings, key: keyof PipelineConfig): unknown =>
  config[key] ?? settings.shape[key].safeParse(undefined).data;

const prefixKeys = ['RAW_EVENTS_PREFIX', 'PROCESSED_EVENTS_PREFIX', 'GLUE_TMP_PREFIX'] as const;

/** Combinations that cannot work, each with the reason. */
const rules: readonly Rule[] = [
  {
    key: 'REAL_TIME_ANALYTICS',
    breaks: (config) => config.REAL_TIME_ANALYTICS === true && withDefault(config, 'INGEST_MODE') === 'DIRECT_BATCH',
    error:
      'cannot be combined with INGEST_MODE DIRECT_BATCH: without a stream there is nothing to analyse in real time',
  },
  {
    key: 'LIVE_WAREHOUSE_VIEW',
    breaks: (config) => config.LIVE_WAREHOUSE_VIEW === true && withDefault(config, 'INGEST_MODE') === 'DIRECT_BATCH',
    error: 'cannot be combined with INGEST_MODE DIRECT_BATCH: Redshift streams from Kinesis, never from Firehose',
  },
  {
    key: 'LIVE_WAREHOUSE_VIEW',
    breaks: (config) => config.LIVE_WAREHOUSE_VIEW === true && withDefault(config, 'DATA_STACK') === 'DATA_LAKE',
    error: 'needs DATA_STACK REDSHIFT: there is no warehouse to show it in',
  },
  {
    key: 'ENABLE_APACHE_ICEBERG_SUPPORT',
    breaks: (config) =>
      config.ENABLE_APACHE_ICEBERG_SUPPORT === true && (config.DATA_STACK as string | undefined) === 'REDSHIFT',
    error: 'cannot be combined with DATA_STACK REDSHIFT: the warehouse loads the Parquet files that Iceberg replaces',
  },
  {
    key: 'WORKLOAD_NAME',
    breaks: (config) =>
      (config.DATA_STACK as string | undefined) === 'REDSHIFT' && String(config.WORKLOAD_NAME).length < 3,
    error: 'needs 3 characters with DATA_STACK REDSHIFT: the warehouse bears this name',
  },
  {
    key: 'EVENTS_DATABASE',
    breaks: (config) =>
      (config.DATA_STACK as string | undefined) === 'REDSHIFT' &&
      !/^[a-z][a-z0-9_]{0,63}$/.test(String(withDefault(config, 'EVENTS_DATABASE'))),
    error:
      'must begin with a letter and have 64 characters at most with DATA_STACK REDSHIFT: its database bears this name',
  },
  {
    key: 'REDSHIFT_MAX_RPU',
    breaks: (config) =>
      Number(withDefault(config, 'REDSHIFT_MAX_RPU')) < Number(withDefault(config, 'REDSHIFT_BASE_RPU')),
    error: 'must not be less than REDSHIFT_BASE_RPU',
  },
  {
    key: 'CORS_ORIGINS',
    breaks: ({ CORS_ORIGINS: origins }) => Array.isArray(origins) && origins.length > 1 && origins.includes('*'),
    error: '"*" already means every origin: give either "*" alone or a list of origins',
  },
  {
    key: 'RAW_EVENTS_TABLE',
    breaks: (config) => takenTableNames.includes(String(config.RAW_EVENTS_TABLE)),
    error: `is the name of another table or view; taken are ${takenTableNames.join(', ')}`,
  },
  {
    key: 'RAW_EVENTS_TABLE',
    breaks: (config) => takenTablePrefixes.some((start) => String(config.RAW_EVENTS_TABLE).startsWith(start)),
    error: `starts like the name of another table or view; taken are ${takenTablePrefixes.join(', ')}`,
  },
  ...tokenLimits.map(({ key, of: stageKey }): Rule => ({
    key,
    breaks: (config) => Number(config[key] ?? 0) > Number(withDefault(config, stageKey)),
    error: `must not exceed ${stageKey}: the stage would stop all games together first`,
  })),
  ...prefixKeys.map((key): Rule => ({
    key,
    breaks: (config) => fixedPrefixes.includes(String(withDefault(config, key))),
    error: `is a folder of the pipeline itself; taken are ${fixedPrefixes.join(', ')}`,
  })),
  ...prefixKeys.slice(1).map((key, before): Rule => ({
    key,
    breaks: (config) =>
      prefixKeys.slice(0, before + 1).some((other) => withDefault(config, other) === withDefault(config, key)),
    error: `must be a folder of its own, apart from those of ${prefixKeys.filter((other) => other !== key).join(' and ')}`,
  })),
];

const isSettings = (value: unknown): value is Settings =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The schema of a configuration file. Rules about several keys run even if single keys are wrong, so that one run shows all problems. */
export const pipelineConfig = rules
  .reduce(
    (schema, { key, breaks, error }) =>
      schema.refine((config) => !isSettings(config) || !breaks(config), { path: [key], error, when: () => true }),
    settings,
  )
  .transform(withTokenLimits);
