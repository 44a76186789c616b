import { readFileSync } from 'node:fs';

/** The version that package.json says this is. */
export function projectVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    readonly version: string;
  };
  return version;
}
