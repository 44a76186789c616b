import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { pages, snippets, type Page } from '../docs/read-docs.ts';
import { runPipeline, type RunningPipeline } from '../support/running-pipeline.ts';
import { flush } from '../support/send-events.ts';

const run = promisify(execFile);

const [readme] = pages(['README.md']) as [Page];

/** The README's commands under "Your own events", each on one line, without comments. */
const commands = snippets(readme)
  .filter(({ text }) => text.includes('<application>'))
  .flatMap(({ text }) => text.replaceAll('\\\n', '').split('\n'))
  .map((line) => line.replace(/ #.*/, '').trim())
  .filter((line) => line !== '' && line !== 'npm run local');

let pipeline: RunningPipeline;

beforeAll(async () => {
  pipeline = await runPipeline({ assemblyDir: inject('assemblyDir') });
});

afterAll(() => pipeline?.remove());

it('takes the commands of the README as they stand, to the report with the event they sent', async () => {
  const answers: Record<string, string> = {};
  for (const command of commands) {
    if (command.includes('latest-events')) await flush(pipeline.endpoints);
    const { stdout } = await run('bash', ['-c', prepare(command, answers)]);
    answers[command] = stdout;
    answers['<application>'] ??= /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(stdout)?.[0] ?? '';
    answers['<token>'] = /plk_\w+/.exec(stdout)?.[0] ?? answers['<token>'] ?? '';
  }

  expect(commands.map((command) => command.split(' ').slice(0, 3).join(' '))).toEqual([
    'npm run admin',
    'npm run admin',
    'curl -X POST',
    'npm run query',
    'npm run workflow',
    'npm run query',
  ]);
  const [, , curl = '', query = '', , report = ''] = commands;
  expect(JSON.parse(answers[curl] ?? '')).toMatchObject({ Result: 'Ok' });
  expect(answers[query]).toContain(/"event_type":"(\w+)"/.exec(curl)?.[1]);
  expect(answers[query]).toContain(/"player_id":"(\w+)"/.exec(curl)?.[1]);
  expect(answers[report]).toMatch(/│ 2026-11-21 │ +1 │/);
});

/** The same command for this pipeline: its addresses, and what earlier commands answered. */
function prepare(command: string, answers: Readonly<Record<string, string>>): string {
  const endpoints = join(pipeline.dataDir, 'endpoints.json');
  const here = command
    .replace('http://127.0.0.1:8080/live', pipeline.endpoints.apiUrl)
    .replaceAll(/<\w+>/g, (placeholder) => answers[placeholder] ?? placeholder);
  if (here === 'npm run workflow') return `${here} -- --endpoints '${endpoints}'`;
  return here.startsWith('npm') ? `${here} --endpoints '${endpoints}'` : here.replace('curl', 'curl --silent --fail');
}
