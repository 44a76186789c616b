import type { PartitionIndex, PartitionIndexes } from '../../catalog/partition-indexes.ts';
import { AwsError } from '../../runtime.ts';
import type { Catalog, GlueTable } from '../../runtime.ts';
import type { JsonAction } from '../protocol.ts';
import { findTable } from './inputs.ts';

/** Most indexes of one table, by Glue's quota. */
const MOST = 3;

/** The Glue actions on partition indexes. An index is active at once: there is nothing to build. */
export function partitionIndexActions(
  catalog: Catalog,
  indexes: PartitionIndexes,
): Readonly<Record<string, JsonAction>> {
  const ofTable = (table: GlueTable) => indexes.of(table.DatabaseName, table.Name);
  return {
    GetPartitionIndexes: async (input, request) => {
      const table = findTable(catalog, input, request, 'GetPartitionIndexes');
      return { PartitionIndexDescriptorList: ofTable(table).map((index) => describe(index, table)) };
    },
    CreatePartitionIndex: async (input, request) => {
      const table = findTable(catalog, input, request, 'CreatePartitionIndex');
      const index = indexInput(input.PartitionIndex, table);
      const present = ofTable(table);
      const isSame = (other: PartitionIndex) =>
        other.IndexName === index.IndexName || other.Keys.join() === index.Keys.join();
      if (present.some(isSame))
        throw new AwsError('AlreadyExistsException', `Index ${index.IndexName} already exists.`);
      if (present.length >= MOST)
        throw new AwsError('ResourceNumberLimitExceededException', `A table has at most ${MOST} partition indexes.`);
      await indexes.replace(table.DatabaseName, table.Name, [...present, index]);
      return {};
    },
    DeletePartitionIndex: async (input, request) => {
      const table = findTable(catalog, input, request, 'DeletePartitionIndex');
      const present = ofTable(table);
      const left = present.filter(({ IndexName }) => IndexName !== input.IndexName);
      if (left.length === present.length)
        throw new AwsError('EntityNotFoundException', `Index ${String(input.IndexName)} not found.`);
      await indexes.replace(table.DatabaseName, table.Name, left);
      return {};
    },
  };
}

function indexInput(value: unknown, table: GlueTable): PartitionIndex {
  const { IndexName, Keys } = (value ?? {}) as { readonly IndexName?: unknown; readonly Keys?: unknown };
  const known = (table.PartitionKeys ?? []).map(({ Name }) => Name);
  const isKey = (key: unknown) => typeof key === 'string' && known.includes(key);
  if (typeof IndexName !== 'string' || !Array.isArray(Keys) || Keys.length === 0 || !Keys.every(isKey)) {
    throw new AwsError(
      'InvalidInputException',
      `PartitionIndex needs an IndexName and Keys out of ${known.join(', ')}`,
    );
  }
  return { IndexName, Keys: Keys as readonly string[] };
}

function describe({ IndexName, Keys }: PartitionIndex, table: GlueTable): Record<string, unknown> {
  const typeOf = (name: string) => table.PartitionKeys?.find((key) => key.Name === name)?.Type ?? 'string';
  return { IndexName, Keys: Keys.map((Name) => ({ Name, Type: typeOf(Name) })), IndexStatus: 'ACTIVE' };
}
