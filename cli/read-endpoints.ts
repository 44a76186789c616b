import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Endpoints } from '../local/runtime.ts';
import type { DeployedEndpoints } from './deploy/deployed-endpoints.ts';
import { UsageError } from './run-cli.ts';

/** Where `npm run local` writes it, unless told otherwise. */
export const defaultEndpointsFile = '.playlake/endpoints.json';

const text = z.string().min(1);
const endpoints = z.object({
  apiUrl: z.url(),
  awsUrl: z.url(),
  region: text,
  accountId: text,
  accessKeyId: text,
  secretAccessKey: text,
  bucket: text,
  bucketPath: text,
  database: text,
  workGroup: text,
  deliveryStream: text,
  kinesisStream: z.string().nullable().default(null),
  workflow: z.string().nullable(),
  // Files of earlier versions do not have it.
  redshiftWorkgroup: z.string().nullable().default(null),
  playerKeysTable: z.string().nullable().default(null),
  consoleUrl: z.string().nullable().default(null),
}) satisfies z.ZodType<Endpoints>;

const deployedEndpoints = endpoints.omit({
  awsUrl: true,
  accessKeyId: true,
  secretAccessKey: true,
  bucketPath: true,
}) satisfies z.ZodType<DeployedEndpoints>;

/**
 * Reads the file that a running pipeline leaves for its clients, or `npm run deploy`: that one has no `awsUrl` and no
 * credentials. Throws UsageError, saying what to do.
 */
export function readEndpoints(file: string): Endpoints | DeployedEndpoints {
  const content = readJson(file);
  const local = typeof content === 'object' && content !== null && 'awsUrl' in content;
  return local ? check(endpoints, content, file) : check(deployedEndpoints, content, file);
}

function readJson(file: string): unknown {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`${file} cannot be read: start the pipeline with \`npm run local\`, or name a deployment`, {
      cause,
    });
  }
  try {
    return JSON.parse(content);
  } catch (cause) {
    throw new UsageError(`${file} is no endpoints file:\n${String(cause)}`);
  }
}

function check<Shape>(schema: z.ZodType<Shape>, content: unknown, file: string): Shape {
  const checked = schema.safeParse(content);
  if (checked.success) return checked.data;
  throw new UsageError(`${file} is no endpoints file:\n${z.prettifyError(checked.error)}`);
}
