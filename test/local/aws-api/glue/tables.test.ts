import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findTable } from '../../../../local/aws-api/glue/inputs.ts';
import { tableChangeActions } from '../../../../local/aws-api/glue/tables.ts';
import { jsonProtocol } from '../../../../local/aws-api/protocol.ts';
import { createCatalog } from '../../../../local/catalog.ts';
import { createObjectStore } from '../../../../local/object-store.ts';
import type { LocalObjectStore } from '../../../../local/object-store.ts';
import { protocolCaller, type ProtocolCaller } from '../../../support/call-protocol.ts';

const clock = () => Date.parse('2026-11-18T12:00:00Z');
let dataDir: string;
let objects: LocalObjectStore;
let glue: ProtocolCaller;

function open() {
  const catalog = createCatalog({ dataDir, clock });
  catalog.defineDatabase('game', {});
  catalog.defineTable('game', { Name: 'players' });
  const actions = tableChangeActions(catalog, { objects, accountId: '000000000000', clock });
  return protocolCaller(
    jsonProtocol('glue', {
      ...actions,
      GetTable: async (input, request) => ({ Table: findTable(catalog, input, request, 'GetTable') }),
    }),
  );
}

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'playlake-tables-'));
  objects = createObjectStore({ root: dataDir, clock });
  await objects.createBucket('lake');
  glue = open();
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const name = { DatabaseName: 'game', Name: 'items' };
const input = (Parameters: Record<string, string>) => ({
  DatabaseName: 'game',
  TableInput: { Name: 'Items', TableType: 'EXTERNAL_TABLE', Parameters },
});

describe('tables of Glue that a client makes', () => {
  it('creates, changes and deletes a table, and remembers it', async () => {
    await glue.call('CreateTable', input({ metadata_location: 'a' }));
    expect(await open().call('GetTable', name)).toMatchObject({
      Table: { Name: 'items', VersionId: '1', Parameters: { metadata_location: 'a' }, CatalogId: '000000000000' },
    });
    await glue.call('UpdateTable', { ...input({ metadata_location: 'b' }), SkipArchive: true });
    expect(await open().call('GetTable', name)).toMatchObject({
      Table: { VersionId: '2', Parameters: { metadata_location: 'b' } },
    });
    await glue.call('DeleteTable', name);
    await expect(open().call('GetTable', name)).rejects.toMatchObject({ code: 'EntityNotFoundException' });
  });

  it('creates a database with tables of its own, remembers it, and deletes it with them', async () => {
    await glue.call('CreateDatabase', { DatabaseInput: { Name: 'Lab', Description: 'to try things' } });
    await glue.call('CreateTable', { DatabaseName: 'lab', TableInput: { Name: 'players' } });
    const later = open();
    expect(await later.call('GetTable', { DatabaseName: 'lab', Name: 'players' })).toMatchObject({
      Table: { DatabaseName: 'lab' },
    });
    await expect(later.call('CreateDatabase', { DatabaseInput: { Name: 'lab' } })).rejects.toMatchObject({
      code: 'AlreadyExistsException',
    });
    await later.call('DeleteDatabase', { Name: 'lab' });
    await expect(open().call('GetTable', { DatabaseName: 'lab', Name: 'players' })).rejects.toMatchObject({
      code: 'EntityNotFoundException',
    });
  });

  it('lets one of two commits win that read the same version', async () => {
    await glue.call('CreateTable', input({ metadata_location: 'a' }));
    const outcomes = await Promise.allSettled(
      ['b', 'c'].map((at) => glue.call('UpdateTable', { ...input({ metadata_location: at }), VersionId: '1' })),
    );
    expect(outcomes).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'ConcurrentModificationException' } },
    ]);
    expect(await glue.call('GetTable', name)).toMatchObject({ Table: { Parameters: { metadata_location: 'b' } } });
  });

  it('tells the one version that it keeps', async () => {
    await glue.call('CreateTable', input({}));
    await glue.call('UpdateTable', input({}));
    const { Name: TableName, DatabaseName } = name;
    expect(await glue.call('GetTableVersions', { DatabaseName, TableName })).toMatchObject({
      TableVersions: [{ VersionId: '2', Table: { Name: 'items' } }],
    });
    await expect(glue.call('GetTableVersion', { DatabaseName, TableName, VersionId: '1' })).rejects.toMatchObject({
      code: 'EntityNotFoundException',
    });
  });

  it.each([
    ['CreateTable', { DatabaseName: 'game', TableInput: { Name: 'players' } }, 'AlreadyExistsException'],
    ['CreateTable', { DatabaseName: 'nothing', TableInput: { Name: 'players' } }, 'EntityNotFoundException'],
    ['CreateDatabase', { DatabaseInput: { Name: 'game' } }, 'AlreadyExistsException'],
    ['DeleteDatabase', { Name: 'game' }, 'EntityNotFoundException'],
    ['CreateTable', { DatabaseName: 'game' }, 'InvalidInputException'],
    ['CreateTable', { DatabaseName: 'game', Name: 'x', OpenTableFormatInput: {} }, 'InvalidInputException'],
    ['UpdateTable', { DatabaseName: 'game', TableInput: { Name: 'nothing' } }, 'EntityNotFoundException'],
    ['DeleteTable', { DatabaseName: 'game', Name: 'nothing' }, 'EntityNotFoundException'],
  ])('answers %s of %j with %s', async (action, given, code) => {
    await expect(glue.call(action, given)).rejects.toMatchObject({ code });
  });

  it('asks whether the caller may', async () => {
    glue.denied.add('glue:CreateTable');
    await expect(glue.call('CreateTable', input({}))).rejects.toMatchObject({ code: 'AccessDeniedException' });
    expect(glue.authorized).toEqual(['glue:CreateTable table/game/items']);
  });

  it('creates an Iceberg table with its first metadata, partitions and order', async () => {
    const CreateIcebergTableInput = {
      Location: 's3://lake/events/',
      Schema: {
        Type: 'struct',
        Fields: [
          { Id: 1, Name: 'event_at', Type: 'timestamp', Required: false },
          { Id: 2, Name: 'score', Type: 'long', Required: false },
          { Id: 3, Name: 'day', Type: 'date', Required: false },
        ],
      },
      PartitionSpec: { SpecId: 0, Fields: [{ SourceId: 3, Transform: 'identity', Name: 'day' }] },
      WriteOrder: {
        OrderId: 1,
        Fields: [{ SourceId: 1, Transform: 'identity', Direction: 'asc', NullOrder: 'nulls-first' }],
      },
      Properties: { 'write.parquet.compression-codec': 'zstd' },
    };
    const IcebergInput = { MetadataOperation: 'CREATE', Version: '2', CreateIcebergTableInput };
    await glue.call('CreateTable', { ...name, OpenTableFormatInput: { IcebergInput } });

    const { Table } = (await glue.call('GetTable', name)) as { Table: Record<string, Record<string, string>> };
    expect(Table).toMatchObject({
      TableType: 'EXTERNAL_TABLE',
      Parameters: { table_type: 'ICEBERG' },
      StorageDescriptor: { Location: 's3://lake/events', Columns: [{}, { Name: 'score', Type: 'bigint' }, {}] },
    });
    const metadata = Table['Parameters']!['metadata_location']!.replace('s3://lake/', '');
    expect(JSON.parse(String(await objects.readAll('lake', metadata)))).toMatchObject({
      'format-version': 2,
      location: 's3://lake/events',
      'last-column-id': 3,
      'last-updated-ms': clock(),
      'last-partition-id': 1000,
      schemas: [{ 'schema-id': 0, fields: [{ id: 1 }, { id: 2, name: 'score', type: 'long', required: false }, {}] }],
      'partition-specs': [{ fields: [{ 'source-id': 3, 'field-id': 1000, name: 'day', transform: 'identity' }] }],
      'default-sort-order-id': 1,
      properties: { 'write.parquet.compression-codec': 'zstd' },
      snapshots: [],
    });
  });
});
