import { readFileSync } from 'node:fs';

/** The text of a mapping template beside this file. */
export const readTemplate = (name: string): string =>
  readFileSync(new URL(`${name}.vtl`, import.meta.url), 'utf8').trimEnd();
