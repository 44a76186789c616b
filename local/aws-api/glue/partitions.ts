import { AwsError } from '../../runtime.ts';
import type { Catalog, Clock, GluePartition, GlueTable } from '../../runtime.ts';
import type { JsonAction } from '../protocol.ts';
import { pageOf } from '../pages.ts';
import { partitionFilter } from './partition-expression.ts';
import { findTable, listInput } from './inputs.ts';

/** Most partitions of one batch call, by Glue's limits: 100 to create or update, 25 to delete, 1,000 to get. */
const BATCH = { create: 100, update: 100, delete: 25, get: 1000 } as const;

/** Most partitions of one GetPartitions answer. */
const PAGE = 1000;

/** The Glue actions on partitions. A batch answers what failed in `Errors`; the rest of it is done. */
export function partitionActions(catalog: Catalog, clock: Clock): Readonly<Record<string, JsonAction>> {
  return {
    GetPartition: async (input, request) => {
      const table = findTable(catalog, input, request, 'GetPartition');
      const values = valuesInput(table, input.PartitionValues);
      const partition = find(catalog, table, values);
      if (!partition) throw notFound(values);
      return { Partition: partition };
    },
    GetPartitions: async (input, request) => {
      const table = findTable(catalog, input, request, 'GetPartitions');
      const keys = table.PartitionKeys ?? [];
      const expression = typeof input.Expression === 'string' ? input.Expression.trim() : '';
      const matches = expression === '' ? () => true : partitionFilter(expression, keys);
      const segment = segmentInput(input.Segment);
      const wanted = catalog
        .partitions(table.DatabaseName, table.Name)
        .filter((partition, index) => index % segment.total === segment.number && matches(partition.Values));
      const size = Math.min(PAGE, Number(input.MaxResults ?? PAGE));
      const page = pageOf(wanted, { token: input.NextToken, size, error: 'InvalidInputException' });
      return { Partitions: page.items, ...(page.nextToken !== undefined && { NextToken: page.nextToken }) };
    },
    BatchGetPartition: async (input, request) => {
      const table = findTable(catalog, input, request, 'BatchGetPartition');
      const entries = batchInput(input.PartitionsToGet, BATCH.get);
      const found = entries.map((entry) => ({
        entry,
        partition: find(catalog, table, valuesInput(table, entry.Values)),
      }));
      return {
        Partitions: found.flatMap(({ partition }) => (partition ? [partition] : [])),
        UnprocessedKeys: [],
      };
    },
    CreatePartition: async (input, request) => {
      const table = findTable(catalog, input, request, 'CreatePartition');
      const partition = newPartition(table, input.PartitionInput, clock);
      if (find(catalog, table, partition.Values)) throw exists(partition.Values);
      await catalog.putPartitions(table.DatabaseName, table.Name, [partition]);
      return {};
    },
    BatchCreatePartition: async (input, request) => {
      const table = findTable(catalog, input, request, 'BatchCreatePartition');
      const inputs = batchInput(input.PartitionInputList, BATCH.create).map((entry) =>
        newPartition(table, entry, clock),
      );
      const created: GluePartition[] = [];
      const errors: unknown[] = [];
      for (const partition of inputs) {
        const isKnown =
          find(catalog, table, partition.Values) !== undefined ||
          created.some(({ Values }) => sameValues(Values, partition.Values));
        if (isKnown) errors.push(batchError(partition.Values, exists(partition.Values)));
        else created.push(partition);
      }
      await catalog.putPartitions(table.DatabaseName, table.Name, created);
      return { Errors: errors };
    },
    UpdatePartition: async (input, request) => {
      const table = findTable(catalog, input, request, 'UpdatePartition');
      await replace(catalog, table, valuesInput(table, input.PartitionValueList), input.PartitionInput, clock);
      return {};
    },
    BatchUpdatePartition: async (input, request) => {
      const table = findTable(catalog, input, request, 'BatchUpdatePartition');
      const errors: unknown[] = [];
      for (const entry of batchInput(input.Entries, BATCH.update)) {
        const values = valuesInput(table, entry.PartitionValueList);
        try {
          await replace(catalog, table, values, entry.PartitionInput, clock);
        } catch (error) {
          if (!(error instanceof AwsError)) throw error;
          errors.push({ PartitionValueList: values, ErrorDetail: detail(error) });
        }
      }
      return { Errors: errors };
    },
    DeletePartition: async (input, request) => {
      const table = findTable(catalog, input, request, 'DeletePartition');
      const values = valuesInput(table, input.PartitionValues);
      if (!(await catalog.deletePartition(table.DatabaseName, table.Name, values))) throw notFound(values);
      return {};
    },
    BatchDeletePartition: async (input, request) => {
      const table = findTable(catalog, input, request, 'BatchDeletePartition');
      const errors: unknown[] = [];
      for (const entry of batchInput(input.PartitionsToDelete, BATCH.delete)) {
        const values = valuesInput(table, entry.Values);
        if (!(await catalog.deletePartition(table.DatabaseName, table.Name, values)))
          errors.push(batchError(values, notFound(values)));
      }
      return { Errors: errors };
    },
  };
}

function find(catalog: Catalog, table: GlueTable, values: readonly string[]): GluePartition | undefined {
  return catalog.partitions(table.DatabaseName, table.Name).find((partition) => sameValues(partition.Values, values));
}

function sameValues(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

/** Switches a partition in one step: a query sees the old location or the new one. */
async function replace(
  catalog: Catalog,
  table: GlueTable,
  values: readonly string[],
  input: unknown,
  clock: Clock,
): Promise<void> {
  const current = find(catalog, table, values);
  if (!current) throw notFound(values);
  const next = { ...newPartition(table, input, clock), CreationTime: current.CreationTime };
  if (!sameValues(next.Values, values)) {
    if (find(catalog, table, next.Values)) throw exists(next.Values);
    await catalog.deletePartition(table.DatabaseName, table.Name, values);
  }
  await catalog.putPartitions(table.DatabaseName, table.Name, [next]);
}

function newPartition(table: GlueTable, input: unknown, clock: Clock): GluePartition {
  if (typeof input !== 'object' || input === null) throw invalid('PartitionInput is missing');
  const fields = input as Readonly<Record<string, unknown>>;
  return {
    ...fields,
    Values: valuesInput(table, fields.Values),
    DatabaseName: table.DatabaseName,
    TableName: table.Name,
    CreationTime: clock() / 1000,
    CatalogId: table.CatalogId,
  };
}

function valuesInput(table: GlueTable, values: unknown): readonly string[] {
  const count = (table.PartitionKeys ?? []).length;
  if (!Array.isArray(values) || values.length !== count || !values.every((value) => typeof value === 'string')) {
    throw invalid(`The number of partition keys do not match the number of partition values: ${count} are expected`);
  }
  return values;
}

function batchInput(value: unknown, most: number): readonly Readonly<Record<string, unknown>>[] {
  const entries = listInput(value);
  if (entries.length > most)
    throw new AwsError('ValidationException', `at most ${most} partitions may be given at once, not ${entries.length}`);
  return entries;
}

function segmentInput(value: unknown): { readonly number: number; readonly total: number } {
  if (typeof value !== 'object' || value === null) return { number: 0, total: 1 };
  const segment = value as { readonly SegmentNumber?: unknown; readonly TotalSegments?: unknown };
  const [number, total] = [Number(segment.SegmentNumber), Number(segment.TotalSegments)];
  if (
    !Number.isInteger(total) ||
    total < 1 ||
    total > 10 ||
    !Number.isInteger(number) ||
    number < 0 ||
    number >= total
  ) {
    throw invalid('Segment is not one of 1 to 10 segments');
  }
  return { number, total };
}

function batchError(values: readonly string[], error: AwsError): Record<string, unknown> {
  return { PartitionValues: values, ErrorDetail: detail(error) };
}

function detail(error: AwsError): Record<string, string> {
  return { ErrorCode: error.code, ErrorMessage: error.message };
}

function notFound(values: readonly string[]): AwsError {
  return new AwsError('EntityNotFoundException', `Cannot find partition. PartitionValues: [${values.join(', ')}]`);
}

function exists(values: readonly string[]): AwsError {
  return new AwsError('AlreadyExistsException', `Partition already exists. PartitionValues: [${values.join(', ')}]`);
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidInputException', message);
}
