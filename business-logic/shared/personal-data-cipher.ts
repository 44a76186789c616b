import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

/** Bytes of every key. */
export const keyBytes = 32;
const ivBytes = 12;
const tagBytes = 16;

/** Starts every encrypted text; the version stands for the algorithm and for what is authenticated beside the text. */
const prefix = 'enc:v1:';
const dayText = /^enc:v1:day:(\d{4}-\d\d-\d\d):(.*)$/;

/** What stands for the data of a player whose key was erased. */
export const erasedText = `${prefix}erased`;

/** A key of one day, for what no player's key is known for. */
export interface DayKey {
  /** YYYY-MM-DD. */
  readonly day: string;
  readonly key: Uint8Array;
}

/**
 * Encrypts with AES-256-GCM under a random iv: 12 bytes of iv, the ciphertext, 16 bytes of tag, as Spark's
 * `aes_decrypt(…, 'GCM')` takes them.
 * @param aad what the ciphertext is bound to: it opens with the same text only
 */
export function seal(key: Uint8Array, plaintext: Uint8Array, aad: string): Buffer {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(Buffer.from(aad));
  return Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** Decrypts what `seal` made. Throws when it was made with another key, for another text, or has been changed. */
export function unseal(key: Uint8Array, sealed: Uint8Array, aad: string): Buffer {
  if (sealed.length < ivBytes + tagBytes) throw new Error('the ciphertext is too short to be one');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, ivBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(aad));
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  return Buffer.concat([decipher.update(sealed.subarray(ivBytes, -tagBytes)), decipher.final()]);
}

/** A field of a player's event as it is stored. */
export function sealField(key: Uint8Array, playerId: string, field: string, value: string): string {
  return prefix + seal(key, Buffer.from(value), `${playerId}|${field}`).toString('base64');
}

/** The field's value; throws for what `sealField` did not make for this player and field, erased fields included. */
export function openField(key: Uint8Array, playerId: string, field: string, text: string): string {
  return unseal(key, ciphertextOf(text), `${playerId}|${field}`).toString();
}

/** A piece of an event as it was received, under the key of its player or of a day. */
export function sealOriginal(key: Uint8Array | DayKey, playerId: string, piece: string): string {
  if ('day' in key) {
    const sealed = seal(key.key, Buffer.from(piece), `day:${key.day}|original`);
    return `${prefix}day:${key.day}:${sealed.toString('base64')}`;
  }
  return sealField(key, playerId, 'original', piece);
}

/** The day whose key opens a stored piece; undefined where its player's does. */
export function dayOfOriginal(text: string): string | undefined {
  return dayText.exec(text)?.[1];
}

/** The piece as it was received; throws when the key is another one, or the piece is of an erased player. */
export function openOriginal(key: Uint8Array | DayKey, playerId: string, text: string): string {
  if (!('day' in key)) return openField(key, playerId, 'original', text);
  const [, , base64 = ''] = dayText.exec(text) ?? [];
  return unseal(key.key, Buffer.from(base64, 'base64'), `day:${key.day}|original`).toString();
}

/** Characters of the text that `sealField` makes of so many bytes. */
export function sealedLength(bytes: number): number {
  return prefix.length + Math.ceil((ivBytes + bytes + tagBytes) / 3) * 4;
}

/** Bytes that a text sealed under a day's key, the longest form, may hold to be stored in so many. */
export function sealableBytes(storedBytes: number): number {
  const base64 = storedBytes - `${prefix}day:YYYY-MM-DD:`.length;
  return Math.floor(base64 / 4) * 3 - ivBytes - tagBytes;
}

/** Hex HMAC-SHA256: equal for equal values, and tells nothing of them to who does not have the secret. */
export function digestOf(secret: string, value: string): string {
  return createHmac('sha256', secret).update(value).digest('hex');
}

function ciphertextOf(text: string): Buffer {
  if (!text.startsWith(prefix)) throw new Error('the text is not encrypted');
  return Buffer.from(text.slice(prefix.length), 'base64');
}
