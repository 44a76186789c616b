import { createHash, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const prefix = 'plk_';
const keyIdLength = 20;
const secretLength = 40;
const checksumLength = 6;

/** What a key id looks like: 20 base62 characters. */
export const keyIdPattern = `^[0-9A-Za-z]{${keyIdLength}}$`;

/**
 * What a token looks like, as a regular expression: the authorizer's `identityValidationExpression`. The fixed prefix
 * lets secret scanners find tokens; the last six characters let them (and us) tell a real one without asking anybody.
 */
export const tokenPattern = `^${prefix}[0-9A-Za-z]{${keyIdLength}}_[0-9A-Za-z]{${secretLength + checksumLength}}$`;

/** A token taken apart. The secret part is never needed alone: the digest is of the whole token. */
export interface ParsedToken {
  readonly keyId: string;
}

const tokenShape = new RegExp(tokenPattern);

/** Makes a new token: `plk_<key id>_<secret><checksum>`, 119 bits of key id and 238 of secret. */
export function createToken(): { readonly keyId: string; readonly token: string } {
  const keyId = randomText(keyIdLength);
  const body = `${prefix}${keyId}_${randomText(secretLength)}`;
  return { keyId, token: body + checksum(body) };
}

/** The token's key id, or undefined for whatever is no token or bears a wrong checksum. */
export function parseToken(token: string): ParsedToken | undefined {
  if (!tokenShape.test(token)) return undefined;
  const body = token.slice(0, -checksumLength);
  if (token.slice(-checksumLength) !== checksum(body)) return undefined;
  return { keyId: token.slice(prefix.length, prefix.length + keyIdLength) };
}

/** SHA-256 of the whole token in hex: all that is ever stored of it. */
export function digestToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** CRC-32 of the text as six base62 digits, most significant first (62^6 exceeds 2^32). */
function checksum(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let count = 0; count < checksumLength; count += 1) {
    digits = alphabet.charAt(rest % alphabet.length) + digits;
    rest = Math.floor(rest / alphabet.length);
  }
  return digits;
}

/** Uniform base62 characters from the system's generator (`randomInt` is free of modulo bias). */
function randomText(length: number): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
}
