import type { Emulator } from '../runtime.ts';

/** `AWS::DynamoDB::Table` and `GlobalTable` (the CDK's TableV2): a table of dynalite, made if it is not there yet. */
export const table: Emulator = {
  types: ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'],
  async start({ properties, generatedName }, { tables, partition, region, accountId }) {
    const name = typeof properties.TableName === 'string' ? properties.TableName : generatedName;
    await tables.createTable(tableInput(name, properties));
    return {
      ref: name,
      attributes: { Arn: `arn:${partition}:dynamodb:${region}:${accountId}:table/${name}`, TableId: name },
    };
  },
};

/** dynalite knows provisioned capacity only; this much never throttles. */
const ProvisionedThroughput = { ReadCapacityUnits: 1_000_000, WriteCapacityUnits: 1_000_000 };

/** The input of CreateTable, from the properties of either resource type. */
export function tableInput(
  TableName: string,
  properties: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, LocalSecondaryIndexes } = properties;
  const globalIndexes = indexes(GlobalSecondaryIndexes, { ProvisionedThroughput });
  const localIndexes = indexes(LocalSecondaryIndexes);
  return {
    TableName,
    AttributeDefinitions,
    KeySchema,
    ProvisionedThroughput,
    ...(globalIndexes.length > 0 ? { GlobalSecondaryIndexes: globalIndexes } : {}),
    ...(localIndexes.length > 0 ? { LocalSecondaryIndexes: localIndexes } : {}),
  };
}

function indexes(value: unknown, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown>[] {
  if (!Array.isArray(value)) return [];
  return value.map((index: Readonly<Record<string, unknown>>) => ({
    IndexName: index.IndexName,
    KeySchema: index.KeySchema,
    Projection: index.Projection,
    ...more,
  }));
}
