import { DynamoDBClient, ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Endpoints } from '../../local/runtime.ts';

/** The most that one BatchWriteItem takes. */
const batchSize = 25;

/** Every item of every DynamoDB table, as it came over the wire, by table name. */
export async function scanAllTables(endpoints: Endpoints): Promise<Map<string, unknown[]>> {
  return withClient(endpoints, async (client) => {
    const items = new Map<string, unknown[]>();
    for (const TableName of await tableNames(client)) {
      const scanned: unknown[] = [];
      let ExclusiveStartKey: Record<string, never> | undefined;
      do {
        const page = await client.send(new ScanCommand({ TableName, ExclusiveStartKey }));
        scanned.push(...(page.Items ?? []));
        ExclusiveStartKey = page.LastEvaluatedKey as Record<string, never> | undefined;
      } while (ExclusiveStartKey);
      items.set(TableName, scanned);
    }
    return items;
  });
}

/** Writes items straight into the table whose name holds a word, e.g. `applications`. */
export async function putItems(
  endpoints: Endpoints,
  word: string,
  items: readonly Record<string, unknown>[],
): Promise<void> {
  await withClient(endpoints, async (client) => {
    const names = (await tableNames(client)).filter((name) => name.toLowerCase().includes(word));
    const [table] = names;
    if (table === undefined || names.length > 1) throw new Error(`tables with "${word}": ${names.join(', ')}`);
    const documents = DynamoDBDocumentClient.from(client);
    for (let start = 0; start < items.length; start += batchSize) {
      const requests = items.slice(start, start + batchSize).map((Item) => ({ PutRequest: { Item } }));
      const { UnprocessedItems } = await documents.send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));
      if (Object.keys(UnprocessedItems ?? {}).length > 0) throw new Error('items were left unprocessed');
    }
  });
}

async function tableNames(client: DynamoDBClient): Promise<string[]> {
  return (await client.send(new ListTablesCommand({}))).TableNames ?? [];
}

async function withClient<T>(endpoints: Endpoints, use: (client: DynamoDBClient) => Promise<T>): Promise<T> {
  const client = new DynamoDBClient({
    endpoint: endpoints.awsUrl,
    region: endpoints.region,
    credentials: { accessKeyId: endpoints.accessKeyId, secretAccessKey: endpoints.secretAccessKey },
  });
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}
