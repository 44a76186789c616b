import { createDecipheriv, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  dayOfOriginal,
  digestOf,
  erasedText,
  openField,
  openOriginal,
  seal,
  sealableBytes,
  sealedLength,
  sealField,
  sealOriginal,
  unseal,
} from '../../../business-logic/shared/personal-data-cipher.ts';

const key = randomBytes(32);
const day = { day: '2026-11-21', key: randomBytes(32) };

describe('a sealed text', () => {
  it('is iv, ciphertext and tag, as Spark takes them', () => {
    const sealed = seal(key, Buffer.from('Ann'), 'p|player_name');
    expect(sealed).toHaveLength(12 + 3 + 16);
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12));
    decipher.setAAD(Buffer.from('p|player_name')).setAuthTag(sealed.subarray(15));
    expect(decipher.update(sealed.subarray(12, 15), undefined, 'utf8') + decipher.final('utf8')).toBe('Ann');
  });

  it('differs each time, and says nothing of equal texts', () => {
    expect(sealField(key, 'p', 'player_name', 'Ann')).not.toBe(sealField(key, 'p', 'player_name', 'Ann'));
  });

  it.each([
    ['another key', randomBytes(32), 'p|player_name'],
    ['another player', key, 'q|player_name'],
    ['another field', key, 'p|user_id'],
  ])('does not open with %s', (_what, otherKey, aad) => {
    const sealed = seal(key, Buffer.from('Ann'), 'p|player_name');
    expect(() => unseal(otherKey, sealed, aad)).toThrow(/authenticate/);
  });

  it('does not open once a bit of it has changed, or a part is gone', () => {
    const sealed = seal(key, Buffer.from('Ann'), 'p');
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(() => unseal(key, changed, 'p')).toThrow(/authenticate/);
      expect(() => unseal(key, sealed.subarray(0, at), 'p')).toThrow(/authenticate|too short/);
    }
  });
});

describe('a stored field', () => {
  it.each(['', 'Ann', 'Zoë 🎮', 'x'.repeat(256)])('opens as it was: %j', (value) => {
    const text = sealField(key, 'p', 'player_name', value);
    expect(openField(key, 'p', 'player_name', text)).toBe(value);
    expect(text).toHaveLength(sealedLength(Buffer.byteLength(value)));
  });

  it.each([erasedText, 'Ann', 'enc:v1:', 'enc:v1:AAAA', 'enc:v2:AAAA'])('does not open when it is none: %s', (text) => {
    expect(() => openField(key, 'p', 'player_name', text)).toThrow(/too short|not encrypted/);
  });
});

describe('a stored original', () => {
  it('opens with the key of its player, or of the day that it names', () => {
    const ofPlayer = sealOriginal(key, 'p', '{"a":1}');
    expect([dayOfOriginal(ofPlayer), openOriginal(key, 'p', ofPlayer)]).toEqual([undefined, '{"a":1}']);
    const ofDay = sealOriginal(day, 'p', '{"a":1}');
    expect([dayOfOriginal(ofDay), openOriginal(day, 'p', ofDay)]).toEqual(['2026-11-21', '{"a":1}']);
    expect(() => openOriginal({ ...day, day: '2026-11-22' }, 'p', ofDay)).toThrow(/authenticate/);
    expect(() => openOriginal(key, 'p', ofDay)).toThrow(/authenticate/);
    expect(() => openOriginal(day, 'p', ofPlayer)).toThrow(/too short/);
  });

  it('fits where so many bytes are stored, in either form', () => {
    const piece = 'x'.repeat(sealableBytes(60_000));
    const lengths = [key, day].map((one) => sealOriginal(one, 'p', piece).length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(60_000);
    expect(Math.max(...lengths)).toBeGreaterThan(59_990);
  });
});

it('a digest is a keyed one', () => {
  expect(digestOf('key', 'The quick brown fox jumps over the lazy dog')).toBe(
    'f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8',
  );
});
