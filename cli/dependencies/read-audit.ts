/** What `npm audit --json` came to. */
export type Audit =
  | { readonly kind: 'clean' }
  | { readonly kind: 'found'; readonly lines: readonly string[] }
  /** The registry has no audit, or it could not be reached. */
  | { readonly kind: 'not to be had'; readonly reason: string };

/** Severities that fail the check. */
const failing = new Set(['high', 'critical']);

/** Reads npm's report; whatever is none means that there was no audit. */
export function readAudit(output: string): Audit {
  const report = parse(output);
  const { vulnerabilities, message, error } = report ?? {};
  if (!isRecord(vulnerabilities)) {
    const { summary } = isRecord(error) ? error : {};
    return { kind: 'not to be had', reason: text(message) ?? text(summary) ?? 'npm gave no report' };
  }
  const lines = Object.entries(vulnerabilities)
    .filter(([, found]) => isRecord(found) && failing.has(String(found['severity'])))
    .map(([name, found]) => `${name} ${describe(found as Record<string, unknown>)}`);
  return lines.length === 0 ? { kind: 'clean' } : { kind: 'found', lines };
}

/** `<range> (high): <title>, <address>` */
function describe({ range, severity, via }: Record<string, unknown>): string {
  const advisories = (Array.isArray(via) ? via : []).map((one: unknown) =>
    isRecord(one) ? `${String(one['title'])} ${String(one['url'])}` : `through ${String(one)}`,
  );
  return `${String(range)} (${String(severity)}): ${advisories.join('; ')}`;
}

function parse(output: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(output);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
