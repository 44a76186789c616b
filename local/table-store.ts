import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import type { Faults } from './faults.ts';
import { AwsError, type TableStore } from './runtime.ts';
import { dynaliteThread } from './table-store/dynalite-thread.ts';
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

/** dynalite wants a signature but does not verify it: callers are judged before they get here. */
const unverifiedSignature = 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=local';

/** DynamoDB in a thread of this process, its tables on disk below the data directory. */
export async function createTableStore({ dataDir, faults }: TableStoreOptions): Promise<LocalTableStore> {
  const path = join(dataDir, 'dynamodb');
  mkdirSync(path, { recursive: true });
  const secret = randomBytes(24).toString('hex');
  const dynalite = dynaliteThread({ path, secret });
  let port = await dynalite.port();
  const agent = new Agent({ keepAlive: true });

  const send = withTransactions(sendToDynalite);

  async function sendToDynalite(operation: string, body: Buffer | string): Promise<TableAnswer> {
    faults?.beforeTableCall?.(operation);
    try {
      port = await dynalite.port();
      return await sendTo(port, operation, body);
    } catch (error) {
      throw new AwsError(
        'InternalServerError',
        `The request could not be processed because of an internal error: ${String(error)}`,
        500,
      );
    }
  }

  function sendTo(port: number, operation: string, body: Buffer | string): Promise<TableAnswer> {
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
    get url() {
      return `http://127.0.0.1:${port}`;
    },
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
      await dynalite.stop();
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
