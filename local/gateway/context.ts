/** `$context` of mapping templates; templates may set the two overrides. */
export interface GatewayContext {
  readonly accountId: string;
  readonly apiId: string;
  readonly stage: string;
  readonly requestId: string;
  readonly extendedRequestId: string;
  /** As in a common log format: `21/Nov/2026:09:30:00 +0000`. */
  readonly requestTime: string;
  /** Milliseconds since the epoch. */
  readonly requestTimeEpoch: number;
  readonly httpMethod: string;
  /** As called, the stage included. */
  readonly path: string;
  readonly protocol: string;
  readonly resourceId: string;
  /** As declared, e.g. `/applications/{applicationId}`. */
  readonly resourcePath: string;
  readonly domainName: string;
  readonly domainPrefix: string;
  readonly identity: Record<string, string | null>;
  authorizer: Record<string, string>;
  error: Record<string, string | null>;
  readonly requestOverride: Overrides & {
    readonly path: Record<string, unknown>;
    readonly querystring: Record<string, unknown>;
  };
  readonly responseOverride: Overrides & { status?: unknown };
}

export interface Overrides {
  readonly header: Record<string, unknown>;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Milliseconds since the epoch as `$context.requestTime` shows them. */
export function logTime(time: number): string {
  const iso = new Date(time).toISOString();
  return `${iso.slice(8, 10)}/${MONTHS[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}
