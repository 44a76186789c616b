import { randomUUID } from 'node:crypto';
import type {
  BatchGetCommandInput,
  BatchGetCommandOutput,
  BatchWriteCommandInput,
  BatchWriteCommandOutput,
  DeleteCommandInput,
  DeleteCommandOutput,
  GetCommandInput,
  GetCommandOutput,
  PutCommandInput,
  PutCommandOutput,
  QueryCommandInput,
  QueryCommandOutput,
  ScanCommandInput,
  ScanCommandOutput,
  TransactWriteCommandInput,
  TransactWriteCommandOutput,
  UpdateCommandInput,
  UpdateCommandOutput,
} from '@aws-sdk/lib-dynamodb';
import { awsService, type CallOptions, type ServiceOptions } from '../aws-service.ts';
import { inputOnWire, outputOffWire, type TableOperation } from './attribute-places.ts';

/** What goes in and what comes out, as the SDK's document client has it: its types, and nothing else of it. */
interface TableCalls {
  GetItem: [GetCommandInput, GetCommandOutput];
  PutItem: [PutCommandInput, PutCommandOutput];
  UpdateItem: [UpdateCommandInput, UpdateCommandOutput];
  DeleteItem: [DeleteCommandInput, DeleteCommandOutput];
  Query: [QueryCommandInput, QueryCommandOutput];
  Scan: [ScanCommandInput, ScanCommandOutput];
  BatchGetItem: [BatchGetCommandInput, BatchGetCommandOutput];
  BatchWriteItem: [BatchWriteCommandInput, BatchWriteCommandOutput];
  TransactWriteItems: [TransactWriteCommandInput, TransactWriteCommandOutput];
}

export type TableInput<Operation extends TableOperation> = TableCalls[Operation][0];
export type TableOutput<Operation extends TableOperation> = Omit<TableCalls[Operation][1], '$metadata'>;

/**
 * DynamoDB, with items as JavaScript has them: sets are `Set`s, bytes `Uint8Array`s, and undefined members are left out.
 * Errors bear the service's names.
 */
export interface TableClient {
  call<Operation extends TableOperation>(
    operation: Operation,
    input: TableInput<Operation>,
    options?: CallOptions,
  ): Promise<TableOutput<Operation>>;
}

const dynamodb = { name: 'dynamodb', variable: 'DYNAMODB', target: 'DynamoDB_20120810', version: '1.0' } as const;

/** The DynamoDB of a function. */
export function tableClient(options?: ServiceOptions): TableClient {
  const callService = awsService(dynamodb, options);
  return {
    async call(operation, input, callOptions) {
      const output = await callService(operation, inputOnWire(operation, idempotent(operation, input)), callOptions);
      return outputOffWire(operation, output as object) as TableOutput<typeof operation>;
    },
  };
}

/** A transaction whose answer was lost is sent again, and must not find that its own items exist. */
const idempotent = (operation: TableOperation, input: object): object =>
  operation === 'TransactWriteItems' ? { ClientRequestToken: randomUUID(), ...input } : input;
