/**
 * The paths of a cache behaviour's pattern: `*` stands for any characters, `?` for one; a slash at the front may be left out
 * (CloudFront, CacheBehavior.PathPattern).
 */
export function pathPattern(pattern: string): RegExp {
  const whole = pattern.startsWith('/') || pattern.startsWith('*') ? pattern : `/${pattern}`;
  const source = [...whole]
    .map((character) => (character === '*' ? '.*' : character === '?' ? '.' : escaped(character)))
    .join('');
  return new RegExp(`^${source}$`, 's');
}

const escaped = (character: string): string => character.replace(/[.+^${}()|[\]\\/-]/, String.raw`\$&`);
