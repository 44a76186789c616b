import type { Clock, MethodSettings } from '../runtime.ts';

/** What an account has unless a stage sets less. */
const ACCOUNT_RATE = 10_000;
const ACCOUNT_BURST = 5_000;

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** Token buckets, one for each method of each resource, as the stage sets them. */
export class Throttle {
  private readonly clock: Clock;
  private readonly settings: readonly MethodSettings[];
  private readonly buckets = new Map<string, Bucket>();

  constructor(settings: readonly MethodSettings[], clock: Clock) {
    this.settings = settings;
    this.clock = clock;
  }

  /** Whether one more request may pass now; if so it counts. */
  admit(method: string, resourcePath: string): boolean {
    const { rate, burst } = this.limits(method, resourcePath);
    const now = this.clock();
    const name = `${method} ${resourcePath}`;
    const bucket = this.buckets.get(name) ?? { tokens: burst, filledAt: now };
    const seconds = Math.max(0, now - bucket.filledAt) / 1000;
    bucket.tokens = Math.min(burst, bucket.tokens + seconds * rate);
    bucket.filledAt = now;
    this.buckets.set(name, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  private limits(method: string, resourcePath: string): { rate: number; burst: number } {
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
