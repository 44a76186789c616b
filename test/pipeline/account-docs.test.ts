import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { readQueries } from '../../lib/queries/read-queries.ts';
import { pages, type Page } from '../docs/read-docs.ts';
import { runPipeline, type RunningPipeline } from '../support/running-pipeline.ts';
import { runWorkflow } from '../support/run-workflow.ts';
import { flush } from '../support/send-events.ts';

const run = promisify(execFile);
const tokenPattern = /plk_\w+/;

/** A command of a page, and the answer that the page shows below it. */
interface Example {
  readonly command: string;
  readonly language: string | undefined;
  readonly answer: string | undefined;
}

let pipeline: RunningPipeline;
/** What the pages ask to be set in the shell. */
const shell: Record<string, string> = {};

beforeAll(async () => {
  pipeline = await runPipeline({ assemblyDir: inject('assemblyDir') });
  shell['API'] = pipeline.endpoints.apiUrl;
});

afterAll(() => pipeline?.remove());

// The pages tell one story: what the account system sends on the first is what the others show.
describe('docs/accounts.md', () => {
  const [tokens, ...others] = examples('docs/accounts.md');
  const calls = others.filter(({ command }) => command.startsWith('curl'));

  it('makes the tokens that the pages use', async () => {
    const [publisher = '', studio = ''] = (tokens?.command ?? '').split('\n');
    const made = await Promise.all([publisher, studio].map(execute));
    [shell['PUBLISHER_TOKEN'] = '', shell['STUDIO_TOKEN'] = ''] = made.map((said) => tokenPattern.exec(said)?.[0]);
    expect(Object.values(shell)).not.toContain('');
  });

  it.each(calls)('answers $command as it says', async (example) => {
    const { actual, shown } = await tryExample(example);
    expect(actual).toEqual(shown);
  });

  it('takes it into the tables with the next run of the workflow', async () => {
    await flush(pipeline.endpoints);
    expect((await runWorkflow(pipeline.endpoints)).succeeded).toBe(true);
  });
});

const analystsReports = (): readonly string[] =>
  readQueries('athena-queries').flatMap(({ name, audience }) => (audience === undefined ? [name] : []));

describe.each(['docs/studio-reports.md', 'docs/publisher-reports.md'])('%s', (path) => {
  const [list, ...others] = examples(path);
  const calls = others.filter(({ command }) => command.startsWith('curl'));

  it('lists the reports that there are', async () => {
    const { reports } = JSON.parse(await execute(list?.command ?? '')) as { reports: { name: string }[] };
    const documented = [...readPage(path).text.matchAll(/^\| \[`([a-z-]+)`\]/gm)].map(([, name = '']) => name);
    // The publisher's are besides those for analysts, which docs/reports.md lists; none of them shows whole events.
    const forAnalysts =
      path === 'docs/publisher-reports.md' ? analystsReports().filter((name) => name !== 'latest-events') : [];
    expect(reports.map(({ name }) => name).toSorted()).toEqual([...documented, ...forAnalysts].toSorted());
  });

  it.each(calls)('answers $command as it says', async (example) => {
    const { actual, shown } = await tryExample(example);
    expect(actual).toEqual(shown);
  });
});

it('reads all pages by the loop of docs/publisher-reports.md, and a file of Parquet', async () => {
  const loop = examples('docs/publisher-reports.md').find(({ command }) => command.startsWith('page='));
  const answers = (await execute(loop?.command ?? '')).trim().split('\n');
  const games = answers.flatMap((answer) => (JSON.parse(answer) as { rows: { game_id: string }[] }).rows);
  expect(games.map(({ game_id: id }) => id).toSorted()).toEqual(['deep-mine', 'sky-runner', 'tea-house']);
  const parquet = await readFile(join(pipeline.dataDir, 'closed-accounts.parquet'));
  expect(parquet.toString('latin1', 0, 4) + parquet.toString('latin1', parquet.length - 4)).toBe('PAR1PAR1');
});

it('imports the file that docs/accounts.md shows', async () => {
  const example = examples('docs/accounts.md').find(({ command }) => command.startsWith('npm run import'));
  const file = join(pipeline.dataDir, 'players.csv');
  await writeFile(file, example?.answer ?? '');
  const said = await execute((example?.command ?? '').replace('players.csv', file));
  expect(said).toMatch(/^records imported: 2 .*events .*: 4$/m);
});

function readPage(path: string): Page {
  const [page] = pages([path]);
  if (!page) throw new Error(`${path} is no page`);
  return page;
}

/** The commands of a page's `sh` blocks, each with the block right below it. */
function examples(path: string): Example[] {
  const blocks = [...readPage(path).text.matchAll(/^```sh\n([\s\S]*?)^```\n(?:\n```(json|csv)\n([\s\S]*?)^```)?/gm)];
  return blocks.flatMap(([, text = '', language, answer]) => {
    const isList = text.startsWith('curl');
    const commands = isList ? text.trim().split(/\n(?=curl )/) : [text.trim()];
    return commands.map((command) => ({ command, language, answer }));
  });
}

/** What a command answers and what its page shows, without what no two runs have in common. */
async function tryExample({ command, language, answer }: Example): Promise<{ actual: unknown; shown: unknown }> {
  const text = await execute(command);
  if (answer === undefined) return { actual: /"error"/.test(text) ? text : 'answered', shown: 'answered' };
  if (language === 'csv') return { actual: text.replaceAll('\r\n', '\n'), shown: answer };
  return { actual: settled(JSON.parse(text)), shown: settled(JSON.parse(answer)) };
}

/** Runs a command of a page where the files it writes do no harm. */
async function execute(command: string): Promise<string> {
  if (command.startsWith('npm')) {
    const endpoints = join(pipeline.dataDir, 'endpoints.json');
    return (await run('bash', ['-c', `${command} --endpoints '${endpoints}'`])).stdout;
  }
  const quiet = command.replace(/^curl /, 'curl --silent --show-error ');
  return (await run('bash', ['-c', quiet], { cwd: pipeline.dataDir, env: { ...process.env, ...shell } })).stdout;
}

/** Fields that no two runs have in common, by what is to be seen of them. */
const changing: Readonly<Record<string, (value: unknown) => unknown>> = {
  RequestId: (value) => /^[0-9a-f-]{36}$/.test(String(value)),
  scannedBytes: (value) => typeof value,
  milliseconds: (value) => typeof value,
  costLine: (value) => String(value).replaceAll(/[\d,.]+/g, 'n'),
  next: (value) => String(value).replace(/results\/[^?]+/, 'results/id'),
  link: (value) => String(value).replace(/results\/[^?]+/, 'results/id'),
};

function settled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(settled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, changing[key]?.(inner) ?? settled(inner)]),
  );
}
