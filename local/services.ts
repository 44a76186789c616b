import { apiGatewayProtocol } from './aws-api/api-gateway.ts';
import { athenaProtocol } from './aws-api/athena.ts';
import { cloudWatchProtocol } from './aws-api/cloudwatch.ts';
import { dynamodbProtocol } from './aws-api/dynamodb.ts';
import { kinesisProtocol } from './aws-api/kinesis.ts';
import { firehoseProtocol } from './aws-api/firehose.ts';
import { glueProtocol } from './aws-api/glue.ts';
import { kmsProtocol } from './aws-api/kms.ts';
import { redshiftDataProtocol } from './aws-api/redshift-data.ts';
import { redshiftServerlessProtocol } from './aws-api/redshift-serverless.ts';
import { s3Protocol } from './aws-api/s3.ts';
import { secretsManagerProtocol } from './aws-api/secrets-manager.ts';
import type { AwsApi } from './aws-api/server.ts';
import { sqsProtocol } from './aws-api/sqs.ts';
import { stepFunctionsProtocol } from './aws-api/step-functions.ts';
import { stsProtocol } from './aws-api/sts.ts';
import { createCatalog } from './catalog.ts';
import { createCustomResources } from './custom-resources.ts';
import { countPuts } from './delivery-stream/count-puts.ts';
import { createDeliveryStreams } from './delivery-streams.ts';
import type { Faults } from './faults.ts';
import { createDistributions } from './distributions.ts';
import type { LocalDistributions } from './distributions.ts';
import { createEventBus } from './event-bus.ts';
import { createFunctions } from './functions.ts';
import { countInvocations, readingMetrics } from './functions/count-invocations.ts';
import { createGateway } from './gateway.ts';
import type { LocalGateway } from './gateway.ts';
import { createEtl } from './glue/etl.ts';
import type { EtlServices } from './glue/etl.ts';
import { createKinesisStreams } from './kinesis-streams.ts';
import type { LocalKinesisStreams } from './kinesis-streams.ts';
import { createKeyStore } from './key-store.ts';
import { createAlarms } from './metrics/alarms.ts';
import type { LocalAlarms } from './metrics/alarms.ts';
import { createLogFilters } from './metrics/log-filters.ts';
import { createMetrics } from './metrics/metrics.ts';
import type { LocalMetrics } from './metrics/metrics.ts';
import { sampleQueues } from './metrics/sample-queues.ts';
import { createObjectStore } from './object-store.ts';
import { createLifecycle } from './object-store/lifecycle.ts';
import { createObjectEvents } from './object-store/object-events.ts';
import type { ObjectEvents } from './object-store/object-events.ts';
import { createQueues } from './queues.ts';
import type { LocalQueues } from './queues.ts';
import type { DeliveryStreamQuota, ObjectStore, Runtime, StreamShardQuota } from './runtime.ts';
import { createSchedules } from './schedules.ts';
import { createSecretStore } from './secret-store.ts';
import { createStateMachines } from './state-machines.ts';
import type { LocalStateMachines } from './state-machines.ts';
import { createTableStore } from './table-store.ts';
import type { LocalTableStore } from './table-store.ts';
import { createUsagePlans } from './usage-plans.ts';
import type { LocalUsagePlans } from './usage-plans.ts';
import { createWarehouses } from './warehouses.ts';
import type { LocalWarehouses } from './warehouses.ts';
import { createWorkGroups } from './work-groups.ts';

/** What the services are made from: all of the runtime that is not a service itself. */
export interface Foundation extends Omit<
  Runtime,
  | 'objects'
  | 'lifecycle'
  | 'functions'
  | 'gateway'
  | 'distributions'
  | 'usagePlans'
  | 'streams'
  | 'kinesis'
  | 'catalog'
  | 'workGroups'
  | 'tables'
  | 'etl'
  | 'events'
  | 'schedules'
  | 'keys'
  | 'secrets'
  | 'warehouses'
  | 'queues'
  | 'stateMachines'
  | 'customResources'
  | 'metrics'
  | 'alarms'
  | 'logFilters'
> {
  readonly awsApi: AwsApi;
  readonly warehouseUrl: string | undefined;
  readonly deliveryStreamQuota: DeliveryStreamQuota | undefined;
  readonly faults?: Faults | undefined;
  readonly streamShardQuota: StreamShardQuota | undefined;
}

export interface Services extends Runtime {
  readonly gateway: LocalGateway;
  readonly distributions: LocalDistributions;
  readonly usagePlans: LocalUsagePlans;
  readonly kinesis: LocalKinesisStreams;
  readonly tables: LocalTableStore;
  readonly queues: LocalQueues;
  readonly objectEvents: ObjectEvents;
  readonly etl: EtlServices;
  readonly stateMachines: LocalStateMachines;
  readonly warehouses: LocalWarehouses;
  readonly metrics: LocalMetrics;
  readonly alarms: LocalAlarms;
}

/** Makes every service and puts it behind its AWS protocol. `later` is told how each is closed. */
export async function createServices(
  foundation: Foundation,
  later: (close: () => Promise<void>) => void,
): Promise<Services> {
  const { dataDir, clock, region, accountId, credentials, log, awsUrl, awsApi, flushSeconds, faults } = foundation;
  const metrics = createMetrics({ clock });
  const logFilters = createLogFilters({ metrics });
  const queues = createQueues({ dataDir, region, accountId, awsUrl, clock, log, credentials });
  later(() => queues.stop());
  metrics.sampleEachMinute(() => sampleQueues(queues, clock));
  const events = createEventBus({ dataDir, clock, log, region, accountId, queues, awsApi, credentials, metrics });
  const alarms = createAlarms({ region, accountId, clock, log, metrics, events });
  later(() => alarms.stop());
  const head: ObjectStore['head'] = (bucket, key) => objects.head(bucket, key);
  const objectEvents = createObjectEvents({ dataDir, accountId, clock, log, events, head });
  later(() => objectEvents.stop());
  const objects = createObjectStore({ root: dataDir, clock, events: objectEvents });
  const lifecycle = createLifecycle({ objects, clock, log });
  later(() => lifecycle.stop());
  const catalog = createCatalog({ dataDir, clock });
  const tables = await createTableStore({ dataDir, faults });
  later(() => tables.stop());
  const functions = countInvocations(
    createFunctions({ region, awsUrl, clock, credentials, log: readingMetrics(log, metrics) }),
    metrics,
  );
  later(() => functions.stop());
  const workGroups = createWorkGroups({ dataDir, clock, catalog, objects, log });
  later(() => workGroups.stop());
  const kinesis = createKinesisStreams({ dataDir, accountId, clock, log, quota: foundation.streamShardQuota });
  later(() => kinesis.stop());
  const deliveryStreams = createDeliveryStreams({
    metrics,
    dataDir,
    credentials,
    kinesis,
    objects,
    functions,
    catalog,
    clock,
    log,
    region,
    accountId,
    ...(flushSeconds !== undefined && { flushSeconds }),
    ...(faults && { faults }),
    ...(foundation.deliveryStreamQuota && { quota: foundation.deliveryStreamQuota }),
  });
  later(() => deliveryStreams.stop());
  const streams = countPuts(deliveryStreams, metrics);
  const etl = createEtl({ ...foundation, objects, catalog, events });
  later(() => etl.stop());
  const schedules = createSchedules({ clock, log, functions, credentials, events, awsApi });
  later(() => schedules.stop());
  const keys = createKeyStore({ dataDir, region, accountId, clock });
  const secrets = createSecretStore({ dataDir, region, accountId, clock });
  const warehouses = createWarehouses({ ...foundation, catalog, objects, secrets });
  later(() => warehouses.stop());
  const stateMachines = await createStateMachines({ ...foundation, functions, events, metrics });
  later(() => stateMachines.stop());
  const usagePlans = await createUsagePlans({ dataDir, clock });
  const gateway = createGateway({
    region,
    accountId,
    clock,
    log,
    credentials,
    functions,
    awsApi,
    usagePlans,
    metrics,
    logFilters,
  });

  for (const protocol of [
    apiGatewayProtocol(usagePlans, { region }),
    athenaProtocol(workGroups, { catalog, region, accountId }),
    cloudWatchProtocol({ metrics, alarms }),
    dynamodbProtocol(tables, { region, accountId }),
    firehoseProtocol(streams),
    kinesisProtocol(kinesis, { accountId, clock, metrics }),
    glueProtocol(catalog, etl, { region, accountId, clock, objects }),
    kmsProtocol(keys, { accountId }),
    redshiftDataProtocol(warehouses, { secrets, clock }),
    redshiftServerlessProtocol(warehouses, { region, accountId }),
    s3Protocol(objects, { region, clock }),
    secretsManagerProtocol(secrets),
    sqsProtocol(queues),
    stepFunctionsProtocol(stateMachines),
    stsProtocol(accountId),
  ]) {
    awsApi.add(protocol);
  }
  return {
    ...foundation,
    objects,
    lifecycle,
    catalog,
    tables,
    functions,
    workGroups,
    streams,
    kinesis,
    gateway,
    distributions: createDistributions({ accountId, objects, credentials }),
    usagePlans,
    events,
    etl,
    schedules,
    keys,
    secrets,
    warehouses,
    queues,
    objectEvents,
    stateMachines,
    metrics,
    alarms,
    logFilters,
    customResources: createCustomResources({ ...foundation, functions, stateMachines }),
  };
}
