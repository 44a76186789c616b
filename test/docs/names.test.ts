import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inlineCode, pages, projectFiles, prose, snippets } from './read-docs.ts';

const files = projectFiles();
const docs = pages(files);
const folders = new Set(files.filter((path) => path.includes('/')).map((path) => path.split('/')[0]));
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

/** Made when something runs; named in the docs, and never in the repository. */
const madeAtRunTime = new Set(['node_modules', 'cdk.out', '.playlake']);

describe.each(docs)('$path', (page) => {
  it('names files and folders that exist', () => {
    const named = [...inlineCode(page), ...snippets(page).flatMap(({ text }) => text.split(/\s+/))].filter(isPath);
    expect(named.filter((path) => !exists(path))).toEqual([]);
  });

  it('links to pages and headings that exist', () => {
    const links = [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    const relative = links.filter((target) => !/^https?:/.test(target));
    expect(relative.filter((target) => !resolves(page.path, target))).toEqual([]);
  });

  it('names npm scripts that exist', () => {
    const named = [...page.text.matchAll(/npm (?:run )?([a-z][a-z:-]*)/g)].map(([, name = '']) => name);
    const known = new Set([...Object.keys(scripts), 'run', 'ci', 'install', 'registry']);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});

it('finds the pages', () => expect(docs.map(({ path }) => path)).toEqual(expect.arrayContaining(['README.md'])));

it('keeps the README under two screens', () => {
  const readme = docs.find(({ path }) => path === 'README.md');
  expect(readme?.text.split('\n').length).toBeLessThan(80);
});

/** Whether a word is meant as a path of this repository. */
function isPath(word: string): boolean {
  const first = word.split('/')[0] ?? '';
  if (!/^[\w.*/-]+$/.test(word) || madeAtRunTime.has(first)) return false;
  if (word.includes('/')) return folders.has(first);
  return /^[\w-]+\.(ts|md|json|yaml)$/.test(word) && !isMade(word);
}

function isMade(name: string): boolean {
  return ['endpoints.json', 'truth.json'].includes(name);
}

function exists(path: string): boolean {
  if (!path.includes('*')) return existsSync(path);
  const pattern = new RegExp(`^${path.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`);
  return files.some((file) => pattern.test(file));
}

function resolves(page: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  if (!existsSync(file)) return false;
  return anchor === undefined || headings(readFileSync(file, 'utf8')).includes(anchor);
}

/** Headings as Markdown's readers make anchors of them. */
function headings(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
