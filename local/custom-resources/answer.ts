import { AwsError } from '../runtime.ts';

/** What a custom resource's function puts to its ResponseURL. */
export interface Answer {
  readonly PhysicalResourceId: string;
  readonly Data: Readonly<Record<string, string>>;
}

/** Most bytes of an answer. */
const MAX_BYTES = 4096;

/**
 * Reads an answer. Throws AwsError for what is no answer to this request, and gives back an Error as the resource's
 * outcome where its function failed.
 */
export function readAnswer(
  body: Buffer,
  asked: Readonly<Record<'StackId' | 'RequestId' | 'LogicalResourceId', string>>,
): Answer | Error {
  if (body.length > MAX_BYTES) throw new AwsError('EntityTooLarge', `an answer has at most ${MAX_BYTES} bytes`);
  const answer = parse(body);
  for (const [name, value] of Object.entries(asked)) {
    if (answer[name] !== value) throw new AwsError('InvalidArgument', `${name} is not the one of the request`);
  }
  const { Status, Reason, PhysicalResourceId, Data } = answer;
  if (Status === 'FAILED') return new Error(`its function says: ${String(Reason ?? 'nothing')}`);
  if (Status !== 'SUCCESS') return new Error(`Status is ${JSON.stringify(Status)}; it may be SUCCESS or FAILED`);
  if (typeof PhysicalResourceId !== 'string' || PhysicalResourceId === '')
    return new Error('Invalid PhysicalResourceId');
  const texts = Object.entries((Data ?? {}) as Readonly<Record<string, unknown>>).map(([name, value]) => [
    name,
    String(value),
  ]);
  return { PhysicalResourceId, Data: Object.fromEntries(texts) as Record<string, string> };
}

function parse(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(body.toString('utf8')) as Readonly<Record<string, unknown>>;
  } catch {
    throw new AwsError('InvalidArgument', 'an answer is JSON');
  }
}
