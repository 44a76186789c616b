/** A request as it came to the gateway. */
export interface GatewayRequest {
  readonly method: string;
  /** Percent-encoded, the stage included, without the query. */
  readonly path: string;
  /** Without the question mark. */
  readonly rawQuery: string;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly sourceIp: string;
  /** Aborts when whoever asked is gone; the runtime's own routes have it. */
  readonly signal?: AbortSignal;
}

export interface GatewayResponse {
  readonly status: number;
  /** A list where a header is sent several times. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer | string;
}

/** Headers in the two forms in which API Gateway hands them on. */
export interface HeaderMaps {
  readonly single: Readonly<Record<string, string>>;
  readonly multiple: Readonly<Record<string, readonly string[]>>;
  /** By name in lower case. */
  readonly lower: Readonly<Record<string, string>>;
}

/** How CloudFront writes the headers it adds; before an edge-optimized API they always have this form. */
const CLOUDFRONT_HEADERS: ReadonlyMap<string, string> = new Map(
  ['CloudFront-Viewer-Country', 'CloudFront-Forwarded-Proto', 'CloudFront-Viewer-ASN'].map((name) => [
    name.toLowerCase(),
    name,
  ]),
);

export function readHeaders(rawHeaders: readonly string[]): HeaderMaps {
  const multiple = emptyMap<string[]>();
  const lower = emptyMap<string>();
  const spelling = new Map<string, string>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [given = '', value = ''] = [rawHeaders[index], rawHeaders[index + 1]];
    const key = given.toLowerCase();
    // One spelling for a header that comes twice, so that no map has it twice.
    const name = spelling.get(key) ?? CLOUDFRONT_HEADERS.get(key) ?? given;
    spelling.set(key, name);
    (multiple[name] ??= []).push(value);
    lower[key] = lower[key] === undefined ? value : `${lower[key]},${value}`;
  }
  // Of a header that comes several times, the last value is the one.
  const single = Object.fromEntries(Object.entries(multiple).map(([name, values]) => [name, values.at(-1) ?? '']));
  return { single, multiple, lower };
}

export interface QueryMaps {
  readonly single: Readonly<Record<string, string>>;
  readonly multiple: Readonly<Record<string, readonly string[]>>;
}

export function readQuery(rawQuery: string): QueryMaps {
  const multiple = emptyMap<string[]>();
  for (const [name, value] of new URLSearchParams(rawQuery)) (multiple[name] ??= []).push(value);
  const single = Object.fromEntries(Object.entries(multiple).map(([name, values]) => [name, values.at(-1) ?? '']));
  return { single, multiple };
}

/** Callers choose the names: one like `constructor` or `__proto__` is a name like all others. */
const emptyMap = <Value>(): Record<string, Value> => Object.create(null) as Record<string, Value>;

/** The media type without its parameters, in lower case; JSON where a request names none, as API Gateway assumes. */
export function mediaType(contentType: string | undefined): string {
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  return type ? type : 'application/json';
}
