import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { suiteNames } from '../engines/suites.ts';
import { pages, projectFiles } from './read-docs.ts';

const run = promisify(execFile);
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

/** Every `npm run <name> -- <arguments>` of the docs, up to the end of its line, code or comment. */
const calls = pages(projectFiles()).flatMap(({ path, text }) =>
  [...text.matchAll(/npm run ([a-z:-]+) -- ([^\n`#]*)/g)].map(([, name = '', rest = '']) => ({
    page: path,
    name,
    words: rest.trim().split(/\s+/),
  })),
);
const commands = [...new Set(calls.map(({ name }) => name))].filter((name) => name !== 'test:engines').toSorted();

describe.each(commands)('npm run %s', (name) => {
  const mine = calls.filter((call) => call.name === name);

  it('says what it takes, and takes what the docs give it', async () => {
    const help = await helpOf(name, []);
    expect(help).toContain('Options:');
    const named = mine.map(({ words }) => words.find((word) => isSubcommand(help, word)));
    // A command that has subcommands may do something without one as well, by its options alone.
    const isLost = ({ words }: (typeof mine)[number], at: number) => !named[at] && !words[0]?.startsWith('--');
    const lost = help.includes('Commands:') ? mine.filter(isLost) : [];
    expect(lost).toEqual([]);

    const subcommands = [...new Set(named.filter((word) => word !== undefined))];
    const helps = [help, ...(await Promise.all(subcommands.map((word) => helpOf(name, [word]))))].join('\n');
    const options = mine.flatMap(({ words }) => words.filter((word) => /^--[a-z]/.test(word)));
    expect(options.filter((option) => !helps.includes(option))).toEqual([]);
  });
});

it('names suites of engines that exist', () => {
  const named = calls.filter(({ name }) => name === 'test:engines').flatMap(({ words }) => words);
  expect(named.filter((word) => !suiteNames.includes(word))).toEqual([]);
});

/** What a command prints when asked for help. */
async function helpOf(name: string, subcommand: readonly string[]): Promise<string> {
  const [program, ...args] = (scripts[name] ?? '').split(' ');
  if (program !== 'tsx') throw new Error(`npm run ${name} is not run by tsx`);
  const tsx = ['--import', 'tsx', ...args, ...subcommand, '--help'];
  return (await run(process.execPath, tsx, { timeout: 30_000 })).stdout;
}

function isSubcommand(help: string, word: string): boolean {
  return new RegExp(`^  ${word.replaceAll(/[^a-z-]/g, '.')}( |$)`, 'm').test(help.split('Commands:')[1] ?? '');
}
