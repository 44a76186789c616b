import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Reader } from './check-caller.ts';

/** Which rows of which execution a link leads to. */
export interface ResultPlace {
  readonly executionId: string;
  readonly report: string;
  /** Milliseconds since the epoch, from which on the link leads nowhere. */
  readonly expiresAt: number;
  /** Where the rows begin, in the engine's own words; absent for the first. */
  readonly start?: string;
}

/** The ids under which results are read again: bound to reader, report and expiry by an HMAC, so that nobody makes one. */
export interface ResultLinks {
  sign(reader: Reader, place: ResultPlace): Promise<string>;
  /** Undefined for what is no id of ours, is another reader's, or has expired; which of these is not told. */
  open(reader: Reader, id: string | undefined): Promise<ResultPlace | undefined>;
}

/** As it is signed; `s` is null for the publisher. */
type Content = readonly [
  version: 1,
  audience: string,
  studioId: string | null,
  report: string,
  executionId: string,
  expiresAt: number,
  start: string | null,
];

/** Longer ones are not looked at. Athena's own tokens are a few hundred characters. */
const maxIdLength = 4_096;

/** @param readSecret the secret that signs; a changed one ends all links */
export function resultLinks(readSecret: () => Promise<string>, now: () => number): ResultLinks {
  const signature = async (payload: string) =>
    // The prefix keeps what is signed here from being taken for anything else that this secret may come to sign.
    createHmac('sha256', await readSecret())
      .update(`playlake-result.${payload}`)
      .digest();

  return {
    async sign({ audience, studioId }, { report, executionId, expiresAt, start }) {
      const content: Content = [1, audience, studioId ?? null, report, executionId, expiresAt, start ?? null];
      const payload = Buffer.from(JSON.stringify(content)).toString('base64url');
      return `${payload}.${(await signature(payload)).toString('base64url')}`;
    },
    async open(reader, id) {
      const [payload, given, ...more] = id !== undefined && id.length <= maxIdLength ? id.split('.') : [];
      if (payload === undefined || given === undefined || more.length > 0) return undefined;
      if (!isSame(Buffer.from(given, 'base64url'), await signature(payload))) return undefined;

      // Whatever bears our signature was written above.
      const content = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Content;
      const [version, audience, studioId, report, executionId, expiresAt, start] = content;
      const isReaders = audience === reader.audience && studioId === (reader.studioId ?? null);
      if (version !== 1 || !isReaders || expiresAt <= now()) return undefined;
      return { report, executionId, expiresAt, ...(start !== null && { start }) };
    },
  };
}

function isSame(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}
