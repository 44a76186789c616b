import type { TableAnswer } from '../table-store.ts';
import { createWriteGate } from './write-gate.ts';

type Send = (operation: string, body: Buffer | string) => Promise<TableAnswer>;
type Item = Readonly<Record<string, unknown>>;

/** One put of a transaction. */
interface Put {
  readonly TableName: string;
  readonly Item: Item;
  readonly ConditionExpression: string;
}

const writes = new Set(['BatchWriteItem', 'DeleteItem', 'PutItem', 'UpdateItem']);
/** DynamoDB's limits of a transaction, and of a batch of puts. */
const maxItems = 100;
const itemsPerWrite = 25;
const isNew = /^attribute_not_exists\((\w+)\)$/;

/**
 * Adds TransactWriteItems, which dynalite has not: puts of new items into one table, each on the condition
 * `attribute_not_exists(<its partition key>)`. They are looked up and written while no other write is under way. A
 * process that is killed in between has written some of them, which DynamoDB never does.
 */
export function withTransactions(send: Send): Send {
  const gate = createWriteGate();
  return (operation, body) => {
    if (operation === 'TransactWriteItems') return gate.alone(() => putTogether(send, body));
    return writes.has(operation) ? gate.together(() => send(operation, body)) : send(operation, body);
  };
}

/** The tables that a transaction writes to. */
export function transactionTables({ TransactItems }: Readonly<Record<string, unknown>>): readonly string[] {
  return Array.from(new Set(putsOf(TransactItems).map((put) => String(put?.TableName))));
}

async function putTogether(send: Send, body: Buffer | string): Promise<TableAnswer> {
  const { TransactItems } = JSON.parse(body.toString()) as Readonly<Record<string, unknown>>;
  const puts = putsOf(TransactItems).filter((put) => put !== undefined);
  const [first] = puts;
  const key = isNew.exec(first?.ConditionExpression ?? '')?.[1];
  const isUsable = puts.length === putsOf(TransactItems).length && puts.length <= maxItems;
  const isAlike = puts.every(
    (put) => put.TableName === first?.TableName && put.ConditionExpression === first.ConditionExpression,
  );
  if (!first || key === undefined || !isUsable || !isAlike) {
    const known = `at most ${maxItems} puts into one table, each with attribute_not_exists(<partition key>)`;
    return answerOf(400, { __type: validation, message: `TransactWriteItems is known here for ${known}` });
  }

  const { TableName } = first;
  const keys = puts.map(({ Item: item }) => ({ [key]: item[key] }));
  const found = await send('BatchGetItem', JSON.stringify({ RequestItems: { [TableName]: { Keys: keys } } }));
  if (found.status !== 200) return found;
  const { Responses } = JSON.parse(found.body.toString()) as { readonly Responses: Readonly<Record<string, Item[]>> };
  const taken = new Set((Responses[TableName] ?? []).map((item) => JSON.stringify(item[key])));
  if (taken.size > 0) return cancelled(keys.map((one) => taken.has(JSON.stringify(one[key]))));

  for (let start = 0; start < puts.length; start += itemsPerWrite) {
    const page = puts.slice(start, start + itemsPerWrite).map(({ Item: item }) => ({ PutRequest: { Item: item } }));
    const written = await send('BatchWriteItem', JSON.stringify({ RequestItems: { [TableName]: page } }));
    if (written.status !== 200) return written;
  }
  return answerOf(200, {});
}

const putsOf = (items: unknown): readonly (Put | undefined)[] =>
  Array.isArray(items) ? items.map((item: { readonly Put?: Put } | null) => item?.Put) : [];

const validation = 'com.amazon.coral.validate#ValidationException';

function cancelled(isTaken: readonly boolean[]): TableAnswer {
  const codes = isTaken.map((taken) => (taken ? 'ConditionalCheckFailed' : 'None'));
  const reasons = codes.map((Code) =>
    Code === 'None' ? { Code } : { Code, Message: 'The conditional request failed' },
  );
  return answerOf(400, {
    __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
    CancellationReasons: reasons,
    Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(', ')}]`,
  });
}

function answerOf(status: number, body: object): TableAnswer {
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  return { status, headers, body: Buffer.from(JSON.stringify(body)) };
}
