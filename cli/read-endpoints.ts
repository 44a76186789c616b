import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Endpoints } from '../local/runtime.ts';
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
  workflow: z.string().nullable(),
}) satisfies z.ZodType<Endpoints>;

/** Reads the file that a running pipeline leaves for its clients. Throws UsageError, saying what to do. */
export function readEndpoints(file: string): Endpoints {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`${file} cannot be read: start the pipeline with \`npm run local\`, or name a deployment`, {
      cause,
    });
  }
  try {
    return endpoints.parse(JSON.parse(content));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new UsageError(`${file} is no endpoints file:\n${why}`);
  }
}
