import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readQuery, type Query } from './read-query.ts';

/** Every query file of a folder, in the order of their names. Throws as `readQuery` does. */
export const readQueries = (directory: string): readonly Query[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.sql'))
    .toSorted()
    .map((name) => readQuery(join(directory, name)));
