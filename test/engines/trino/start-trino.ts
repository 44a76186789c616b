import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Endpoints } from '../../../local/runtime.ts';
import { fetchedEngine } from '../fetch/engine-directory.ts';
import { trino } from './engine.ts';
import { trinoClient, type TrinoClient } from './trino-client.ts';

/** Athena's name of the Glue catalog; the views in the template name it. */
export const catalogName = 'awsdatacatalog';

export interface RunningTrino {
  readonly client: TrinoClient;
  stop(): Promise<void>;
}

/** A Trino that has been fetched. */
export interface TrinoProgram {
  /** Its folder in the cache. */
  readonly engine: string;
  readonly version: string;
  readonly java: string;
  /** Memory of the server, in gigabytes; default 2. A query may use nearly a third of it. */
  readonly heapGigabytes?: number;
  /** Session properties of every statement. */
  readonly session?: Readonly<Record<string, string>>;
}

/** For lakes of a few thousand rows: one driver for each stage, and none that waits for what another has found. */
export const fewRows = { task_concurrency: '1', enable_dynamic_filtering: 'false' } as const;

/** Enough for the suites' few rows. */
const smallHeapGigabytes = 2;

/** Of many small queries, what a longer compilation would save, or a check of Trino's own classes find, is never earned back. */
const quickStart = [
  '-XX:TieredStopAtLevel=1',
  '-XX:+UseSerialGC',
  '-XX:+UnlockDiagnosticVMOptions',
  '-XX:-BytecodeVerificationRemote',
];

/** Properties of Trino's catalogs by their names. */
export type TrinoCatalogs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Starts a Trino whose Hive connector finds its tables in a pipeline's Glue catalog and its files in its S3. */
export function startTrino(
  directory: string,
  endpoints: Endpoints,
  options: Pick<TrinoProgram, 'heapGigabytes' | 'session'> = {},
): Promise<RunningTrino> {
  const program = { engine: fetchedEngine(trino), version: trino.version, java: 'java', ...options };
  const catalogs = { [catalogName]: hiveProperties(endpoints) };
  return startTrinoServer(directory, program, catalogs, endpoints.database);
}

/** Starts a Trino with these catalogs. */
export async function startTrinoServer(
  directory: string,
  program: TrinoProgram,
  catalogs: TrinoCatalogs,
  schema: string,
): Promise<RunningTrino> {
  const port = await freePort();
  await mkdir(join(directory, 'etc/catalog'), { recursive: true });
  await writeProperties(join(directory, 'etc/config.properties'), serverProperties(port, program.engine));
  for (const [name, properties] of Object.entries(catalogs))
    await writeProperties(join(directory, `etc/catalog/${name}.properties`), properties);

  const log = join(directory, 'server.log');
  const output = createWriteStream(log);
  const server = spawn(program.java, javaArguments(directory, program), {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  server.stdout.pipe(output, { end: false });
  server.stderr.pipe(output, { end: false });
  const ended = once(server, 'exit');
  const stop = async (): Promise<void> => {
    server.kill('SIGKILL');
    await ended;
    output.end();
  };

  const url = `http://127.0.0.1:${port}`;
  const isRunning = (): boolean => server.exitCode === null && server.signalCode === null;
  if (!(await becomesReady(url, isRunning))) {
    await stop();
    throw new Error(`Trino did not start:\n${(await readFile(log, 'utf8')).slice(-4000)}`);
  }
  return { client: trinoClient(url, { catalog: catalogName, schema, session: program.session }), stop };
}

function serverProperties(port: number, engine: string): Record<string, string> {
  return {
    coordinator: 'true',
    'node-scheduler.include-coordinator': 'true',
    'http-server.http.port': String(port),
    'discovery.uri': `http://127.0.0.1:${port}`,
    'plugin.dir': join(engine, 'plugin'),
  };
}

export function hiveProperties({ awsUrl, region, accessKeyId, secretAccessKey }: Endpoints): Record<string, string> {
  return {
    'connector.name': 'hive',
    'hive.metastore': 'glue',
    'hive.metastore.glue.region': region,
    'hive.metastore.glue.endpoint-url': awsUrl,
    'hive.metastore.glue.aws-access-key': accessKeyId,
    'hive.metastore.glue.aws-secret-key': secretAccessKey,
    'hive.partition-projection-enabled': 'true',
    // Athena keeps no column statistics for these tables either.
    'hive.table-statistics-enabled': 'false',
    'fs.hadoop.enabled': 'false',
    'fs.native-s3.enabled': 'true',
    's3.endpoint': awsUrl,
    's3.region': region,
    's3.path-style-access': 'true',
    's3.aws-access-key': accessKeyId,
    's3.aws-secret-key': secretAccessKey,
  };
}

function javaArguments(
  directory: string,
  { engine, version, heapGigabytes = smallHeapGigabytes }: TrinoProgram,
): string[] {
  return [
    `-Xmx${heapGigabytes}G`,
    ...(heapGigabytes > smallHeapGigabytes ? ['-XX:+UseG1GC'] : quickStart),
    '-XX:+ExitOnOutOfMemoryError',
    '-Djdk.attach.allowAttachSelf=true',
    '-Duser.timezone=UTC',
    // A JVM does not look for TMPDIR itself.
    `-Djava.io.tmpdir=${tmpdir()}`,
    '-Dnode.environment=playlake',
    `-Dnode.data-dir=${directory}`,
    '-Dconfig=etc/config.properties',
    '-cp',
    `${join(engine, 'main')}:${join(engine, 'lib/*')}`,
    'TrinoServer',
    version,
  ];
}

async function writeProperties(path: string, properties: Readonly<Record<string, string>>): Promise<void> {
  await writeFile(
    path,
    Object.entries(properties).map((pair) => `${pair.join('=')}\n`),
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function becomesReady(url: string, isRunning: () => boolean): Promise<boolean> {
  for (let seconds = 0; seconds < 180 && isRunning(); seconds += 1) {
    const info = await fetch(`${url}/v1/info`).then(
      (response) => response.json() as Promise<{ starting?: boolean }>,
      () => ({ starting: true }),
    );
    if (info.starting === false) return true;
    await pause(1000);
  }
  return false;
}
