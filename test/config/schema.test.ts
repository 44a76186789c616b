import { describe, expect, it } from 'vitest';
import { InvalidConfig, parseConfig } from '../../config/load.ts';
import { crawledTables } from '../../lib/constructs/lake-crawler.ts';
import { lakeFolders } from '../../lib/constructs/lake-folders.ts';
import { eventsTable } from '../../lib/schemas/events-table.ts';
import { playerTables } from '../../lib/schemas/player-tables.ts';
import { rawEventViews } from '../../lib/schemas/raw-events.ts';

const minimal = { WORKLOAD_NAME: 'my-game' };

const problemsOf = (settings: unknown): readonly string[] => {
  try {
    parseConfig(settings, 'my.yaml');
  } catch (error) {
    if (error instanceof InvalidConfig) return error.problems;
    throw error;
  }
  return [];
};

describe('the configuration', () => {
  it('needs nothing but a workload name', () => {
    expect(parseConfig(minimal, 'my.yaml')).toMatchObject({
      INGEST_MODE: 'DIRECT_BATCH',
      DATA_STACK: 'DATA_LAKE',
      EVENTS_DATABASE: 'playlake',
      RAW_EVENTS_TABLE: 'raw_events',
      AUTHORIZER_TTL_SECONDS: 300,
      MAX_EVENT_AGE_DAYS: 400,
      UNDECLARED_EVENT_TYPES: 'ACCEPT',
      DEV_MODE: false,
      S3_BACKUP_MODE: false,
      CORS_ORIGINS: ['*'],
    });
  });

  it('shares the limits of the stage out, so that no game can take all of them', () => {
    const limits = { CLIENT_RATE_LIMIT: 4, CLIENT_BURST_LIMIT: 800, SERVER_RATE_LIMIT: 3, SERVER_BURST_LIMIT: 1_000 };
    expect(parseConfig({ ...minimal, API_RATE_LIMIT: 10, SERVER_RATE_LIMIT: 3 }, 'my.yaml')).toMatchObject(limits);
    expect(parseConfig({ ...minimal, API_RATE_LIMIT: 1 }, 'my.yaml')).toMatchObject({ CLIENT_RATE_LIMIT: 1 });
  });

  it.each([
    ['no workload name', { WORKLOAD_NAME: undefined }, /^WORKLOAD_NAME: nothing given; allowed: lower-case letters/],
    ['a workload name no stack may have', { WORKLOAD_NAME: 'My_Game' }, /^WORKLOAD_NAME: "My_Game" given; allowed/],
    ['a key that does not exist', { WORKLOAD: 'x' }, /^WORKLOAD: no such setting/],
    ['a mode that nobody knows', { INGEST_MODE: 'SQS' }, /^INGEST_MODE: "SQS" given; allowed: DIRECT_BATCH/],
    [
      'a warehouse that nobody knows',
      { DATA_STACK: 'BIGQUERY' },
      /^DATA_STACK: "BIGQUERY" given; allowed: DATA_LAKE or/,
    ],
    ['no shard', { STREAM_SHARD_COUNT: 0 }, /^STREAM_SHARD_COUNT: 0 given; allowed: a whole number from 1 to 500/],
    ['less than a day of a stream', { STREAM_RETENTION_HOURS: 23 }, /23 given; allowed: .* from 24 to 8760/],
    [
      'a port Redshift does not open',
      { REDSHIFT_PORT: 5432_0 },
      /^REDSHIFT_PORT: 54320 given; allowed: a port from 5431/,
    ],
    ['fewer hot days than the job looks back', { HOT_DAYS: 6 }, /^HOT_DAYS: 6 given; allowed: .* from 7 to 400/],
    ['real-time analytics, not built', { REAL_TIME_ANALYTICS: true }, /^REAL_TIME_ANALYTICS: true .* not built yet/],
    [
      'a game that may take more than all',
      { CLIENT_RATE_LIMIT: 1_001 },
      /^CLIENT_RATE_LIMIT: 1001 .*not exceed API_RATE/,
    ],
    ['a number as text', { AUTHORIZER_TTL_SECONDS: '300' }, /"300" given; allowed: a whole number from 0 to 3600/],
    ['a cache that API Gateway does not have', { AUTHORIZER_TTL_SECONDS: 3601 }, /3601 given; allowed: .* 0 to 3600/],
    ['a fraction of a day', { RAW_RETENTION_DAYS: 1.5 }, /^RAW_RETENTION_DAYS: 1.5 given; allowed: a whole number/],
    ['a log retention CloudWatch does not have', { CLOUDWATCH_RETENTION_DAYS: 8 }, /8 given; allowed: 1, 3, 5, 7/],
    ['a scan limit below what Athena takes', { ATHENA_SCAN_LIMIT_BYTES: 1 }, /1 given; allowed: .* from 10000000/],
    ['a prefix with a slash', { RAW_EVENTS_PREFIX: 'raw/' }, /^RAW_EVENTS_PREFIX: "raw\/" given; allowed: one folder/],
    ['a table with capitals', { RAW_EVENTS_TABLE: 'Raw' }, /^RAW_EVENTS_TABLE: "Raw" given; allowed: lower-case/],
    ['a stage with a hyphen', { API_STAGE_NAME: 'a-b' }, /^API_STAGE_NAME: "a-b" given; allowed: letters/],
    ['an origin that is none', { CORS_ORIGINS: ['https://ok', 'x/y'] }, /^CORS_ORIGINS\[1\]: "x\/y" given; allowed/],
    ['no origin at all', { CORS_ORIGINS: [] }, /^CORS_ORIGINS: \[\] given; allowed: at least one/],
    ['text for a switch', { DEV_MODE: 'yes' }, /^DEV_MODE: "yes" given; allowed: true or false/],
    ['an address that is none', { EMAIL_ADDRESS: 'me' }, /^EMAIL_ADDRESS: "me" given; allowed: an e-mail address/],
    ['a schedule that is no time', { ETL_SCHEDULE: 'rate(1 hour)' }, /"rate\(1 hour\)" given; allowed: a cron/],
    ['a schedule as Unix writes it', { ETL_SCHEDULE: 'cron(10 * * * *)' }, /"cron\(10 .* given; .*of six fields/],
  ])('refuses %s, with its path, what was given and what is allowed', (_, settings, problem) => {
    expect(problemsOf({ ...minimal, ...settings })[0]).toMatch(problem);
  });

  it.each([
    ['real-time analytics without a stream', { REAL_TIME_ANALYTICS: true }, /DIRECT_BATCH: without a stream/],
    ['a live warehouse view without a stream', { LIVE_WAREHOUSE_VIEW: true }, /DIRECT_BATCH: Redshift streams from/],
    ['a live warehouse view without a warehouse', { LIVE_WAREHOUSE_VIEW: true }, /needs DATA_STACK REDSHIFT/],
    [
      'Iceberg in a warehouse that loads Parquet',
      { DATA_STACK: 'REDSHIFT', ENABLE_APACHE_ICEBERG_SUPPORT: true },
      /cannot be combined with DATA_STACK REDSHIFT/,
    ],
    [
      'a warehouse of two letters',
      { DATA_STACK: 'REDSHIFT', WORKLOAD_NAME: 'ab' },
      /^WORKLOAD_NAME: "ab" given; needs 3 characters with DATA_STACK REDSHIFT/,
    ],
    [
      'a warehouse whose database begins with _',
      { DATA_STACK: 'REDSHIFT', EVENTS_DATABASE: '_playlake' },
      /^EVENTS_DATABASE: "_playlake" given; must begin with a letter/,
    ],
    ['a maximum below the base', { REDSHIFT_MAX_RPU: 4, REDSHIFT_BASE_RPU: 8 }, /must not be less than REDSHIFT_BASE/],
    ['a maximum below the default base', { REDSHIFT_BASE_RPU: 16 }, /must not be less than REDSHIFT_BASE_RPU/],
    ['every origin and one more', { CORS_ORIGINS: ['*', 'https://a.example'] }, /"\*" already means every origin/],
    ['the raw table under a view’s name', { RAW_EVENTS_TABLE: 'recent_events' }, /name of another table or view/],
    ['the raw table under a player table’s name', { RAW_EVENTS_TABLE: 'player_revenue' }, /name of another table/],
    ['the raw table under an account table’s name', { RAW_EVENTS_TABLE: 'games' }, /name of another table/],
    ['the raw table among the views of event types', { RAW_EVENTS_TABLE: 'event_login' }, /starts like the name of/],
    ['the raw table among the crawler’s', { RAW_EVENTS_TABLE: 'crawled_x' }, /starts like the name of another table/],
    ['temporary files among the players’', { GLUE_TMP_PREFIX: 'player_days' }, /folder of the pipeline itself/],
    ['raw events among the errors', { RAW_EVENTS_PREFIX: 'firehose-errors' }, /folder of the pipeline itself/],
    ['processed events among the raw ones', { PROCESSED_EVENTS_PREFIX: 'raw_events' }, /must be a folder of its own/],
    ['raw events where processed ones go by default', { RAW_EVENTS_PREFIX: 'events' }, /must be a folder of its own/],
  ])('says why %s cannot be', (_, settings, problem) => {
    expect(problemsOf({ ...minimal, ...settings })).toContainEqual(expect.stringMatching(problem));
  });

  it('reports every problem at once, also rules about several keys beside single wrong ones', () => {
    const problems = problemsOf({ DEV_MODE: 1, X: 1, API_RATE_LIMIT: 0, PROCESSED_EVENTS_PREFIX: 'raw_events' });
    expect(problems.map((problem) => problem.split(':')[0]).toSorted()).toEqual([
      'API_RATE_LIMIT',
      'DEV_MODE',
      'PROCESSED_EVENTS_PREFIX',
      'WORKLOAD_NAME',
      'X',
    ]);
  });
});

describe('the folders and names that no setting may take', () => {
  it.each([...Object.values(lakeFolders), ...playerTables.map(({ name }) => name)])('the folder %s', (folder) => {
    expect(problemsOf({ ...minimal, RAW_EVENTS_PREFIX: folder })).toEqual([
      expect.stringMatching(/folder of the pipeline itself/),
    ]);
  });

  it.each([eventsTable, ...[...playerTables, ...rawEventViews].map(({ name }) => name), `${crawledTables}x`])(
    'the table %s',
    (table) => {
      expect(problemsOf({ ...minimal, RAW_EVENTS_TABLE: table })).toEqual([
        expect.stringMatching(/the name of another table or view/),
      ]);
    },
  );
});
