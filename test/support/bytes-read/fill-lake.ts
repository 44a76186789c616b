import { readFile } from 'node:fs/promises';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { generatorDefaults, type GeneratorOptions } from '../../../generator/options.ts';
import type { Endpoints } from '../../../local/runtime.ts';
import { registerGame } from '../admin-client.ts';
import { runWorkflow } from '../run-workflow.ts';
import { writeLayouts, type DayFile, type LaidGame } from './write-layouts.ts';

export interface LakeSize {
  /** Events in all, of three games over `days`. */
  readonly events: number;
  readonly players: number;
  readonly days: number;
  /** Length of one event as sent, in bytes. */
  readonly eventBytes: number;
}

/**
 * Lays the same events down as Firehose does and in the usual layout, and runs the workflow over them.
 * @param directory for the files before they are put into the lake
 */
export async function fillLake(
  endpoints: Endpoints,
  { events, players, days, eventBytes }: LakeSize,
  directory: string,
  print: (line: string) => void,
): Promise<{ events: number; meanBytes: number }> {
  const games: LaidGame[] = [];
  for (const name of ['Moss Harbour', 'Glass Dunes', 'Tin Comet']) {
    games.push({ ...(await registerGame(endpoints, name)), name });
  }
  const generated: GeneratorOptions = {
    ...generatorDefaults,
    seed: 'bytes read',
    games: games.length,
    events,
    players,
    days,
    end: Date.now(),
  };
  const layouts = await timed('laying them down', print, () => writeLayouts(generated, games, eventBytes, directory));
  print(`${layouts.events} events of ${Math.round(layouts.meanBytes)} bytes written in two layouts`);
  await putDays(endpoints, layouts.raw, 'raw_events/ingest_date=');
  await putDays(endpoints, layouts.usual, 'custom/usual_events/event_date=');
  await timed('the workflow', print, () => runWorkflow(endpoints));
  return layouts;
}

async function timed<T>(what: string, print: (line: string) => void, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const result = await work();
  print(`${what} took ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  return result;
}

/** Puts each file into the partition of its day below a prefix of the lake. */
export async function putDays(endpoints: Endpoints, files: readonly DayFile[], prefix: string): Promise<void> {
  const { awsUrl, region, accessKeyId, secretAccessKey, bucket } = endpoints;
  const client = new S3Client({
    endpoint: awsUrl,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
  try {
    for (const [at, { day, path }] of files.entries()) {
      const Key = `${prefix}${day}/part-${at}.parquet`;
      await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: await readFile(path) }));
    }
  } finally {
    client.destroy();
  }
}
