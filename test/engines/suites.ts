import { readdirSync } from 'node:fs';
import { engines } from './engines.ts';

const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const hasTests = (folder: string): boolean =>
  readdirSync(`${import.meta.dirname}/${folder}`, { recursive: true, encoding: 'utf8' }).some((file) =>
    file.endsWith('.test.ts'),
  );

/**
 * Folders of suites that no engine has to be fetched for: the laptop's own parts, at sizes that take longer than
 * `npm test` may, and how engines are fetched.
 */
export const ownSuites: readonly string[] = folders
  .filter((name) => !engines.some(({ folder }) => folder === name) && hasTests(name))
  .toSorted();

/** All that `npm run test:engines -- <name>` runs by name. */
export const suiteNames: readonly string[] = [...engines.map(({ folder }) => folder), ...ownSuites];
