/** What a bucket lets through. */
export interface BucketLimits {
  /** Requests a second. */
  readonly rate: number;
  /** Requests at once. */
  readonly burst: number;
}

/** A token bucket: full at first, filled again at its rate. Times are milliseconds since the epoch. */
export class TokenBucket {
  private tokens: number;
  private filledAt: number;

  constructor({ burst }: BucketLimits, now: number) {
    this.tokens = burst;
    this.filledAt = now;
  }

  /** Whether one more request may pass now. A clock that steps back fills nothing by that. */
  hasRoom({ rate, burst }: BucketLimits, now: number): boolean {
    const seconds = Math.max(0, now - this.filledAt) / 1000;
    this.tokens = Math.min(burst, this.tokens + seconds * rate);
    this.filledAt = now;
    return this.tokens >= 1;
  }

  /** The same; if it may pass, it counts. */
  admit(limits: BucketLimits, now: number): boolean {
    if (!this.hasRoom(limits, now)) return false;
    this.tokens -= 1;
    return true;
  }
}
