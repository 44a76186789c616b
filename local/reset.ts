import type { LocalGateway } from './gateway.ts';
import type { LocalKinesisStreams } from './kinesis-streams.ts';
import type { LocalAlarms } from './metrics/alarms.ts';
import type { LocalMetrics } from './metrics/metrics.ts';
import type { ObjectEvents } from './object-store/object-events.ts';
import type { LocalQueues } from './queues.ts';
import type { Runtime } from './runtime.ts';
import type { LocalStateMachines } from './state-machines.ts';
import type { LocalTableStore } from './table-store.ts';
import type { LocalUsagePlans } from './usage-plans.ts';

/** Empties the lake and the tables, and forgets what functions and gateway remember of them. */
export async function resetPipeline(
  runtime: Runtime & {
    readonly gateway: LocalGateway;
    readonly usagePlans: LocalUsagePlans;
    readonly tables: LocalTableStore;
    readonly kinesis: LocalKinesisStreams;
    readonly queues: LocalQueues;
    readonly objectEvents: ObjectEvents;
    readonly stateMachines: LocalStateMachines;
    readonly metrics: LocalMetrics;
    readonly alarms: LocalAlarms;
  },
): Promise<void> {
  const { streams, objects, tables, functions, gateway, catalog, etl, events, queues, stateMachines } = runtime;
  // A job that runs on would write into the empty lake.
  await etl.reset();
  await stateMachines.reset();
  events.clear();
  // What is buffered would otherwise show up after the reset.
  await streams.flush();
  await runtime.kinesis.clear();
  for (const bucket of objects.buckets()) {
    for await (const { key } of objects.list(bucket, '')) await objects.delete(bucket, key);
  }
  // Events of what is deleted by now are still on their way.
  await runtime.objectEvents.idle();
  await queues.clear();
  await catalog.clear();
  await runtime.warehouses.clear();
  await emptyTables(tables);
  await runtime.usagePlans.clear();
  // Warm functions hold caches; the next invocation starts anew.
  await functions.stop();
  gateway.forget();
  runtime.metrics.clear();
  runtime.alarms.clear();
}

type Item = Readonly<Record<string, unknown>>;

async function emptyTables(tables: LocalTableStore): Promise<void> {
  const { TableNames } = await ask<{ TableNames: string[] }>(tables, 'ListTables', {});
  for (const TableName of TableNames) {
    const { Table } = await ask<{ Table: { KeySchema: { AttributeName: string }[] } }>(tables, 'DescribeTable', {
      TableName,
    });
    const keys = Table.KeySchema.map(({ AttributeName }) => AttributeName);
    for (let ExclusiveStartKey: unknown, more = true; more; more = ExclusiveStartKey !== undefined) {
      const page = await ask<{ Items: Item[]; LastEvaluatedKey?: unknown }>(tables, 'Scan', {
        TableName,
        ...(ExclusiveStartKey !== undefined && { ExclusiveStartKey }),
      });
      ExclusiveStartKey = page.LastEvaluatedKey;
      for (const item of page.Items) {
        const Key = Object.fromEntries(keys.map((key) => [key, item[key]]));
        await ask(tables, 'DeleteItem', { TableName, Key });
      }
    }
  }
}

async function ask<T>(tables: LocalTableStore, operation: string, input: unknown): Promise<T> {
  const { status, body } = await tables.send(operation, JSON.stringify(input));
  if (status !== 200) throw new Error(`${operation} was answered with ${status}`);
  return JSON.parse(body.toString('utf8')) as T;
}
