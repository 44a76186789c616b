import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { isDataProtected } from '../lib/protected-data.ts';
import { createApiServer } from './api-server.ts';
import { AwsApi } from './aws-api/server.ts';
import { createCredentials } from './credentials.ts';
import { openDecisionRecord } from './policy/decision-record.ts';
import { lockDataDir } from './data-dir-lock.ts';
import { emulators } from './emulators/index.ts';
import { endpointsPath, readEndpoints } from './endpoints.ts';
import { goOn } from './go-on.ts';
import { close, listen, urlOf } from './http-server.ts';
import { createInspect } from './inspect.ts';
import { onThisMachine } from './on-this-machine.ts';
import { createReportFiles } from './report-files.ts';
import { createLocalLog } from './local-log.ts';
import { openMetricsText } from './metrics/open-metrics.ts';
import { noteStacks, type StackChanges } from './note-stacks.ts';
import { resetPipeline } from './reset.ts';
import type { Endpoints, LocalOptions, LocalPipeline } from './runtime.ts';
import { createServices } from './services.ts';
import type { Services } from './services.ts';
import { startAll } from './start-all.ts';
import { readAssembly } from './template/assembly.ts';
import { freshAssembly } from './template/fresh-assembly.ts';
import type { FreshAssembly } from './template/fresh-assembly.ts';
import { createWarmUp } from './warm-up.ts';

/** Where every pipeline on a laptop pretends to be. */
const REGION = 'us-east-1';
const ACCOUNT_ID = '000000000000';

/** Seconds that requests underway get to end when the pipeline stops. */
const GRACE_SECONDS = 10;

const PROJECT_DIR = resolve(import.meta.dirname, '..');

type CleanUp = (() => Promise<void> | void)[];

/**
 * Starts the pipeline that the synthesized templates describe; returns when it takes requests. Throws, with everything
 * closed again, if a port or the data directory is taken or a template cannot be run.
 */
export async function startLocal(options: LocalOptions = {}): Promise<LocalPipeline> {
  const dataDir = resolve(options.dataDir ?? '.playlake');
  mkdirSync(dataDir, { recursive: true });
  const cleanUp: CleanUp = [lockDataDir(dataDir)];
  try {
    return await start(options, dataDir, cleanUp);
  } catch (error) {
    await runBackwards(cleanUp);
    throw error;
  }
}

async function start(options: LocalOptions, dataDir: string, cleanUp: CleanUp): Promise<LocalPipeline> {
  const startedAt = options.startedAt ?? Date.now();
  const { host = '127.0.0.1', clock = Date.now, flushSeconds } = options;
  const print = options.print ?? ((line: string) => void process.stdout.write(`${line}\n`));
  const log = createLocalLog({ folder: join(dataDir, 'logs'), clock, print });
  cleanUp.push(() => log.close());

  const credentials = createCredentials({
    dataDir,
    accountId: ACCOUNT_ID,
    log,
    record: options.decisionsDir === undefined ? undefined : openDecisionRecord(options.decisionsDir),
  });
  const awsApi = new AwsApi({ region: REGION, clock, credentials, log });
  const awsPort = await listen(awsApi.server, options.awsPort ?? 4566, host, 'the AWS protocols (--aws-port)');
  cleanUp.push(() => close(awsApi.server, GRACE_SECONDS));

  const api = createApiServer({ clock, log });
  const apiPort = await listen(api.server, options.port ?? 8080, host, 'the API (--port)');
  cleanUp.push(() => close(api.server, GRACE_SECONDS));

  const { dir: assemblyDir, synthesisSeconds } = await chooseAssembly(options);
  const assembly = readAssembly(assemblyDir);
  const runtime = await createServices(
    {
      partition: 'aws',
      region: REGION,
      accountId: ACCOUNT_ID,
      dataDir,
      assemblyDir,
      assetPath: assembly.assetPath,
      awsUrl: urlOf(host, awsPort),
      clock,
      flushSeconds,
      log,
      credentials,
      awsApi,
      deliveryStreamQuota: options.deliveryStreamQuota,
      warehouseUrl: options.warehouseUrl,
      streamShardQuota: options.streamShardQuota,
      faults: options.faults,
    },
    (closeIt) => cleanUp.push(closeIt),
  );

  const all = await startAll(assembly.stacks, emulators, runtime);
  cleanUp.push(() => all.stop());
  await goOn(runtime);
  const endpoints = readEndpoints({
    output: all.output,
    apiBaseUrl: urlOf(host, apiPort),
    awsUrl: runtime.awsUrl,
    region: REGION,
    accountId: ACCOUNT_ID,
    admin: credentials.admin,
    objects: runtime.objects,
  });
  const rawEventsTable = all.output('RawEventsTable') ?? 'raw_events';
  const reports = createReportFiles({
    folder: options.reportsFolder ?? join(PROJECT_DIR, 'athena-queries'),
    workGroups: runtime.workGroups,
    database: endpoints.database,
    rawEventsTable,
  });
  const inspect = createInspect({
    streams: { flush: () => flush(runtime), problem: () => runtime.streams.problem() ?? runtime.kinesis.problem() },
    workGroups: runtime.workGroups,
    reports,
    catalog: runtime.catalog,
    warehouse:
      endpoints.redshiftWorkgroup === null
        ? undefined
        : (sql) => runtime.warehouses.query(endpoints.redshiftWorkgroup!, sql),
    events: runtime.events,
    metrics: () => readMetrics(runtime),
    database: endpoints.database,
    rawEventsTable,
    host,
    log,
    reset: options.allowReset ? () => resetPipeline(runtime) : undefined,
    isDataProtected: isDataProtected(assembly.stacks.map(({ template }) => template.Resources ?? {})),
  });
  api.open({ gateway: runtime.gateway, inspect, pages: onThisMachine(runtime.distributions) });
  const stacks = await noteStacks(
    dataDir,
    assembly.stacks.map(({ stackName }) => stackName),
  );
  writeEndpoints(dataDir, endpoints);
  runtime.schedules.start();
  runtime.alarms.start();
  // The last to be pushed is the first to happen: no new request comes in, then the rest is delivered and closed.
  cleanUp.push(() => close(api.server, GRACE_SECONDS));

  const secondsToReady = (Date.now() - startedAt) / 1000;
  const { withoutStandIn } = all;
  report(print, { endpoints, dataDir, secondsToReady, synthesisSeconds, withoutStandIn, stacks });
  if (endpoints.consoleUrl !== null) {
    const warmUp = createWarmUp({ ...runtime, reports, database: endpoints.database });
    cleanUp.push(() => warmUp.stop());
    warmUp.begin();
    runtime.etl.workflows.whenRunEnds(() => warmUp.begin());
  }
  let stopping: Promise<void> | undefined;
  return {
    endpoints,
    withoutStandIn,
    stacks,
    secondsToReady,
    stop: () => (stopping ??= runBackwards(cleanUp)),
  };
}

/** Delivers what is buffered, and the events of what that put into the lake. */
async function flush({ streams, objectEvents }: Services): Promise<void> {
  await streams.flush();
  await objectEvents.idle();
}

/** As they stand now: what is sampled is sampled, what is judged is judged. */
async function readMetrics({ metrics, alarms }: Services): Promise<string> {
  await alarms.evaluate();
  return openMetricsText(metrics.series(), alarms.all());
}

/** What was opened last is closed first; one failure keeps nothing else open. */
async function runBackwards(cleanUp: CleanUp): Promise<void> {
  const failures: unknown[] = [];
  for (const one of cleanUp.toReversed()) {
    try {
      await one();
    } catch (error) {
      failures.push(error);
    }
  }
  cleanUp.length = 0;
  if (failures.length > 0) throw new AggregateError(failures, 'the pipeline could not be closed cleanly');
}

async function chooseAssembly({ assemblyDir, configPath }: LocalOptions): Promise<FreshAssembly> {
  if (assemblyDir !== undefined) return { dir: resolve(assemblyDir), synthesisSeconds: 0 };
  return freshAssembly({
    projectDir: PROJECT_DIR,
    configPath: configPath ?? join(PROJECT_DIR, 'config', 'dev.yaml'),
    // Loaded only when it is needed: the CDK alone takes a second.
    synthesize: async (what) => (await import('../lib/synthesize.ts')).synthesize(what),
  });
}

/** For its owner alone, since it holds a key; complete at any moment that somebody reads it. */
function writeEndpoints(dataDir: string, endpoints: Endpoints): void {
  const path = endpointsPath(dataDir);
  rmSync(`${path}.new`, { force: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(endpoints, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

interface Report {
  readonly endpoints: Endpoints;
  readonly dataDir: string;
  readonly secondsToReady: number;
  readonly synthesisSeconds: number;
  readonly withoutStandIn: readonly string[];
  readonly stacks: StackChanges;
}

function report(print: (line: string) => void, what: Report): void {
  const { endpoints, dataDir, secondsToReady, synthesisSeconds, withoutStandIn, stacks } = what;
  const synthesis = synthesisSeconds === 0 ? 'assembly reused' : `synthesis ${synthesisSeconds.toFixed(1)} s`;
  print(`Playlake is ready in ${secondsToReady.toFixed(1)} s (${synthesis})`);
  print(`  API        ${endpoints.apiUrl}`);
  if (endpoints.consoleUrl !== null) print(`  Console    ${endpoints.consoleUrl}`);
  print(`  AWS        ${endpoints.awsUrl} (region ${endpoints.region})`);
  print(`  Look in    ${new URL('/_local/events', endpoints.apiUrl).href}`);
  print(`  Metrics    ${new URL('/_local/metrics', endpoints.apiUrl).href}`);
  print(`  Lake       ${endpoints.bucketPath}`);
  print(`  Endpoints  ${endpointsPath(shown(dataDir))}, the admin's keys included`);
  if (withoutStandIn.length > 0) print(`  No stand-in for ${withoutStandIn.join(', ')}`);
  if (stacks.dropped.length > 0) {
    print(`  Not configured any more: ${stacks.dropped.join(', ')}; what they held stays in ${shown(dataDir)}`);
  }
}

/** Relative where that is shorter to read. */
function shown(path: string): string {
  const fromHere = relative('', path);
  return fromHere.startsWith('..') ? path : fromHere || '.';
}
