import dynalite from 'dynalite';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { Agent, request, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Faults } from './faults.ts';
import { AwsError, type TableStore } from './runtime.ts';
import { expireItems } from './table-store/expire-items.ts';
import { withTransactions } from './table-store/with-transactions.ts';

/** DynamoDB's answer, as it came. */
export interface TableAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface LocalTableStore extends TableStore {
  /** Sends one call (`GetItem` and its JSON) and gives back the answer, errors included. */
  send(operation: string, body: Buffer | string): Promise<TableAnswer>;
}

export interface TableStoreOptions {
  readonly dataDir: string;
  readonly faults?: Faults | undefined;
}

/** dynalite leaves a table in its first state for half a second unless told otherwise. */
const atOnce = { createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 };
/** dynalite wants a signature but does not verify it: callers are judged before they get here. */
const unverifiedSignature = 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=local';

/** DynamoDB in this process, its tables on disk below the data directory. */
export async function createTableStore({ dataDir, faults }: TableStoreOptions): Promise<LocalTableStore> {
  const path = join(dataDir, 'dynamodb');
  mkdirSync(path, { recursive: true });
  const server = dynalite({ path, ...atOnce });
  const secret = randomBytes(24).toString('hex');
  guard(server, secret);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });

  const send = withTransactions(sendToDynalite);

  async function sendToDynalite(operation: string, body: Buffer | string): Promise<TableAnswer> {
    faults?.beforeTableCall?.(operation);
    return new Promise((resolve, reject) => {
      const call = request({
        host: '127.0.0.1',
        port,
        agent,
        method: 'POST',
        headers: {
          authorization: unverifiedSignature,
          'content-type': 'application/x-amz-json-1.0',
          'content-length': Buffer.byteLength(body),
          'x-amz-date': '20260101T000000Z',
          'x-amz-target': `DynamoDB_20120810.${operation}`,
          'x-playlake-secret': secret,
        },
      });
      call.on('error', reject);
      call.on('response', (response) => {
        response
          .toArray()
          .then((chunks) => {
            const headers = Object.fromEntries(
              Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
            );
            resolve({ status: response.statusCode ?? 500, headers, body: Buffer.concat(chunks as Buffer[]) });
            return undefined;
          })
          .catch(reject);
      });
      call.end(body);
    });
  }

  return {
    url: `http://127.0.0.1:${port}`,
    send,
    async createTable(input) {
      const TableName = String(input.TableName);
      const found = await send('DescribeTable', JSON.stringify({ TableName }));
      if (found.status === 200) {
        checkShape(input, (JSON.parse(found.body.toString()) as { readonly Table: Shape }).Table);
        return;
      }
      const created = await send('CreateTable', JSON.stringify(input));
      if (created.status !== 200) throw new Error(`table ${TableName} cannot be created: ${created.body.toString()}`);
      await untilActive(TableName);
    },
    expireItems: (table, attribute, now) => expireItems(send, { table, attribute, now }),
    async stop() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise<void>((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
      });
    },
  };

  async function untilActive(TableName: string): Promise<void> {
    for (;;) {
      const { body } = await send('DescribeTable', JSON.stringify({ TableName }));
      const { Table } = JSON.parse(body.toString()) as { readonly Table?: { readonly TableStatus?: string } };
      if (Table?.TableStatus === 'ACTIVE') return;
      if (Table === undefined) throw new AwsError('ResourceNotFoundException', `table ${TableName} does not exist`);
    }
  }
}

/** Lets nobody on this machine but the runtime itself talk to dynalite, which asks nobody who they are. */
function guard(server: Server, secret: string): void {
  const listeners = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', (incoming, outgoing) => {
    if (incoming.headers['x-playlake-secret'] !== secret) {
      outgoing.writeHead(403).end();
      return;
    }
    for (const listener of listeners) listener(incoming, outgoing);
  });
}

interface Shape {
  readonly KeySchema?: unknown;
  readonly GlobalSecondaryIndexes?: readonly { readonly IndexName?: unknown; readonly KeySchema?: unknown }[];
}

/** A table of an earlier run must have the keys and indexes that the template asks for now. */
function checkShape(wanted: Readonly<Record<string, unknown>>, present: Shape): void {
  if (shapeOf(wanted) === shapeOf(present)) return;
  throw new Error(
    `table ${String(wanted.TableName)} in this data directory has other keys or indexes than the template: ` +
      'start with another data directory',
  );
}

function shapeOf({ KeySchema, GlobalSecondaryIndexes = [] }: Shape): string {
  const indexes = GlobalSecondaryIndexes.map((index) => JSON.stringify([index.IndexName, index.KeySchema]));
  return JSON.stringify([KeySchema, indexes.toSorted()]);
}
