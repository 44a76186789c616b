import type { HttpAnswer } from '../../generator/http-post.ts';
import { NotAcknowledged, untilAcknowledged, type RetryOptions } from '../../generator/until-acknowledged.ts';
import { UsageError } from '../run-cli.ts';
import type { Batch } from './batch-records.ts';
import type { Reject } from './check-record.ts';

export interface SendOptions extends RetryOptions {
  /** Posts a body to a path of the API, with the token. */
  readonly post: (path: string, body: string) => Promise<HttpAnswer>;
}

/** What became of a batch. */
export interface Sent {
  readonly records: number;
  readonly events: number;
  readonly rejects: readonly Reject[];
}

const paths = { player: '/player-ingest', studio: '/studio-ingest' } as const;

/** Answers to a request that is refused for what it says, and of which nothing was stored. */
const refusals = new Set([400, 409, 413]);

/**
 * Sends a batch until it is stored. One bad record spoils its request: a refused batch is sent in halves, until the bad
 * ones stand alone.
 * @throws UsageError where the token may not send, NotAcknowledged where the API goes on failing
 */
export async function sendBatch({ kind, records }: Batch, options: SendOptions): Promise<Sent> {
  const body = `[${records.map(({ json }) => json).join(',')}]`;
  try {
    const answer = await untilAcknowledged(() => options.post(paths[kind], body), options);
    const { Events: events } = JSON.parse(answer.body) as { Events: number };
    return { records: records.length, events, rejects: [] };
  } catch (error) {
    const answer = error instanceof NotAcknowledged ? error.answer : undefined;
    if (answer?.status === 401 || answer?.status === 403) {
      throw new UsageError(`the token may not send accounts (${answer.status}): it must be one of the role publisher`);
    }
    if (answer === undefined || !refusals.has(answer.status)) throw error;
    const [first, ...others] = records;
    if (first !== undefined && others.length === 0) return refused(first.source, answer);
    const middle = Math.ceil(records.length / 2);
    const left = await sendBatch({ kind, records: records.slice(0, middle) }, options);
    const right = await sendBatch({ kind, records: records.slice(middle) }, options);
    return {
      records: left.records + right.records,
      events: left.events + right.events,
      rejects: [...left.rejects, ...right.rejects],
    };
  }
}

function refused({ line, value }: { line: number; value: unknown }, { status, body }: HttpAnswer): Sent {
  const reason = `the API answered ${status}: ${body.slice(0, 1_000)}`;
  return { records: 0, events: 0, rejects: [{ line, reasons: [reason], record: value }] };
}
