import { AwsError, type PutOptions } from '../runtime.ts';

/** Keys are at most 1,024 bytes of UTF-8 (Amazon S3, "Naming Amazon S3 objects"). */
export function checkKey(key: string): void {
  if (key === '') throw new AwsError('InvalidArgument', 'The key is empty.');
  if (Buffer.byteLength(key) > 1024) throw new AwsError('KeyTooLongError', 'Your key is too long');
}

/** Judges a put's conditions against the ETag of the object that is there. Throws NoSuchKey, PreconditionFailed. */
export function checkConditions({ ifMatch, ifNoneMatch }: PutOptions, present: string | undefined): void {
  if (ifMatch !== undefined && present === undefined) {
    throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
  }
  const matches = (condition: string) => condition === '*' || unquoted(condition) === unquoted(present ?? '');
  const failed =
    (ifMatch !== undefined && !matches(ifMatch)) ||
    (ifNoneMatch !== undefined && present !== undefined && matches(ifNoneMatch));
  if (failed) {
    throw new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
  }
}

function unquoted(etag: string): string {
  return etag.replaceAll('"', '');
}
