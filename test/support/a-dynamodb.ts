import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { afterAll } from 'vitest';
import { tableClient, type TableClient } from '../../business-logic/shared/aws/dynamodb/table-client.ts';
import { withTransactions } from '../../local/table-store/with-transactions.ts';

export const tables = {
  applications: 'applications',
  authorizations: 'authorizations',
  byApplication: 'by_application',
  playerKeys: 'player_keys',
} as const;

const throughput = { ReadCapacityUnits: 1_000, WriteCapacityUnits: 1_000 };
const keyOf = (...names: readonly string[]) =>
  names.map((AttributeName, at) => ({ AttributeName, KeyType: at === 0 ? ('HASH' as const) : ('RANGE' as const) }));
const strings = (...names: readonly string[]) =>
  names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }));

const definitions: readonly CreateTableCommandInput[] = [
  {
    TableName: tables.applications,
    KeySchema: keyOf('application_id'),
    AttributeDefinitions: strings('application_id'),
    ProvisionedThroughput: throughput,
  },
  {
    TableName: tables.authorizations,
    KeySchema: keyOf('api_key_id'),
    AttributeDefinitions: strings('api_key_id', 'application_id'),
    GlobalSecondaryIndexes: [
      {
        IndexName: tables.byApplication,
        KeySchema: keyOf('application_id', 'api_key_id'),
        Projection: { ProjectionType: 'ALL' },
        ProvisionedThroughput: throughput,
      },
    ],
    ProvisionedThroughput: throughput,
  },
  {
    TableName: tables.playerKeys,
    KeySchema: keyOf('key_id'),
    AttributeDefinitions: strings('key_id'),
    ProvisionedThroughput: throughput,
  },
];

/** The functions' client of a DynamoDB in memory with the two tables of the API and that of personal keys, gone when the test file is done. */
export async function aDynamoDb(options: DynamoDbOptions = {}): Promise<TableClient> {
  return (await startDynamoDb(options)).client;
}

export interface DynamoDbOptions {
  /** Have it take transactions too, which costs every call a little. */
  readonly transactions?: boolean;
}

/** The same, with its address for those who make their own client. */
export async function startDynamoDb({ transactions = false }: DynamoDbOptions = {}): Promise<{
  readonly client: TableClient;
  readonly endpoint: string;
}> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  if (transactions) addTransactions(server);
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const region = 'eu-central-1';
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
  const sdk = new DynamoDBClient({ endpoint, region, credentials });
  afterAll(async () => {
    sdk.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  });
  for (const definition of definitions) {
    await sdk.send(new CreateTableCommand(definition));
    while (!(await isActive(sdk, definition.TableName))) continue;
  }
  const env = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  // It does one thing at a time, and shares the machine with other tests.
  const patience = { connectMilliseconds: 10_000, answerMilliseconds: 60_000 };
  return { client: tableClient({ env, patience }), endpoint };
}

/** Has dynalite answer transactions as the laptop's DynamoDB does; its own answers stay as they are. */
function addTransactions(server: Server): void {
  const [own] = server.listeners('request') as RequestListener[];
  const { port } = server.address() as AddressInfo;
  const send = withTransactions(async (operation, body) => {
    const headers = {
      authorization: 'AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=a',
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-date': '20260101T000000Z',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-own': 'true',
    };
    const answer = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', headers, body: body.toString() });
    const type = answer.headers.get('content-type') ?? '';
    return { status: answer.status, headers: { 'content-type': type }, body: Buffer.from(await answer.arrayBuffer()) };
  });
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    const { status, headers, body } = await send(operation, await buffer(request));
    response.writeHead(status, headers).end(body);
  };
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    if (request.headers['x-own'] === 'true') own?.(request, response);
    else void pass(request, response);
  });
}

async function isActive(client: DynamoDBClient, TableName: string | undefined): Promise<boolean> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  return Table?.TableStatus === 'ACTIVE';
}
