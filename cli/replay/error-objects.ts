import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { lakeFolders } from '../../lib/constructs/lake-folders.ts';
import type { Arrival } from './arrival.ts';
import type { Choice } from './choice.ts';
import { arrivalsOfError, type ErrorPlace } from './error-arrivals.ts';
import { readErrorLine, type FirehoseError } from './error-line.ts';

/** Where Firehose leaves what it could not deliver. */
export interface ErrorFolder {
  readonly s3: S3Client;
  readonly bucket: string;
}

const day = 86_400_000;

/** Which objects are looked at: of these kinds (an empty list stands for all), from the day before on (milliseconds). */
type ErrorChoice = Pick<Choice, 'since' | 'sources'>;

/** Events of all records that lie under the error prefix since the day before the choice begins. */
export async function* errorArrivals(folder: ErrorFolder, choice: ErrorChoice): AsyncGenerator<Arrival> {
  for await (const { error, ...place } of errorRecords(folder, choice)) yield* arrivalsOfError(error, place);
}

/** The records themselves, and where each lay. */
export async function* errorRecords(
  folder: ErrorFolder,
  choice: ErrorChoice,
): AsyncGenerator<ErrorPlace & { readonly error: FirehoseError }> {
  for await (const key of errorKeys(folder, choice)) {
    const kind = kindOf(key);
    let line = 0;
    for await (const text of linesOf(folder, key)) {
      line += 1;
      for (const error of readErrorLine(text)) yield { error, kind, place: `${key}#${line}` };
    }
  }
}

/** `firehose-errors/<kind>/ingest_date=YYYY-MM-DD/…` */
const kindOf = (key: string): string => key.split('/')[1] ?? '';

async function* errorKeys({ s3, bucket }: ErrorFolder, { since, sources }: ErrorChoice): AsyncGenerator<string> {
  const firstDay = new Date(since - day).toISOString().slice(0, 10);
  const pages = paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: `${lakeFolders.errors}/` });
  for await (const { Contents = [] } of pages) {
    for (const { Key: key = '', Size: size } of Contents) {
      const [, folderDay] = /\/ingest_date=(\d{4}-\d\d-\d\d)\//.exec(key) ?? [];
      const isOld = folderDay !== undefined && folderDay < firstDay;
      if (size !== 0 && !isOld && (sources.length === 0 || sources.includes(kindOf(key)))) yield key;
    }
  }
}

async function* linesOf({ s3, bucket }: ErrorFolder, key: string): AsyncGenerator<string> {
  const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  if (body === undefined) return;
  for await (const line of createInterface({ input: body as Readable, crlfDelay: Infinity })) {
    if (line.trim() !== '') yield line;
  }
}
