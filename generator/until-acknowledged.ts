import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpAnswer } from './http-post.ts';

/** How long to go on, and how time is told; tests bring their own time. */
export interface RetryOptions {
  readonly giveUpSeconds: number;
  /** Called before each wait. */
  readonly onRetry?: (why: string, waitMs: number) => void;
  readonly now?: () => number;
  readonly wait?: (ms: number) => Promise<unknown>;
  /** From 0 to 1; spreads the waits of many senders. */
  readonly jitter?: () => number;
}

/** The server said no for good, or did not say yes in time. */
export class NotAcknowledged extends Error {
  override readonly name = 'NotAcknowledged';
  /** The last answer; absent where there was none. */
  readonly answer: HttpAnswer | undefined;

  constructor(message: string, { answer, cause }: { readonly answer?: HttpAnswer; readonly cause?: unknown }) {
    super(message, cause === undefined ? undefined : { cause });
    this.answer = answer;
  }
}

const firstWaitMs = 100;
const longestWaitMs = 10_000;

/**
 * Sends one request, unchanged, until it is answered with 200: again only without an answer and on 429 and 5xx, as the
 * event contract says, with waits that double and at least as long as Retry-After asks. Throws NotAcknowledged.
 */
export async function untilAcknowledged(send: () => Promise<HttpAnswer>, options: RetryOptions): Promise<HttpAnswer> {
  const { now = Date.now, wait = sleep, jitter = Math.random } = options;
  const giveUpAt = now() + options.giveUpSeconds * 1000;

  for (let attempt = 0; ; attempt += 1) {
    const outcome = await attemptOnce(send);
    if (outcome.answer?.status === 200) return outcome.answer;
    if (!outcome.mayRetry) throw new NotAcknowledged(`the request was refused: ${outcome.why}`, outcome);

    const backOffMs = Math.min(longestWaitMs, firstWaitMs * 2 ** attempt) * (0.5 + jitter() / 2);
    const waitMs = Math.max(backOffMs, retryAfterMs(outcome.answer, now()));
    if (now() + waitMs > giveUpAt) {
      const tried = `${attempt + 1} times in ${options.giveUpSeconds} s`;
      throw new NotAcknowledged(`the request was not acknowledged, sent ${tried}: ${outcome.why}`, outcome);
    }
    options.onRetry?.(outcome.why, waitMs);
    await wait(waitMs);
  }
}

interface Outcome {
  readonly answer?: HttpAnswer;
  readonly mayRetry: boolean;
  readonly why: string;
  readonly cause?: unknown;
}

async function attemptOnce(send: () => Promise<HttpAnswer>): Promise<Outcome> {
  try {
    const answer = await send();
    const mayRetry = answer.status === 429 || answer.status >= 500;
    return { answer, mayRetry, why: `${answer.status} ${answer.body.slice(0, 300)}`.trim() };
  } catch (cause) {
    return { mayRetry: true, why: `no answer (${cause instanceof Error ? cause.message : String(cause)})`, cause };
  }
}

/** Retry-After is a number of seconds or a date (RFC 9110, 10.2.3); 0 where there is none. */
function retryAfterMs(answer: HttpAnswer | undefined, now: number): number {
  const value = answer?.headers['retry-after'];
  if (typeof value !== 'string') return 0;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}
