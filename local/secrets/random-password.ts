import { randomInt } from 'node:crypto';
import type { Properties } from '../runtime.ts';

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** Characters of a password that says nothing of its length, and the most of them. */
const DEFAULT_LENGTH = 32;
const MAX_LENGTH = 4096;

/** A password as `GenerateSecretString` asks for it: its properties, all optional, are those of GetRandomPassword. */
export function randomPassword(options: Properties): string {
  const length = Number(options.PasswordLength ?? DEFAULT_LENGTH);
  const excluded = typeof options.ExcludeCharacters === 'string' ? options.ExcludeCharacters : '';
  const kinds = [
    isOn(options.ExcludeLowercase) ? '' : LOWER,
    isOn(options.ExcludeUppercase) ? '' : LOWER.toUpperCase(),
    isOn(options.ExcludeNumbers) ? '' : DIGITS,
    isOn(options.ExcludePunctuation) ? '' : PUNCTUATION,
    isOn(options.IncludeSpace) ? ' ' : '',
  ].map((kind) => [...kind].filter((character) => !excluded.includes(character)));
  const left = kinds.filter((kind) => kind.length > 0);
  const needed = isOn(options.RequireEachIncludedType ?? true) ? left.length : 0;
  if (!Number.isInteger(length) || length < Math.max(1, needed) || length > MAX_LENGTH || left.length === 0) {
    throw new Error(
      `GenerateSecretString asks for ${String(options.PasswordLength)} characters of ${left.length} kinds; ` +
        `at least one of each kind and at most ${MAX_LENGTH} are possible`,
    );
  }
  const required = left.slice(0, needed).map(pick);
  const every = left.flat();
  return shuffled([...required, ...Array.from({ length: length - required.length }, () => pick(every))]).join('');
}

function isOn(value: unknown): boolean {
  return value === true || value === 'true';
}

function pick(characters: readonly string[]): string {
  return characters[randomInt(characters.length)] ?? '';
}

function shuffled(characters: readonly string[]): string[] {
  const result = [...characters];
  for (let last = result.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [result[last], result[other]] = [result[other] ?? '', result[last] ?? ''];
  }
  return result;
}
