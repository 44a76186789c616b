import {
  BatchWriteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { cpSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dynamodbProtocol } from '../../local/aws-api/dynamodb.ts';
import { tableInput } from '../../local/emulators/table.ts';
import { createTableStore, type LocalTableStore } from '../../local/table-store.ts';
import { aDataDir } from '../support/a-data-dir.ts';
import { anAwsEndpoint, type AwsEndpoint } from '../support/an-aws-endpoint.ts';

const root = aDataDir();
const properties = {
  AttributeDefinitions: [
    { AttributeName: 'api_key_id', AttributeType: 'S' },
    { AttributeName: 'application_id', AttributeType: 'S' },
  ],
  KeySchema: [{ AttributeName: 'api_key_id', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
  GlobalSecondaryIndexes: [
    {
      IndexName: 'by_application',
      KeySchema: [
        { AttributeName: 'application_id', KeyType: 'HASH' },
        { AttributeName: 'api_key_id', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
  Replicas: [{ Region: 'eu-central-1', DeletionProtectionEnabled: false }],
};
const TableName = 'authorizations';
let number = 0;
let dataDir = '';
let tables: LocalTableStore;
let endpoint: AwsEndpoint;
let client: DynamoDBClient;

async function open() {
  tables = await createTableStore({ dataDir });
  await tables.createTable(tableInput(TableName, properties));
  endpoint = await anAwsEndpoint(dynamodbProtocol(tables, endpointHome));
  client = new DynamoDBClient(endpoint.clientConfig);
}
async function close() {
  client.destroy();
  await endpoint.close();
  await tables.stop();
}
const endpointHome = { region: 'eu-central-1', accountId: '000000000000' };

beforeEach(async () => {
  dataDir = `${root}/${number++}`;
  await open();
});
afterEach(close);

const key = (id: string) => ({ TableName, Key: { api_key_id: { S: id } } });
const write = (...ids: string[]) =>
  client.send(
    new BatchWriteItemCommand({
      RequestItems: {
        [TableName]: ids.map((id) => ({
          PutRequest: { Item: { api_key_id: { S: id }, application_id: { S: `game-${id[0]}` } } },
        })),
      },
    }),
  );
const ids = async () =>
  (await client.send(new ScanCommand({ TableName }))).Items?.map((item) => item['api_key_id']?.S).toSorted();
const ofGame = (game: string, limit?: number, from?: Record<string, { S: string }>) =>
  client.send(
    new QueryCommand({
      TableName,
      IndexName: 'by_application',
      KeyConditionExpression: 'application_id = :game',
      ExpressionAttributeValues: { ':game': { S: game } },
      Limit: limit,
      ExclusiveStartKey: from,
    }),
  );

const update = (id: string) =>
  client.send(
    new UpdateItemCommand({
      ...key(id),
      UpdateExpression: 'SET enabled = :no ADD tags :tag',
      ConditionExpression: 'attribute_exists(api_key_id)',
      ExpressionAttributeValues: { ':no': { BOOL: false }, ':tag': { SS: ['x'] } },
      ReturnValues: 'ALL_NEW',
    }),
  );

const putTogether = (names: readonly string[], ConditionExpression = 'attribute_not_exists(api_key_id)') =>
  client.send(
    new TransactWriteItemsCommand({
      TransactItems: names.map((id) => ({
        Put: { TableName, Item: { api_key_id: { S: id }, application_id: { S: 'g' } }, ConditionExpression },
      })),
    }),
  );

describe('tables', () => {
  it('write, read and query by index, page by page', async () => {
    await write('a1', 'a2', 'a3', 'b1');
    const first = await ofGame('game-a', 2);
    const second = await ofGame('game-a', 2, first.LastEvaluatedKey as Record<string, { S: string }>);
    expect([...(first.Items ?? []), ...(second.Items ?? [])].map((item) => item.api_key_id?.S)).toEqual([
      'a1',
      'a2',
      'a3',
    ]);
    expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual([TableName]);
  });

  it('hold a write to its condition', async () => {
    await write('a1');
    expect((await update('a1')).Attributes).toMatchObject({ enabled: { BOOL: false }, tags: { SS: ['x'] } });
    await expect(update('a2')).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  });

  it('put new items together, or none of them and say which were not new', async () => {
    const many = Array.from({ length: 60 }, (_, at) => `a${at}`);
    await putTogether(many);
    expect(await ids()).toEqual(many.toSorted());
    await expect(putTogether(['b', 'a7', 'c'])).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }, { Code: 'None' }],
    });
    expect(await ids()).toHaveLength(60);
  });

  it('let one of several win who put the same items together or one by one', async () => {
    const one = { api_key_id: { S: 'b' }, application_id: { S: 'alone' } };
    const results = await Promise.allSettled([
      putTogether(['a', 'b']),
      client.send(
        new PutItemCommand({ TableName, Item: one, ConditionExpression: 'attribute_not_exists(api_key_id)' }),
      ),
      putTogether(['b', 'c']),
      putTogether(['a', 'd']),
    ]);
    const taken = results.map(({ status }) => status === 'fulfilled');
    expect([taken[0], taken[1], taken[2]].filter(Boolean)).toHaveLength(1);
    expect(await ids()).toHaveLength(taken.filter(Boolean).length * 2 - (taken[1] ? 1 : 0));
  });

  it.each([
    ['another condition', ['a'], 'attribute_exists(api_key_id)'],
    ['more than a hundred', Array.from({ length: 101 }, (_, at) => `a${at}`), undefined],
  ])('refuse transactions of a kind that they do not know: %s', async (_what, names, condition) => {
    await expect(putTogether(names, condition)).rejects.toMatchObject({ name: 'ValidationException' });
    expect(await ids()).toEqual([]);
  });

  it('hold their items after a restart, and as a killed process leaves them', async () => {
    await write('a1');
    const copy = `${dataDir}-killed`;
    cpSync(dataDir, copy, { recursive: true });
    await close();
    await open();
    expect((await client.send(new GetItemCommand({ ...key('a1'), ConsistentRead: true }))).Item).toBeDefined();

    await close();
    dataDir = copy;
    await open();
    expect((await client.send(new GetItemCommand(key('a1')))).Item).toMatchObject({ application_id: { S: 'game-a' } });
  });

  it('refuse a template with other keys, saying what to do', async () => {
    const other = { ...properties, GlobalSecondaryIndexes: [] };
    await expect(tables.createTable(tableInput(TableName, other))).rejects.toThrow(/another data directory/);
  });

  it('are reached through the runtime alone', async () => {
    const answer = await fetch(tables.url, {
      method: 'POST',
      headers: {
        authorization: 'AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=b',
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'DynamoDB_20120810.ListTables',
        'x-amz-date': '20260101T000000Z',
      },
      body: '{}',
    });
    expect(answer.status).toBe(403);
  });

  it('judge a caller by table and index', async () => {
    await write('a1');
    await ofGame('game-a');
    expect(endpoint.authorized).toEqual([
      ['dynamodb:BatchWriteItem', 'arn:aws:dynamodb:eu-central-1:000000000000:table/authorizations'],
      ['dynamodb:Query', 'arn:aws:dynamodb:eu-central-1:000000000000:table/authorizations/index/by_application'],
    ]);
    endpoint.deny = true;
    await expect(write('a2')).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

describe('items that expire', () => {
  it('are deleted once their time lies in the past, the others and those without a time stay', async () => {
    const put = (id: string, expires?: string) =>
      client.send(
        new PutItemCommand({
          TableName,
          Item: {
            api_key_id: { S: id },
            wrapped_key: { B: Buffer.from([0, 255, 7]) },
            ...(expires !== undefined && { expires_at: { N: expires } }),
          },
        }),
      );
    const now = 1_795_000_000;
    await put('past', String(now - 1));
    await put('future', String(now + 1));
    await put('never');
    await put('mistaken', '1000');
    expect(await tables.expireItems(TableName, 'expires_at', now)).toBe(1);
    expect(await ids()).toEqual(['future', 'mistaken', 'never']);
    const { Item } = await client.send(new GetItemCommand(key('never')));
    expect([...(Item?.['wrapped_key']?.B ?? [])]).toEqual([0, 255, 7]);
  });
});
