import { readdirSync, readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { rawEventColumns } from '../../../lib/schemas/raw-events.ts';
import { readEventCatalogue } from '../../../lib/schemas/read-event-catalogue.ts';
import { DataLakeStack } from '../../../lib/stacks/data-lake-stack.ts';
import { StorageStack } from '../../../lib/stacks/storage-stack.ts';
import { aConfig } from '../../support/a-config.ts';
import { textOf } from '../../support/synthesized.ts';

interface GlueTable {
  readonly Name: string;
  readonly TableType: string;
  readonly Parameters: Readonly<Record<string, unknown>>;
  readonly PartitionKeys?: readonly { readonly Name: string; readonly Type: string }[];
  readonly StorageDescriptor: {
    readonly Columns: readonly { readonly Name: string; readonly Type: string }[];
    readonly Location: unknown;
    readonly SerdeInfo: object;
  };
  readonly ViewOriginalText?: string;
  readonly ViewExpandedText?: string;
}

interface View {
  readonly originalSql: string;
  readonly catalog: string;
  readonly schema: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

let tables: ReadonlyMap<string, GlueTable>;
let workGroup: { readonly ResultConfiguration: { readonly OutputLocation: unknown } };
let queries: readonly { readonly Name: string; readonly QueryString: string; readonly Description: string }[];

beforeAll(() => {
  const app = new App({ builtinCloudFormationValidation: false });
  const config = aConfig({
    EVENTS_DATABASE: 'my_database',
    RAW_EVENTS_TABLE: 'everything',
    RAW_EVENTS_PREFIX: 'raw',
    PROCESSED_EVENTS_PREFIX: 'typed',
    RAW_RETENTION_DAYS: 12,
    ATHENA_SCAN_LIMIT_BYTES: 20_000_000,
  });
  const { lake, restricted, playerKeys, piiKey } = new StorageStack(app, 'Storage', { config });
  const template = Template.fromStack(
    new DataLakeStack(app, 'DataLake', { config, lake, restricted, playerKeys, piiKey, events: readEventCatalogue() }),
  );
  const ofType = (type: string) => Object.values(template.findResources(type)).map(({ Properties }) => Properties);
  tables = new Map(ofType('AWS::Glue::Table').map(({ TableInput }) => [TableInput.Name, TableInput]));
  workGroup = ofType('AWS::Athena::WorkGroup').find(
    ({ Name }) => Name === config.WORKLOAD_NAME,
  )!.WorkGroupConfiguration;
  queries = ofType('AWS::Athena::NamedQuery');
});

/** A view as Athena reads it back. */
function decode(table: GlueTable | undefined): View {
  const [, base64] = /^\/\* Presto View: (\S+) \*\/$/.exec(table?.ViewOriginalText ?? '')!;
  return JSON.parse(Buffer.from(base64!, 'base64').toString()) as View;
}

describe('the raw table', () => {
  it('has the columns of the design, in their order', () => {
    expect(tables.get('everything')!.StorageDescriptor.Columns.map(({ Name, Type }) => `${Name} ${Type}`)).toEqual([
      'event_id string',
      'event_type string',
      'event_name string',
      'event_version string',
      'event_timestamp double',
      'event_at timestamp',
      'received_at timestamp',
      'app_version string',
      'player_id string',
      'session_id string',
      'country string',
      'application_id string',
      'application_name string',
      'event_data string',
      'status string',
      'rejection string',
      'metadata string',
      'original array<string>',
      'replay string',
    ]);
  });

  it('shows every day that is kept, and tomorrow, without anybody registering partitions', () => {
    const { Parameters, PartitionKeys } = tables.get('everything')!;
    expect(PartitionKeys).toEqual([expect.objectContaining({ Name: 'ingest_date', Type: 'string' })]);
    expect(Parameters).toMatchObject({
      'projection.enabled': 'true',
      'projection.ingest_date.type': 'date',
      'projection.ingest_date.format': 'yyyy-MM-dd',
      'projection.ingest_date.range': 'NOW-12DAYS,NOW+1DAYS',
      'projection.ingest_date.interval': '1',
      'projection.ingest_date.interval.unit': 'DAYS',
    });
    expect(textOf(Parameters['storage.location.template'])).toBe('s3://${Lake}/raw/ingest_date=${ingest_date}/');
  });
});

const columnsOf = (table: string): readonly string[] =>
  tables.get(table)!.StorageDescriptor.Columns.map(({ Name, Type }) => `${Name} ${Type}`);

describe('the typed tables', () => {
  it.each([
    ['events', 's3://${Lake}/typed/', ['application_id string', 'event_date date']],
    ['player_days', 's3://${Lake}/player_days/', ['event_date date']],
    ['player_revenue', 's3://${Lake}/player_revenue/', ['event_date date']],
  ])('%s lies in a folder of its own, with partitions that the job registers', (name, location, keys) => {
    const { StorageDescriptor, PartitionKeys = [], Parameters, TableType } = tables.get(name)!;
    expect(textOf(StorageDescriptor.Location)).toBe(location);
    expect(PartitionKeys.map(({ Name, Type }) => `${Name} ${Type}`)).toEqual(keys);
    expect([TableType, Parameters['partition_filtering.enabled']]).toEqual(['EXTERNAL_TABLE', 'true']);
    expect(Object.keys(Parameters).filter((key) => key.startsWith('projection'))).toEqual([]);
  });

  it('events has what every event has, then what event types declare, and nothing of rejections', () => {
    const columns = columnsOf('events');
    expect(columns.slice(0, 15)).toEqual([
      'event_id string',
      'event_type string',
      'event_name string',
      'event_version string',
      'event_timestamp double',
      'event_at timestamp',
      'received_at timestamp',
      'app_version string',
      'player_id string',
      'session_id string',
      'country string',
      'application_name string',
      'event_data string',
      'metadata string',
      'replay string',
    ]);
    expect(columns).toEqual(expect.arrayContaining(['level_id string', 'currency_amount decimal(18,4)']));
    expect(columns.filter((column) => /^(status|rejection|original|ingest_date|application_id) /.test(column))).toEqual(
      [],
    );
  });

  it('count money as decimals', () => {
    expect(columnsOf('player_revenue')).toContain('revenue decimal(38,4)');
  });
});

describe('the views', () => {
  it.each([
    ['recent_events', 'event_id'],
    ['rejected_events', 'reason'],
    ['replayed_events', 'replay_run'],
  ])('%s is one that Athena reads: no SerDe, the same columns in the catalog and in the text', (name, first) => {
    const table = tables.get(name)!;
    expect(table).toMatchObject({
      TableType: 'VIRTUAL_VIEW',
      Parameters: { presto_view: 'true', comment: 'Presto View' },
      ViewExpandedText: '/* Presto View */',
      StorageDescriptor: { SerdeInfo: {} },
    });
    const { catalog, schema, columns } = decode(table);
    expect([catalog, schema]).toEqual(['awsdatacatalog', 'my_database']);
    expect(columns[0]!.name).toBe(first);
    expect(columns.map(({ name }) => name)).toEqual(table.StorageDescriptor.Columns.map(({ Name }) => Name));
    const types = { string: 'varchar', double: 'double', timestamp: 'timestamp(3)', 'array<string>': 'array(varchar)' };
    expect(columns.map(({ type }) => type)).toEqual(
      table.StorageDescriptor.Columns.map(({ Type }) => types[Type as keyof typeof types]),
    );
  });

  it('read the raw table under whatever name it has, and no other', () => {
    for (const name of ['recent_events', 'rejected_events', 'replayed_events']) {
      const { originalSql } = decode(tables.get(name));
      expect(originalSql).toContain('FROM everything');
      expect(originalSql).not.toContain('raw_events');
    }
  });

  it('show no column that a raw event does not have', () => {
    const ofReplays = ['replay_run', 'replay_source', 'replay_key', 'replay_of'];
    const known = new Set<string>([...rawEventColumns.map(({ name }) => name), 'ingest_date', 'reason', ...ofReplays]);
    const shown = ['recent_events', 'rejected_events', 'replayed_events'].flatMap(
      (name) => decode(tables.get(name)).columns,
    );
    expect(shown.filter(({ name }) => !known.has(name))).toEqual([]);
  });
});

describe('the workgroup', () => {
  it('ends a query that reads too much, keeps results in one folder and leaves nobody a choice', () => {
    expect(workGroup).toMatchObject({
      BytesScannedCutoffPerQuery: 20_000_000,
      EnforceWorkGroupConfiguration: true,
      EngineVersion: { SelectedEngineVersion: 'Athena engine version 3' },
      ResultConfiguration: { EncryptionConfiguration: { EncryptionOption: 'SSE_S3' } },
    });
    expect(textOf(workGroup.ResultConfiguration.OutputLocation)).toBe('s3://${Lake}/athena-results/');
  });

  it('has every report as its file stands, but for the name of the raw table', () => {
    const files = readdirSync('athena-queries').filter((name) => name.endsWith('.sql'));
    expect(files.length).toBeGreaterThan(9);
    expect(queries.map(({ Name }) => `${Name}.sql`).toSorted()).toEqual(files.toSorted());
    for (const { Name, QueryString, Description } of queries) {
      const file = readFileSync(`athena-queries/${Name}.sql`, 'utf8');
      expect(QueryString).toBe(file.replaceAll('raw_events', 'everything'));
      expect(Description.length).toBeGreaterThan(10);
    }
  });
});
