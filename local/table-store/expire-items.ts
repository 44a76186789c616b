import type { TableAnswer } from '../table-store.ts';

type Send = (operation: string, body: string) => Promise<TableAnswer>;
type Item = Readonly<Record<string, { readonly N?: string } & Readonly<Record<string, unknown>>>>;

/** DynamoDB leaves items alone whose time lies more than five years back: it takes that for a mistake. */
const FIVE_YEARS = 5 * 365 * 86_400;

/**
 * Deletes the items of a table whose time-to-live attribute, seconds since the epoch, lies in the past; gives back how
 * many. An item that gets more time meanwhile stays.
 */
export async function expireItems(
  send: Send,
  { table, attribute, now }: { readonly table: string; readonly attribute: string; readonly now: number },
): Promise<number> {
  const described = await ask<{ Table: { KeySchema: { AttributeName: string }[] } }>(send, 'DescribeTable', {
    TableName: table,
  });
  const keys = described.Table.KeySchema.map(({ AttributeName }) => AttributeName);
  const names = { '#ttl': attribute };
  const values = { ':now': { N: String(now) }, ':since': { N: String(now - FIVE_YEARS) } };
  let deleted = 0;
  for (let start: unknown, more = true; more; more = start !== undefined) {
    const page = await ask<{ Items: Item[]; LastEvaluatedKey?: unknown }>(send, 'Scan', {
      TableName: table,
      FilterExpression: '#ttl < :now AND #ttl > :since',
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: values,
      ...(start !== undefined && { ExclusiveStartKey: start }),
    });
    start = page.LastEvaluatedKey;
    for (const item of page.Items) {
      const { status } = await send(
        'DeleteItem',
        JSON.stringify({
          TableName: table,
          Key: Object.fromEntries(keys.map((key) => [key, item[key]])),
          ConditionExpression: '#ttl < :now',
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: { ':now': values[':now'] },
        }),
      );
      if (status === 200) deleted += 1;
    }
  }
  return deleted;
}

async function ask<T>(send: Send, operation: string, input: unknown): Promise<T> {
  const { status, body } = await send(operation, JSON.stringify(input));
  if (status !== 200) throw new Error(`${operation} was answered with ${status}`);
  return JSON.parse(body.toString('utf8')) as T;
}
