import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { glueProtocol } from '../../../local/aws-api/glue.ts';
import { createCatalog } from '../../../local/catalog.ts';
import { createObjectStore } from '../../../local/object-store.ts';
import { anEtl } from '../support/an-etl.ts';
import { protocolCaller } from '../../support/call-protocol.ts';
import type { ProtocolCaller } from '../../support/call-protocol.ts';

const clock = () => 1000;
let dataDir: string;
let glue: ProtocolCaller;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'playlake-glue-'));
  const catalog = createCatalog({ dataDir });
  catalog.defineDatabase('game', { Description: 'Events' });
  catalog.defineDatabase('other', {});
  for (const Name of ['events', 'raw_events', 'players']) {
    const PartitionKeys = [
      { Name: 'application_id', Type: 'string' },
      { Name: 'event_date', Type: 'date' },
    ];
    catalog.defineTable('game', { Name, PartitionKeys });
  }
  glue = protocolCaller(
    glueProtocol(catalog, anEtl({ dataDir, catalog, clock }).etl, {
      region: 'us-east-1',
      accountId: '000000000000',
      clock,
      objects: createObjectStore({ root: dataDir, clock }),
    }),
  );
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const events = { DatabaseName: 'game', TableName: 'events' };
const input = (game: string, day: string, location = 'a') => ({
  Values: [game, day],
  StorageDescriptor: { Location: `s3://lake/${location}/` },
});
const valuesOf = ({ Partitions }: Record<string, unknown>) =>
  (Partitions as { Values: string[] }[]).map(({ Values }) => Values.join('/'));

describe('Glue', () => {
  it('lists databases and tables in pages', async () => {
    expect(await glue.call('GetDatabase', { Name: 'game' })).toMatchObject({
      Database: { Name: 'game', Description: 'Events' },
    });
    const first = await glue.call('GetTables', { DatabaseName: 'game', MaxResults: 2 });
    expect(first).toMatchObject({ TableList: [{ Name: 'events' }, { Name: 'players' }] });
    const second = await glue.call('GetTables', { DatabaseName: 'game', MaxResults: 2, NextToken: first.NextToken });
    expect(second).toMatchObject({ TableList: [{ Name: 'raw_events' }] });
    expect(second.NextToken).toBeUndefined();
    expect(await glue.call('GetTables', { DatabaseName: 'game', Expression: 'raw*' })).toMatchObject({
      TableList: [{ Name: 'raw_events' }],
    });
    expect(await glue.call('GetTable', { DatabaseName: 'GAME', Name: 'Events' })).toMatchObject({
      Table: { Name: 'events' },
    });
  });

  it.each([
    ['GetDatabase', { Name: 'nothing' }, 'EntityNotFoundException'],
    ['GetTables', { DatabaseName: 'nothing' }, 'EntityNotFoundException'],
    ['GetTable', { DatabaseName: 'game', Name: 'nothing' }, 'EntityNotFoundException'],
    ['GetTable', { DatabaseName: 'game' }, 'InvalidInputException'],
    ['GetPartition', { ...events, PartitionValues: ['a', '2026-01-01'] }, 'EntityNotFoundException'],
    ['GetPartition', { ...events, PartitionValues: ['a'] }, 'InvalidInputException'],
    ['DeletePartition', { ...events, PartitionValues: ['a', '2026-01-01'] }, 'EntityNotFoundException'],
    [
      'UpdatePartition',
      { ...events, PartitionValueList: ['a', '2026-01-01'], PartitionInput: input('a', '2026-01-01') },
      'EntityNotFoundException',
    ],
    ['CreatePartition', { ...events, PartitionInput: { Values: ['a'] } }, 'InvalidInputException'],
    ['GetPartitions', { ...events, Expression: 'nothing = 1' }, 'InvalidInputException'],
    ['GetPartitions', { ...events, Expression: 'event_date ===' }, 'InvalidInputException'],
    ['GetPartitions', { ...events, NextToken: 'x' }, 'InvalidInputException'],
    ['GetJob', { JobName: 'x' }, 'EntityNotFoundException'],
    ['Nothing', {}, 'UnknownOperationException'],
  ])('answers %s of %j with %s', async (action, given, code) => {
    await expect(glue.call(action, given)).rejects.toMatchObject({ code });
  });

  it('creates, reads, switches and deletes a partition', async () => {
    await glue.call('CreatePartition', { ...events, PartitionInput: input('a', '2026-01-01', 'run=1') });
    await expect(
      glue.call('CreatePartition', { ...events, PartitionInput: input('a', '2026-01-01') }),
    ).rejects.toMatchObject({ code: 'AlreadyExistsException' });
    await glue.call('UpdatePartition', {
      ...events,
      PartitionValueList: ['a', '2026-01-01'],
      PartitionInput: input('a', '2026-01-01', 'run=2'),
    });
    expect(await glue.call('GetPartition', { ...events, PartitionValues: ['a', '2026-01-01'] })).toMatchObject({
      Partition: {
        Values: ['a', '2026-01-01'],
        DatabaseName: 'game',
        TableName: 'events',
        CreationTime: 1,
        StorageDescriptor: { Location: 's3://lake/run=2/' },
      },
    });
    await glue.call('DeletePartition', { ...events, PartitionValues: ['a', '2026-01-01'] });
    expect(await glue.call('GetPartitions', events)).toEqual({ Partitions: [] });
  });

  it('does what it can of a batch and names the rest', async () => {
    await glue.call('CreatePartition', { ...events, PartitionInput: input('a', '1') });
    const created = await glue.call('BatchCreatePartition', {
      ...events,
      PartitionInputList: [input('a', '1'), input('a', '2'), input('a', '2'), input('a', '3')],
    });
    expect(created).toMatchObject({
      Errors: [
        { PartitionValues: ['a', '1'], ErrorDetail: { ErrorCode: 'AlreadyExistsException' } },
        { PartitionValues: ['a', '2'], ErrorDetail: { ErrorCode: 'AlreadyExistsException' } },
      ],
    });
    const Entries = ['3', '9'].map((day) => ({ PartitionValueList: ['a', day], PartitionInput: input('a', day, 'b') }));
    expect(await glue.call('BatchUpdatePartition', { ...events, Entries })).toMatchObject({
      Errors: [{ PartitionValueList: ['a', '9'], ErrorDetail: { ErrorCode: 'EntityNotFoundException' } }],
    });
    const deleted = await glue.call('BatchDeletePartition', {
      ...events,
      PartitionsToDelete: [{ Values: ['a', '1'] }, { Values: ['a', '9'] }],
    });
    expect(deleted).toMatchObject({ Errors: [{ PartitionValues: ['a', '9'] }] });
    const got = await glue.call('BatchGetPartition', {
      ...events,
      PartitionsToGet: [{ Values: ['a', '3'] }, { Values: ['a', '1'] }],
    });
    expect(got).toMatchObject({
      Partitions: [{ Values: ['a', '3'], StorageDescriptor: { Location: 's3://lake/b/' } }],
    });
    const tooMany = Array.from({ length: 101 }, (_, day) => input('b', String(day)));
    await expect(glue.call('BatchCreatePartition', { ...events, PartitionInputList: tooMany })).rejects.toMatchObject({
      code: 'ValidationException',
    });
  });

  it('filters and pages partitions, and deals them out in segments', async () => {
    const days = ['2026-01-01', '2026-01-02', '2026-01-03'];
    await glue.call('BatchCreatePartition', {
      ...events,
      PartitionInputList: ['a', 'b'].flatMap((game) => days.map((day) => input(game, day))),
    });
    const found = async (Expression: string) => valuesOf(await glue.call('GetPartitions', { ...events, Expression }));
    expect(await found("application_id = 'a' AND event_date >= '2026-01-02'")).toEqual([
      'a/2026-01-02',
      'a/2026-01-03',
    ]);
    expect(await found("event_date BETWEEN '2026-01-03' AND '2027-01-01'")).toEqual(['a/2026-01-03', 'b/2026-01-03']);
    expect(await found("application_id IN ('b', 'c') AND NOT event_date < '2026-01-03'")).toEqual(['b/2026-01-03']);
    expect(await found("(application_id = 'b' OR event_date = '2026-01-01') AND event_date LIKE '%-01'")).toEqual([
      'a/2026-01-01',
      'b/2026-01-01',
    ]);
    expect(await found("application_id <> 'a' AND event_date <= '2026-01-01'")).toEqual(['b/2026-01-01']);

    const first = await glue.call('GetPartitions', { ...events, MaxResults: 4 });
    const second = await glue.call('GetPartitions', { ...events, MaxResults: 4, NextToken: first.NextToken });
    expect([...valuesOf(first), ...valuesOf(second)]).toHaveLength(6);
    expect(second.NextToken).toBeUndefined();

    const segments = await Promise.all(
      [0, 1, 2].map((SegmentNumber) =>
        glue.call('GetPartitions', { ...events, Segment: { SegmentNumber, TotalSegments: 3 } }),
      ),
    );
    expect(segments.flatMap(valuesOf).toSorted()).toEqual(
      valuesOf(await glue.call('GetPartitions', events)).toSorted(),
    );
  });

  it('keeps partition indexes, at most three', async () => {
    const index = (IndexName: string, ...Keys: string[]) =>
      glue.call('CreatePartitionIndex', { ...events, PartitionIndex: { IndexName, Keys } });
    await index('by_game_and_day', 'application_id', 'event_date');
    await expect(index('by_game_and_day', 'event_date')).rejects.toMatchObject({ code: 'AlreadyExistsException' });
    await expect(index('by_player', 'player_id')).rejects.toMatchObject({ code: 'InvalidInputException' });
    await index('by_game', 'application_id');
    await index('by_day', 'event_date');
    await expect(index('by_day_and_game', 'event_date', 'application_id')).rejects.toMatchObject({
      code: 'ResourceNumberLimitExceededException',
    });
    await glue.call('DeletePartitionIndex', { ...events, IndexName: 'by_game' });
    expect(await glue.call('GetPartitionIndexes', events)).toMatchObject({
      PartitionIndexDescriptorList: [
        {
          IndexName: 'by_game_and_day',
          Keys: [
            { Name: 'application_id', Type: 'string' },
            { Name: 'event_date', Type: 'date' },
          ],
          IndexStatus: 'ACTIVE',
        },
        { IndexName: 'by_day' },
      ],
    });
  });

  it('asks for permission by the ARN of what is touched', async () => {
    glue.denied.add('glue:UpdatePartition');
    await expect(
      glue.call('UpdatePartition', { ...events, PartitionValueList: ['a', '1'], PartitionInput: input('a', '1') }),
    ).rejects.toMatchObject({ code: 'AccessDeniedException' });
    expect(glue.authorized).toEqual(['glue:UpdatePartition arn:aws:glue:us-east-1:000000000000:table/game/events']);
  });

  it('lists jobs, crawlers and workflows: none', async () => {
    expect(await glue.call('ListJobs')).toEqual({ JobNames: [] });
    expect(await glue.call('ListCrawlers')).toEqual({ CrawlerNames: [] });
    expect(await glue.call('ListWorkflows')).toEqual({ Workflows: [] });
  });
});
