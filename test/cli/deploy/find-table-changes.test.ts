import { describe, expect, it } from 'vitest';
import { findTableChanges } from '../../../cli/deploy/find-table-changes.ts';
import type { StackTemplate, TemplateResource } from '../../../cli/deploy/stack-template.ts';

type Columns = Readonly<Record<string, string>>;

const list = (columns: Columns) => Object.entries(columns).map(([Name, Type]) => ({ Name, Type }));

const files = (columns: Columns, { name = 'events', keys = { event_date: 'date' } as Columns } = {}) => ({
  Type: 'AWS::Glue::Table',
  Properties: {
    DatabaseName: { Ref: 'Database' },
    TableInput: {
      Name: name,
      TableType: 'EXTERNAL_TABLE',
      PartitionKeys: list(keys),
      StorageDescriptor: { Columns: list(columns) },
    },
  },
});

const view = (name: string, columns: Columns) => ({
  Type: 'AWS::Glue::Table',
  Properties: {
    DatabaseName: { Ref: 'Database' },
    TableInput: { Name: name, TableType: 'VIRTUAL_VIEW', StorageDescriptor: { Columns: list(columns) } },
  },
});

const icebergAt = (Location: string) => ({
  Type: 'AWS::Glue::Table',
  Properties: {
    DatabaseName: { Ref: 'Database' },
    Name: 'events',
    OpenTableFormatInput: { IcebergInput: { IcebergTableInput: { Location } } },
  },
});
const iceberg = icebergAt('s3://lake/events');

const template = (resources: readonly TemplateResource[], database = 'playlake'): StackTemplate => ({
  Resources: {
    Database: { Type: 'AWS::Glue::Database', Properties: { DatabaseInput: { Name: database } } },
    ...Object.fromEntries(resources.map((resource, at) => [`Resource${at}`, resource])),
  },
});

const compare = (before: StackTemplate, after: StackTemplate) =>
  findTableChanges(new Map([['g-data-lake', before]]), new Map([['g-data-lake', after]])).map(
    ({ stack, table, because, advice }) => `${stack} ${table}: ${because}; ${advice}`,
  );

const score = { event_id: 'string', level_score: 'double' };

describe('findTableChanges', () => {
  it.each<[string, TemplateResource[], TemplateResource[], RegExp]>([
    [
      'a column that is gone',
      [files(score)],
      [files({ event_id: 'string' })],
      /^g-data-lake events: its column level_score \(double\) would be gone; .*config\/events\/<event_type>\/<version>/,
    ],
    [
      'a column of another type',
      [files(score)],
      [files({ ...score, level_score: 'decimal(18,2)' })],
      /its column level_score is double and not decimal\(18,2\); .*a name of its own/,
    ],
    [
      'a column that became a key',
      [files({ ...score, game: 'string' })],
      [files(score, { keys: { game: 'string', event_date: 'date' } })],
      /its column game \(string\) would be gone/,
    ],
    [
      'other partition keys',
      [files(score)],
      [files(score, { keys: { event_date: 'string' } })],
      /its partition keys are event_date date and not event_date string/,
    ],
    [
      'files that become Iceberg',
      [files(score)],
      [iceberg],
      /files cannot become Iceberg; .*before the first deployment/,
    ],
    ['Iceberg that becomes files', [iceberg], [files(score)], /its Iceberg cannot become files/],
    [
      'any change of an Iceberg table',
      [iceberg],
      [icebergAt('s3://lake/typed')],
      /events: CloudFormation would update an Iceberg table, .*; Change PROCESSED_EVENTS_PREFIX back/,
    ],
    [
      'a column that no view of an Iceberg table shows any more',
      [iceberg, view('event_a', score), view('event_b', { event_id: 'string' })],
      [iceberg, view('event_b', { event_id: 'string' })],
      /events: its column level_score \(double\) would be gone/,
    ],
  ])('finds %s', (_what, before, after, expected) => {
    const changes = compare(template(before), template(after));
    expect(changes[0]).toMatch(expected);
  });

  it('tells of every column', () => {
    const changes = compare(template([files(score)]), template([files({ other: 'string' })]));
    expect(changes).toEqual([expect.stringContaining('event_id'), expect.stringContaining('level_score')]);
  });

  it.each<[string, TemplateResource[], TemplateResource[]]>([
    ['the same columns', [files(score)], [files(score)]],
    ['one more column, wherever it stands', [files(score)], [files({ added: 'string', ...score })]],
    ['a view without a column', [files(score), view('event_a', score)], [files(score), view('event_a', {})]],
    [
      'a column that another view of an Iceberg table shows',
      [iceberg, view('event_a', score)],
      [iceberg, view('event_b', score)],
    ],
    ['a table under another name, which is another table', [files(score)], [files({}, { name: 'events_2' })]],
    ['a table that is gone', [files(score)], []],
  ])('lets %s pass', (_what, before, after) => {
    expect(compare(template(before), template(after))).toEqual([]);
  });

  it('takes a table in another database for another table', () => {
    expect(compare(template([files(score)]), template([iceberg], 'other'))).toEqual([]);
  });

  it('says nothing of stacks that are new or no longer configured', () => {
    const one = new Map([['a', template([files(score)])]]);
    expect(findTableChanges(one, new Map())).toEqual([]);
    expect(findTableChanges(new Map(), one)).toEqual([]);
  });
});
