import { createHash } from 'node:crypto';

/** `aws:userid` of whoever has this ARN: an id in IAM's form, and for a role the name of its session. */
export function userIdOf(arn: string): string {
  const isRole = arn.includes(':role/');
  const digest = createHash('sha256').update(arn).digest();
  const id = [...digest.subarray(0, 17)].map((byte) => BASE32[byte % BASE32.length]).join('');
  return isRole ? `AROA${id}:playlake` : `AIDA${id}`;
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
