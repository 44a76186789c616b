import type { Clock, MethodSettings } from '../runtime.ts';
import { TokenBucket } from './token-bucket.ts';
import type { BucketLimits } from './token-bucket.ts';

/** What an account has unless a stage sets less. */
const ACCOUNT_RATE = 10_000;
const ACCOUNT_BURST = 5_000;

interface LimitedMethod {
  readonly limits: BucketLimits;
  readonly bucket: TokenBucket;
}

/** Token buckets, one for each method of each resource, as the stage sets them. */
export class Throttle {
  private readonly clock: Clock;
  private readonly settings: readonly MethodSettings[];
  private readonly methods = new Map<string, LimitedMethod>();

  constructor(settings: readonly MethodSettings[], clock: Clock) {
    this.settings = settings;
    this.clock = clock;
  }

  /** Whether one more request may pass now; if so it counts. */
  admit(method: string, resourcePath: string): boolean {
    const now = this.clock();
    const { bucket, limits } = this.of(method, resourcePath, now);
    return bucket.admit(limits, now);
  }

  /** Whether one more request might pass now. */
  hasRoom(method: string, resourcePath: string): boolean {
    const now = this.clock();
    const { bucket, limits } = this.of(method, resourcePath, now);
    return bucket.hasRoom(limits, now);
  }

  private of(method: string, resourcePath: string, now: number): LimitedMethod {
    const name = `${method} ${resourcePath}`;
    const known = this.methods.get(name);
    if (known) return known;
    const limits = this.limits(method, resourcePath);
    const made = { limits, bucket: new TokenBucket(limits, now) };
    this.methods.set(name, made);
    return made;
  }

  private limits(method: string, resourcePath: string): BucketLimits {
    const applying = this.settings.filter(
      (one) => (one.method === '*' || one.method === method) && (one.path === '/*' || one.path === resourcePath),
    );
    const value = (key: 'rateLimit' | 'burstLimit', other: number): number =>
      applying.toSorted((a, b) => exactness(b) - exactness(a)).find((one) => one[key] !== undefined)?.[key] ?? other;
    return { rate: value('rateLimit', ACCOUNT_RATE), burst: value('burstLimit', ACCOUNT_BURST) };
  }
}

function exactness({ method, path }: MethodSettings): number {
  return (path === '/*' ? 0 : 2) + (method === '*' ? 0 : 1);
}
