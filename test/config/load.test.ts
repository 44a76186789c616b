import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig, parseConfig } from '../../config/load.ts';
import type { PipelineConfig } from '../../config/schema.ts';

const folder = mkdtempSync(join(tmpdir(), 'config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const load = (text: string) => {
  const path = join(folder, 'a.yaml');
  writeFileSync(path, text);
  return () => loadConfig(path);
};

describe('loadConfig', () => {
  it.each(['config/dev.yaml', 'config/prod.yaml'])('takes %s', (path) => {
    expect(loadConfig(path)).toMatchObject({ INGEST_MODE: 'DIRECT_BATCH', DATA_STACK: 'DATA_LAKE' });
  });

  it.each(['config/dev.yaml', 'config/prod.yaml'])('finds one setting a line in %s', (path) => {
    const lines = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    for (const line of lines) expect(line).toMatch(/^[A-Z0-9_]+: \S/);
  });

  it('finds every setting in config/dev.yaml, so that one edit changes it, with its default but for a throw-away environment', () => {
    const lines = [...readFileSync('config/dev.yaml', 'utf8').matchAll(/^(?:# )?([A-Z0-9_]+): /gm)].map(
      ([, key]) => key!,
    );
    // What has no default is not among them.
    const defaults = parseConfig({ WORKLOAD_NAME: 'x' }, 'a test');
    expect(lines.toSorted()).toEqual([...Object.keys(defaults), 'EMAIL_ADDRESS'].toSorted());
    const dev = loadConfig('config/dev.yaml');
    const others = lines.filter(
      (key) => !isDeepStrictEqual(dev[key as keyof PipelineConfig], defaults[key as keyof PipelineConfig]),
    );
    expect(others.toSorted()).toEqual([
      'ATHENA_SCAN_LIMIT_BYTES',
      'CLOUDWATCH_RETENTION_DAYS',
      'DEV_MODE',
      'RAW_RETENTION_DAYS',
      'RESULT_RETENTION_DAYS',
      'WORKLOAD_NAME',
    ]);
  });

  it('names the file and every problem', () => {
    expect(load('DEV_MODE: maybe\nWORKLOAD: x\n')).toThrow(
      /a\.yaml has 3 problems:\n {2}WORKLOAD_NAME: .*\n {2}DEV_MODE: "maybe" given.*\n {2}WORKLOAD: no such setting/,
    );
  });

  it('refuses a setting that stands there twice', () => {
    expect(load('WORKLOAD_NAME: a\nWORKLOAD_NAME: b\n')).toThrow(/a\.yaml has 1 problem:\n {2}.*unique/);
  });

  it.each([
    ['a list', '- WORKLOAD_NAME: a\n'],
    ['plain text', 'WORKLOAD_NAME\n'],
  ])('refuses %s', (_, text) => {
    expect(load(text)).toThrow('must hold one setting a line');
  });

  it('names what an empty file lacks', () => {
    expect(load('')).toThrow('WORKLOAD_NAME: nothing given');
  });

  it('keeps the cause when there is no such file', () => {
    expect(() => loadConfig(join(folder, 'none.yaml'))).toThrow(
      expect.objectContaining({ message: expect.stringContaining('cannot be read'), cause: expect.any(Error) }),
    );
  });
});
