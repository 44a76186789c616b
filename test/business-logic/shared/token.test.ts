import { describe, expect, it } from 'vitest';
import { createToken, digestToken, parseToken, tokenPattern } from '../../../business-logic/shared/token.ts';

/** Made by the first release; its checksum was computed apart from this code. */
const knownToken = 'plk_Playlake0Playlake0XY_0123456789abcdefghijABCDEFGHIJ01234567890L4CzY';

const swap = (text: string, index: number) =>
  text.slice(0, index) + (text[index] === 'a' ? 'b' : 'a') + text.slice(index + 1);

describe('a token', () => {
  it('matches the pattern that the gateway checks and gives back its key id', () => {
    const { keyId, token } = createToken();
    expect(token).toMatch(new RegExp(tokenPattern));
    expect(token).toHaveLength(4 + 20 + 1 + 40 + 6);
    expect(parseToken(token)).toEqual({ keyId });
  });

  it('is never made twice', () => {
    const tokens = Array.from({ length: 1_000 }, () => createToken());
    expect(new Set(tokens.map(({ token }) => token)).size).toBe(1_000);
    expect(new Set(tokens.map(({ keyId }) => keyId)).size).toBe(1_000);
  });

  it('is no token any more when any of its characters after the prefix is another', () => {
    const { token } = createToken();
    for (let index = 4; index < token.length; index += 1) {
      if (token[index] === '_') continue;
      expect(parseToken(swap(token, index)), `character ${index}`).toBeUndefined();
    }
  });

  it.each([
    ['nothing', ''],
    ['another prefix', createToken().token.replace('plk_', 'ghp_')],
    ['a scheme before it', `Bearer ${createToken().token}`],
    ['a line break behind it', `${createToken().token}\n`],
    ['one character less', createToken().token.slice(0, -1)],
    ['one character more', `${createToken().token}0`],
  ])('is not read from %s', (_what, text) => {
    expect(parseToken(text)).toBeUndefined();
  });

  it('keeps its checksum over releases: tokens live for years', () => {
    expect(parseToken(knownToken)).toEqual({ keyId: 'Playlake0Playlake0XY' });
  });

  it('is stored as its SHA-256 in hex', () => {
    expect(digestToken('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
