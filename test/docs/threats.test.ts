import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { tableBelow, type Page } from './read-docs.ts';

const page: Page = { path: 'docs/security.md', text: readFileSync('docs/security.md', 'utf8') };

/** The parts of the threat model, each with a table of its own. */
const parts = [
  "### Who holds a game's token",
  '### Another studio',
  '### Who has nothing',
  '### A stolen token, or an insider',
  '### A malicious page in the browser of somebody who runs the laptop',
  '### A malicious event',
  '### Text that the console shows',
  '### A dependency that turns',
];

/** Source text with its strings as they are printed. */
const plainSource = (path: string): string => readFileSync(path, 'utf8').replaceAll("\\'", "'");

describe.each(parts)('%s', (heading) => {
  const claims = tableBelow(page, heading).map(([what = '', stops = '', test = '']) => ({ what, stops, test }));

  it('makes claims', () => {
    expect(claims.length).toBeGreaterThan(2);
    expect(claims.filter(({ what, stops }) => what === '' || stops === '')).toEqual([]);
  });

  it.each(claims)('names a test of: $what', ({ test }) => {
    const [, path = '', title = ''] = /^`(test\/[\w./-]+\.ts)`: (.+)$/.exec(test) ?? [];
    expect(existsSync(path)).toBe(true);
    expect(plainSource(path)).toContain(title);
  });
});

it('has no part that is not looked at', () => {
  const model = page.text.slice(page.text.indexOf('## Threat model'), page.text.indexOf('### The fuzz'));
  expect(model.match(/^### .*$/gm)).toEqual(parts);
});
