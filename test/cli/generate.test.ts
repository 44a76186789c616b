import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGenerateProgram } from '../../cli/generate-program.ts';
import type { Truth } from '../../generator/truth.ts';
import { startFakeApi, type FakeApi } from '../support/fake-api.ts';

let api: FakeApi;
let lines: string[];
let truthFile: string;
beforeEach(async () => {
  lines = [];
  truthFile = join(mkdtempSync(join(tmpdir(), 'truth-')), 'truth.json');
  api = await startFakeApi(() => ({ status: 200 }));
});
afterEach(() => api.close());

async function run(...words: string[]): Promise<void> {
  const target = ['--api-url', `${api.url}/live/`, '--truth', truthFile];
  const program = createGenerateProgram((line) => lines.push(line)).exitOverride();
  program.configureOutput({ writeErr: () => undefined });
  await program.parseAsync(['node', 'generate', ...target, ...words]);
}

const sent = () => api.requests.flatMap(({ body }) => (JSON.parse(body) as { events: unknown[] }).events).length;

describe('npm run generate', () => {
  it('sends as the applications whose tokens it is given and writes the truth', async () => {
    await run('--token', 'a-1=plk_x=', '--token', 'a-2=plk_y', '--events', '500', '--end', '2026-11-20T10:00:00Z');
    expect(new Set(api.requests.map(({ path }) => path))).toEqual(
      new Set(['/live/applications/a-1/events', '/live/applications/a-2/events']),
    );
    expect(new Set(api.requests.map(({ headers }) => headers.authorization))).toEqual(new Set(['plk_x=', 'plk_y']));
    const truth = JSON.parse(readFileSync(truthFile, 'utf8')) as Truth;
    expect(truth).toMatchObject({ seed: 'playlake', sent: 500, acknowledged: 500 });
    expect(truth.last_date <= '2026-11-20').toBe(true);
    expect(lines.join('\n')).toContain('500 of 500 events acknowledged');
  });

  it('goes on for a time at a rate', async () => {
    await run('--token', 'a=t', '--rate', '1000', '--duration', '0.3');
    expect(sent()).toBe(300);
  });

  it('ends with the last player where only players are counted', async () => {
    await run('--token', 'a=t', '--players', '3');
    const truth = JSON.parse(readFileSync(truthFile, 'utf8')) as Truth;
    expect(truth.applications).toMatchObject([{ application_id: 'a', players: 3 }]);
    expect(sent()).toBe(truth.sent);
  });

  it.each([
    [['--events', 'many'], /a number is expected/],
    [['--end', 'tomorrow'], /a time is expected/],
    [['--token', 'a=t', '--duration', '3'], /--duration goes with --rate/],
    [['--token', 'nonsense'], /<application-id>=<token>/],
    [['--token', 'a=t', '--undeclared-event-types', 'MAYBE'], /ACCEPT or REJECT/],
    [['--token', 'a=t', '--malformed', '3'], /malformed must lie between 0 and 1/],
    [['--token', 'a=t', '--unregistered', '0.1'], /delivery stream/],
  ])('refuses %j', async (words, message) => {
    await expect(run(...words)).rejects.toThrow(message);
    expect(api.requests).toHaveLength(0);
  });
});
