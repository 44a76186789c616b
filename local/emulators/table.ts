import { errorText } from '../error-text.ts';
import type { Emulator, Properties, Runtime } from '../runtime.ts';

/** `AWS::DynamoDB::Table` and `GlobalTable` (the CDK's TableV2): a table of dynalite, made if it is not there yet. */
export const table: Emulator = {
  types: ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'],
  async start({ properties, generatedName }, runtime) {
    const { tables, partition, region, accountId } = runtime;
    const name = typeof properties.TableName === 'string' ? properties.TableName : generatedName;
    await tables.createTable(tableInput(name, properties));
    return {
      ref: name,
      attributes: { Arn: `arn:${partition}:dynamodb:${region}:${accountId}:table/${name}`, TableId: name },
      ...expiry(name, properties, runtime),
    };
  },
};

/**
 * Milliseconds until expired items are deleted for the first time, and from then on. A sweep reads the whole table, and
 * DynamoDB promises no more than within a few days.
 */
const FIRST_EXPIRY_MILLIS = 300_000;
const EXPIRY_MILLIS = 86_400_000;

/** Lets items of a table with `TimeToLiveSpecification` expire. */
function expiry(name: string, { TimeToLiveSpecification }: Properties, { tables, clock, log }: Runtime) {
  const { AttributeName, Enabled } = (TimeToLiveSpecification ?? {}) as {
    readonly AttributeName?: string;
    readonly Enabled?: boolean | string;
  };
  if (AttributeName === undefined || String(Enabled) !== 'true') return {};
  const sweep = async (): Promise<void> => {
    try {
      await tables.expireItems(name, AttributeName, Math.floor(clock() / 1000));
    } catch (error) {
      log.error('expired items could not be deleted', { table: name, error: errorText(error) });
    }
  };
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> | undefined;
  const after = (millis: number): void => {
    timer = setTimeout(() => {
      sweeping = sweep().then(() => after(EXPIRY_MILLIS));
    }, millis).unref();
  };
  return {
    ready: async () => after(FIRST_EXPIRY_MILLIS),
    async stop() {
      clearTimeout(timer);
      await sweeping;
      clearTimeout(timer);
    },
  };
}

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
