import type { Properties } from '../runtime.ts';

/** What a bucket's lifecycle does with objects whose keys begin alike, in days. */
export interface LifecycleRule {
  readonly id: string;
  /** Empty: every object. */
  readonly prefix: string;
  /** Objects go so many days after they were put. */
  readonly expirationDays?: number;
  /** Uploads in parts that nobody completed go so many days after they began. */
  readonly abortUploadsDays?: number;
}

export interface LifecycleRules {
  readonly rules: readonly LifecycleRule[];
  /** What of the template has no stand-in, as `<rule>: <property>`. */
  readonly unknown: readonly string[];
}

/** Nothing is left of an object that was replaced or deleted here, so that there is nothing for these to remove. */
const withoutVersions = new Set(['NoncurrentVersionExpiration', 'NoncurrentVersionExpirationInDays']);

const known = new Set(['Id', 'Status', 'Prefix', 'ExpirationInDays', 'AbortIncompleteMultipartUpload']);

/** Reads `LifecycleConfiguration` of a bucket of a template. A rule that says what is not known is not applied at all. */
export function readLifecycleRules(configuration: unknown): LifecycleRules {
  const { Rules = [] } = (configuration ?? {}) as { readonly Rules?: readonly Properties[] };
  const rules: LifecycleRule[] = [];
  const unknown: string[] = [];
  for (const [number, rule] of Rules.entries()) {
    const id = typeof rule.Id === 'string' ? rule.Id : `rule ${number + 1}`;
    if (rule.Status !== 'Enabled') continue;
    const others = Object.keys(rule).filter((name) => !isKnown(name, rule[name]));
    if (others.length > 0) {
      unknown.push(...others.map((name) => `${id}: ${name}`));
      continue;
    }
    const { DaysAfterInitiation } = (rule.AbortIncompleteMultipartUpload ?? {}) as Properties;
    rules.push({
      id,
      prefix: typeof rule.Prefix === 'string' ? rule.Prefix : '',
      ...(rule.ExpirationInDays !== undefined && { expirationDays: Number(rule.ExpirationInDays) }),
      ...(DaysAfterInitiation !== undefined && { abortUploadsDays: Number(DaysAfterInitiation) }),
    });
  }
  return { rules, unknown };
}

function isKnown(name: string, value: unknown): boolean {
  if (name === 'ExpiredObjectDeleteMarker') return true;
  return known.has(name) || withoutVersions.has(name) || value === undefined;
}

const day = 86_400_000;

/**
 * Whether something that was put then has expired: S3 adds the days and goes on to the next midnight, UTC (Amazon S3, "Life
 * cycle configuration elements: Days"). Times in milliseconds since the epoch.
 */
export function hasExpired(putAt: number, days: number, now: number): boolean {
  return now >= Math.ceil((putAt + days * day) / day) * day;
}
