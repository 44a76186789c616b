import type { Clock, DeliveryStreamQuota } from '../runtime.ts';

/** A stream's intake under a ceiling: what does not fit this second is refused. */
export interface Quota {
  takeRequest(): boolean;
  takeRecord(bytes: number): boolean;
}

export function createQuota(quota: DeliveryStreamQuota | undefined, clock: Clock): Quota {
  const requests = createBucket(quota?.requestsPerSecond, clock);
  const records = createBucket(quota?.recordsPerSecond, clock);
  const bytes = createBucket(quota?.bytesPerSecond, clock);
  return {
    takeRequest: () => requests.take(1),
    takeRecord: (size) => records.has(1) && bytes.take(size) && records.take(1),
  };
}

/** A token bucket that holds one second's worth. */
function createBucket(perSecond: number | undefined, clock: Clock) {
  if (perSecond === undefined) return { has: () => true, take: () => true };
  let tokens = perSecond;
  let filledAt = clock();
  const refill = () => {
    const now = clock();
    tokens = Math.min(perSecond, tokens + (Math.max(0, now - filledAt) / 1000) * perSecond);
    filledAt = now;
  };
  const has = (amount: number) => {
    refill();
    // A record larger than a whole second's worth passes when the bucket is full.
    return tokens >= Math.min(amount, perSecond);
  };
  return {
    has,
    take(amount: number) {
      if (!has(amount)) return false;
      tokens -= amount;
      return true;
    },
  };
}
