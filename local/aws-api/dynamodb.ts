import { AwsError } from '../runtime.ts';
import type { LocalTableStore } from '../table-store.ts';
import { transactionTables } from '../table-store/with-transactions.ts';
import { updateAttributes } from './dynamodb/update-attributes.ts';
import type { AwsProtocol, AwsRequest } from './protocol.ts';

/** Where the tables are said to be; their ARNs are what policies name. */
export interface TableHome {
  readonly region: string;
  readonly accountId: string;
}

type Input = Readonly<Record<string, unknown>>;

/** Operations that are passed on, each with the tables (and indexes) it reaches. Tables themselves are the template's. */
const operations: Readonly<Record<string, (input: Input) => readonly string[]>> = {
  BatchGetItem: batchTables,
  BatchWriteItem: batchTables,
  DeleteItem: oneTable,
  DescribeTable: oneTable,
  DescribeTimeToLive: oneTable,
  GetItem: oneTable,
  ListTables: () => ['*'],
  PutItem: oneTable,
  Query: tableOrIndex,
  Scan: tableOrIndex,
  TransactWriteItems: transactionTables,
  UpdateItem: oneTable,
};

/** A transaction needs the permissions of what it does; here it only puts. */
const permissions: Readonly<Record<string, string>> = { TransactWriteItems: 'PutItem' };

/** DynamoDB on the wire: calls are judged by the caller's policies and passed to dynalite as they are. */
export function dynamodbProtocol(tables: LocalTableStore, { region, accountId }: TableHome): AwsProtocol {
  const prefix = `arn:aws:dynamodb:${region}:${accountId}:table/`;
  return {
    service: 'dynamodb',
    async handle(request) {
      const operation = request.target ?? '';
      const reaches = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
      if (reaches === undefined) {
        throw new AwsError('UnknownOperationException', `dynamodb has no operation ${operation || '(none)'} here`);
      }
      const input = readInput(request);
      const context = operation === 'UpdateItem' ? { 'dynamodb:Attributes': updateAttributes(input) } : undefined;
      for (const resource of reaches(input)) {
        request.authorize(
          `dynamodb:${permissions[operation] ?? operation}`,
          resource === '*' ? '*' : `${prefix}${resource}`,
          context,
        );
      }
      const { status, headers, body } = await tables.send(operation, request.body);
      return { status, headers: passedOn(headers), body };
    },
  };
}

function readInput({ body }: AwsRequest): Input {
  try {
    const input: unknown = JSON.parse(body.toString());
    if (typeof input === 'object' && input !== null) return input as Input;
  } catch {
    // Said below: DynamoDB answers both alike.
  }
  throw new AwsError('SerializationException', 'the request body is not a JSON object');
}

/** A call may name its table by ARN as well. */
function oneTable({ TableName }: Input): string[] {
  return [typeof TableName === 'string' ? (TableName.split('table/').at(-1) ?? '') : ''];
}

function tableOrIndex(input: Input): string[] {
  const [table = ''] = oneTable(input);
  return [typeof input.IndexName === 'string' ? `${table}/index/${input.IndexName}` : table];
}

function batchTables({ RequestItems }: Input): string[] {
  return typeof RequestItems === 'object' && RequestItems !== null ? Object.keys(RequestItems) : [];
}

/** SDKs check the CRC-32 of DynamoDB's answers. */
function passedOn(headers: Readonly<Record<string, string>>): Record<string, string> {
  const names = ['content-type', 'x-amz-crc32', 'x-amzn-requestid'];
  return Object.fromEntries(names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])));
}
