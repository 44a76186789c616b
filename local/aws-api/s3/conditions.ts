import { AwsError, type ObjectHead } from '../../runtime.ts';

type Headers = Readonly<Record<string, string>>;

/**
 * Judges the conditions of a read (RFC 9110, as S3 follows it): true when the reader has the object already (304).
 * Throws PreconditionFailed. `prefix` is `x-amz-copy-source-` where the source of a copy is judged.
 */
export function isNotModified(headers: Headers, { etag, lastModified }: ObjectHead, prefix = ''): boolean {
  const modified = Math.floor(lastModified / 1000) * 1000;
  const time = (name: string) => Date.parse(headers[`${prefix}${name}`] ?? '');
  const ifMatch = headers[`${prefix}if-match`];
  const ifNoneMatch = headers[`${prefix}if-none-match`];

  const hasChanged = ifMatch === undefined ? modified > time('if-unmodified-since') : !namesEtag(ifMatch, etag);
  if (hasChanged) throw preconditionFailed();
  return ifNoneMatch === undefined ? modified <= time('if-modified-since') : namesEtag(ifNoneMatch, etag);
}

export function preconditionFailed(): AwsError {
  return new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
}

function namesEtag(list: string, etag: string): boolean {
  return list.split(',').some((one) => opaque(one) === '*' || opaque(one) === opaque(etag));
}

function opaque(etag: string): string {
  return etag.trim().replace(/^W\//, '').replaceAll('"', '');
}

export interface ByteRange {
  readonly start: number;
  /** Inclusive. */
  readonly end: number;
}

/** The range a reader asks for; undefined for the whole object (also where S3 ignores the header). Throws InvalidRange. */
export function requestedRange(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.replaceAll(' ', '') ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) return undefined;
  const [, from = '', to = ''] = match;
  if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (start >= size || (from === '' && Number(to) === 0)) {
    throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416);
  }
  return { start, end };
}
