import { readFileSync, statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { projectFiles } from './read-docs.ts';

/** Written in parts, so that this file does not hold them itself. */
const hosts = [
  ['registry', 'npmjs'],
  ['registry', 'yarnpkg'],
  ['repo', 'maven'],
  ['repo1', 'maven'],
  ['files', 'pythonhosted'],
  ['pypi', 'org'],
  ['deb', 'debian'],
].map((parts) => parts.join('.'));

/** Folders of one machine. */
const places = ['home', 'root', 'work', 'Users'].map((folder) => `/${folder}/`);

const files = projectFiles().filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());

it.each([
  ['addresses of package registries', hosts.map((host) => new RegExp(host.replaceAll('.', '\\.')))],
  ['folders of one machine', places.map((place) => new RegExp(`(^|[\\s'"\`(=:])${place}\\w`, 'm'))],
])('no file holds %s', (_what, patterns) => {
  const found = files.filter((path) => {
    const text = readFileSync(path, 'utf8');
    return patterns.some((pattern) => pattern.test(text));
  });
  expect(found).toEqual([]);
});
