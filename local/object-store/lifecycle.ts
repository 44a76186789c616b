import { errorText } from '../error-text.ts';
import type { LocalObjectStore } from '../object-store.ts';
import type { Clock, Lifecycle, LocalLog } from '../runtime.ts';
import { hasExpired, readLifecycleRules } from './lifecycle-rules.ts';
import type { LifecycleRule } from './lifecycle-rules.ts';
import { createMultipartUploads } from './multipart-uploads.ts';

export interface LifecycleOptions {
  readonly objects: LocalObjectStore;
  readonly clock: Clock;
  readonly log: LocalLog;
}

/** Lifecycles as the runtime has them, and as a test drives them. */
export interface LocalLifecycle extends Lifecycle {
  /** Removes what has expired by now; says how much. */
  apply(): Promise<Removed>;
  stop(): Promise<void>;
}

export interface Removed {
  readonly objects: number;
  readonly uploads: number;
}

/** Milliseconds between two looks at the clock, which a laptop's sleep, or a test, moves. */
const lookEvery = 1_000;

/** Milliseconds before the first: what starts should not wait for it. */
const firstLook = 5_000;

/** Applies the lifecycle rules of buckets, at the start and once in each UTC day of the clock, as S3 does. */
export function createLifecycle({ objects, clock, log }: LifecycleOptions): LocalLifecycle {
  const buckets = new Map<string, readonly LifecycleRule[]>();
  const uploads = createMultipartUploads(objects, clock);
  let timer: NodeJS.Timeout | undefined;
  let applying: Promise<unknown> | undefined;
  let lastDay: number | undefined;
  let isStopped = false;

  async function apply(): Promise<Removed> {
    const now = clock();
    let removed = 0;
    let aborted = 0;
    for (const [bucket, rules] of buckets) {
      for (const rule of rules) {
        if (isStopped) break;
        removed += await expireObjects(bucket, rule, now);
        aborted += await abortUploads(bucket, rule, now);
      }
    }
    if (removed + aborted > 0) log.info('the lifecycle of buckets removed what had expired', { removed, aborted });
    return { objects: removed, uploads: aborted };
  }

  async function expireObjects(bucket: string, { prefix, expirationDays }: LifecycleRule, now: number) {
    if (expirationDays === undefined) return 0;
    let removed = 0;
    for await (const { key, lastModified } of objects.list(bucket, prefix)) {
      if (isStopped) break;
      if (!hasExpired(lastModified, expirationDays, now)) continue;
      // Put again since it was listed, it lives on.
      if ((await objects.head(bucket, key))?.lastModified !== lastModified) continue;
      await objects.delete(bucket, key);
      removed += 1;
    }
    return removed;
  }

  async function abortUploads(bucket: string, { prefix, abortUploadsDays }: LifecycleRule, now: number) {
    if (abortUploadsDays === undefined) return 0;
    const expired = (await uploads.list(bucket)).filter(
      ({ key, initiated }) => key.startsWith(prefix) && hasExpired(initiated, abortUploadsDays, now),
    );
    for (const upload of expired) await uploads.abort(upload);
    return expired.length;
  }

  async function applyDaily(): Promise<void> {
    const today = Math.floor(clock() / 86_400_000);
    if (today === lastDay) return;
    lastDay = today;
    try {
      await apply();
    } catch (error) {
      log.error('expired objects could not be removed', { error: errorText(error) });
    }
  }

  function look(after: number): void {
    timer = setTimeout(() => {
      applying = applyDaily().finally(() => {
        if (!isStopped) look(lookEvery);
      });
    }, after).unref();
  }

  return {
    define(bucket, configuration) {
      const { rules, unknown } = readLifecycleRules(configuration);
      if (unknown.length > 0) {
        log.warn('lifecycle rules have no stand-in and are not applied', { bucket, rules: unknown.join(', ') });
      }
      buckets.set(bucket, rules);
      if (timer === undefined && rules.length > 0) look(firstLook);
    },
    apply,
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await applying;
      clearTimeout(timer);
    },
  };
}
