// Shared with the bootstrap, which runs in a thread without a TypeScript loader.

/** Characters from which copying a value costs less than its JSON. */
const longText = 32_768;

/** Bytes of JSON that a character takes at most: those of an escape. */
const escapeBytes = 6;
const takesMoreThanItself = /[^ !#-[\]-~]/;

const mostLevels = 16;

/**
 * Whether a value that crosses threads may be copied: it is the same after JSON and back, it surely takes no more bytes
 * of JSON than may be, and it is so long that JSON would take its time (some 9 microseconds for an event's row).
 */
export function isBetterCopied(value, mostBytes) {
  let characters = 0;
  let left = 0;

  function fits(one, measure, level) {
    if (one === null || typeof one === 'boolean') left -= 5;
    else if (typeof one === 'number') left -= Number.isFinite(one) && !Object.is(one, -0) ? 25 : Infinity;
    else if (typeof one === 'string') left -= 2 + measure(one);
    else if (typeof one !== 'object' || level === mostLevels) return false;
    else if (Array.isArray(one)) {
      if (Object.keys(one).length !== one.length) return false;
      left -= 2 + one.length;
      for (let index = 0; index < one.length; index += 1) if (!fits(one[index], measure, level + 1)) return false;
    } else {
      if (Object.getPrototypeOf(one) !== Object.prototype) return false;
      left -= 2;
      for (const key of Object.keys(one)) {
        left -= 4 + escapeBytes * key.length;
        if (!fits(one[key], measure, level + 1)) return false;
      }
    }
    return left >= 0;
  }
  const fitsBy = (measure) => {
    characters = 0;
    left = mostBytes;
    return fits(value, measure, 0);
  };
  const guess = ({ length }) => ((characters += length), escapeBytes * length);
  const look = (text) => (
    (characters += text.length),
    text.length * (takesMoreThanItself.test(text) ? escapeBytes : 1)
  );
  // Most values are far below the limit: only the others are looked at, character by character.
  return (fitsBy(guess) || fitsBy(look)) && characters >= longText;
}
