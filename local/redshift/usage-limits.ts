import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A usage limit as the protocol shows it. */
export interface UsageLimit {
  readonly usageLimitId: string;
  readonly usageLimitArn: string;
  readonly resourceArn: string;
  readonly usageType: string;
  readonly amount: number;
  readonly period: string;
  readonly breachAction: string;
}

/** Usage limits of workgroups. They are kept and shown; nothing is metered on a laptop. */
export interface UsageLimits {
  all(): readonly UsageLimit[];
  create(limit: Omit<UsageLimit, 'usageLimitId' | 'usageLimitArn'>): UsageLimit;
  /** Undefined where there is none of this id. */
  update(id: string, change: Partial<Pick<UsageLimit, 'amount' | 'breachAction'>>): UsageLimit | undefined;
  delete(id: string): UsageLimit | undefined;
}

export function createUsageLimits({ path, prefix }: { readonly path: string; readonly prefix: string }): UsageLimits {
  let limits: readonly UsageLimit[] | undefined;

  function all(): readonly UsageLimit[] {
    limits ??= existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as UsageLimit[]) : [];
    return limits;
  }

  function keep(changed: readonly UsageLimit[]): void {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify(changed, null, 2)}\n`);
    limits = changed;
  }

  return {
    all,
    create(limit) {
      const usageLimitId = randomUUID();
      const made = { ...limit, usageLimitId, usageLimitArn: `${prefix}:usagelimit/${usageLimitId}` };
      keep([...all(), made]);
      return made;
    },
    update(id, change) {
      const found = all().find(({ usageLimitId }) => usageLimitId === id);
      if (!found) return undefined;
      const changed = { ...found, ...change };
      keep(all().map((limit) => (limit === found ? changed : limit)));
      return changed;
    },
    delete(id) {
      const found = all().find(({ usageLimitId }) => usageLimitId === id);
      if (found) keep(all().filter((limit) => limit !== found));
      return found;
    },
  };
}
