import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { synthesize } from '../../lib/synthesize.ts';

const folder = mkdtempSync(join(tmpdir(), 'synth-'));
afterAll(() => rmSync(folder, { recursive: true }));

const here = join(folder, 'here');
let stackNames: readonly string[];
let bundles: readonly { readonly folder: string; readonly files: readonly string[] }[];

beforeAll(async () => {
  const { stacks } = await synthesize({ configPath: 'config/prod.yaml', outdir: here });
  stackNames = stacks.map(({ stackName }) => stackName);
  bundles = readdirSync(here)
    .filter((name) => name.startsWith('asset.') && statSync(join(here, name)).isDirectory())
    .map((name) => ({ folder: join(here, name), files: readdirSync(join(here, name)).toSorted() }));
});

const templates = (outdir: string) =>
  readdirSync(outdir)
    .filter((name) => name.endsWith('.template.json'))
    .toSorted()
    .map((name) => [name, readFileSync(join(outdir, name), 'utf8')]);

describe('synthesize', () => {
  it('makes in process the very templates that the CDK’s own command makes', () => {
    const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: object };
    const cli = spawnSync(process.execPath, ['--import', 'tsx', 'lib/app.ts'], {
      encoding: 'utf8',
      env: {
        ...process.env,
        CDK_OUTDIR: join(folder, 'cli'),
        CDK_VALIDATION: 'false',
        CDK_CONTEXT_JSON: JSON.stringify({
          ...context,
          config: 'config/prod.yaml',
          'aws:cdk:version-reporting': false,
        }),
      },
    });
    expect([cli.status, cli.stderr]).toEqual([0, expect.any(String)]);
    expect(stackNames).toEqual([
      'playlake-prod-storage',
      'playlake-prod-data-lake',
      'playlake-prod-ingestion',
      'playlake-prod-api',
      'playlake-prod-console',
      'playlake-prod-operations',
    ]);
    expect(templates(join(folder, 'cli'))).toEqual(templates(here));
  });

  it('names everything that is wrong with a configuration', async () => {
    await expect(synthesize({ configPath: 'package.json', outdir: join(folder, 'none') })).rejects.toThrow(
      /package\.json has \d+ problems/,
    );
  });
});

/** Modules that `index.mjs` shares with others, or loads when they are needed. */
const isChunk = (name: string): boolean => /-[A-Z0-9]{8}\.mjs$/.test(name);

/** What a module imports: at its head, and when it is needed. */
const importedBy = (code: string): string[] =>
  [...code.matchAll(/(?:^|;)import(?:[^;'"]*from)?\s*["']([^"']+)["']|[^.\w]import\(["']([^"']+)["']\)/gm)].map(
    ([, head, late]) => (head ?? late)!,
  );

describe('the functions’ bundles', () => {
  const functions: { readonly folder: string; readonly files: readonly string[] }[] = [];
  beforeAll(() => void functions.push(...bundles.filter(({ files }) => files.includes('index.mjs'))));

  it('are ES modules, beside them what they read: what is declared of events, the reports, the console', () => {
    const folders = functions.map(({ files }) => files.filter((name) => !isChunk(name)).join()).toSorted();
    expect(folders).toEqual([
      'console.json,index.mjs',
      'event-schemas.json,event-validators.mjs,index.mjs',
      'index.mjs',
      'index.mjs',
      'index.mjs',
      'index.mjs',
      'index.mjs,reports.json',
    ]);
  });

  it('lie beside the one package that all jobs share', () => {
    const packages = bundles.filter(({ files }) => !files.includes('index.mjs'));
    expect(packages.map(({ files }) => files)).toEqual([['playlake']]);
  });

  it('hold the schemas of every event type, by type, the newest first', () => {
    const transform = bundles.find(({ files }) => files.includes('event-schemas.json'))!;
    const schemas = JSON.parse(readFileSync(join(transform.folder, 'event-schemas.json'), 'utf8')) as Record<
      string,
      readonly { readonly $id: string }[]
    >;
    const types = readdirSync('config/events').filter((name) => name.endsWith('.json'));
    expect(Object.keys(schemas).toSorted()).toEqual(types.map((name) => name.replace('.json', '')).toSorted());
    for (const [type, [newest]] of Object.entries(schemas)) expect(newest!.$id).toMatch(`playlake:${type}:`);
  });

  it('need nothing that is not in them', () => {
    for (const { folder, files } of functions) {
      const code = files
        .filter((name) => name.endsWith('.mjs'))
        .map((name) => readFileSync(join(folder, name), 'utf8'));
      const imported = code.flatMap(importedBy);
      expect(imported.length).toBeGreaterThan(0);
      const missing = imported.filter((name) => !isBuiltin(name) && !files.includes(name.replace('./', '')));
      expect(missing).toEqual([]);
    }
  });

  it.each([
    ['the authorizer', 'usageIdentifierKey', ['index.mjs']],
    ['the transform', 'event-validators.mjs', ['event-schemas.json', 'event-validators.mjs', 'index.mjs']],
  ])('of %s is below 150 KB with all that lies beside it', (_, text, files) => {
    const isIt = ({ folder }: { readonly folder: string }) =>
      readFileSync(join(folder, 'index.mjs'), 'utf8').includes(text);
    const found = functions.filter(isIt);
    expect(found.map((one) => one.files)).toEqual([files]);
    const bytes = files.map((name) => statSync(join(found[0]!.folder, name)).size);
    expect(bytes.reduce((sum, size) => sum + size)).toBeLessThan(150_000);
  });
});

/** Texts of the files that the jobs are given. */
const assets = (extension: string): readonly string[] =>
  readdirSync(here)
    .filter((name) => name.startsWith('asset.') && name.endsWith(extension))
    .map((name) => readFileSync(join(here, name), 'utf8'));

describe('the jobs', () => {
  it('are given their scripts as they stand', () => {
    const scripts = readdirSync('glue-scripts').filter((name) => name.endsWith('.py'));
    const texts = scripts.map((name) => readFileSync(join('glue-scripts', name), 'utf8'));
    expect(assets('.py').toSorted()).toEqual(texts.toSorted());
  });

  it('are given plans: those of events and of who is forgotten have a column for every declared field', () => {
    const plans = assets('.json').map(
      (text) => JSON.parse(text) as { tables: Record<string, { columns: readonly { name: string }[] }> },
    );
    expect(plans.map(({ tables }) => Object.keys(tables).join()).toSorted()).toEqual([
      'events,player_days,player_revenue',
      'events,player_days,player_revenue',
      'players,studios,games,player_games,player_names',
    ]);
    for (const { columns } of plans.flatMap(({ tables }) => tables.events ?? []))
      expect(columns.map(({ name }) => name)).toEqual(expect.arrayContaining(['level_id', 'user_id_digest']));
  });
});
