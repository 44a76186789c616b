import * as z from 'zod';

/** EventBridge's event of a written object, as far as a load needs it. Its keys are as they are, not URL-encoded. */
const objectCreated = z.object({
  detail: z.object({ bucket: z.object({ name: z.string() }), object: z.object({ key: z.string() }) }),
});

/** What a message tells of: a raw object, one that no reader of the lake sees, or nothing that a load understands. */
export type FileOfMessage = { readonly key: string } | { readonly isHidden: true } | { readonly problem: string };

/**
 * Reads a message of the queue.
 * @param rawPrefix folder of raw objects; files in there that start with `_` or `.` are hidden from every reader
 */
export function fileOfMessage(body: string, bucket: string, rawPrefix: string): FileOfMessage {
  const parsed = objectCreated.safeParse(parseJson(body));
  if (!parsed.success) return { problem: 'the message is no event of an object that was written' };
  const { bucket: from, object } = parsed.data.detail;
  if (from.name !== bucket) return { problem: `the message tells of the bucket ${from.name}, not of ${bucket}` };
  const name = object.key.slice(rawPrefix.length + 1);
  if (!object.key.startsWith(`${rawPrefix}/`) || !/^ingest_date=\d{4}-\d{2}-\d{2}\/[^/]+$/.test(name)) {
    return { problem: `${object.key} is no object of a day of ${rawPrefix}` };
  }
  return /\/[_.]/.test(name) ? { isHidden: true } : { key: object.key };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What stands in the dead-letter queue for a file: an event that can be moved back into the queue, and what happened. */
export const deadLetterOf = (bucket: string, key: string, what: { error: string; run: string; at: Date }) => ({
  source: 'aws.s3',
  'detail-type': 'Object Created',
  detail: { bucket: { name: bucket }, object: { key } },
  file: key,
  error: what.error,
  run: what.run,
  failedAt: what.at.toISOString(),
});
