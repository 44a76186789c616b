import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { afterAll, describe, expect, it } from 'vitest';
import { createDeployProgram, type DeployProgramDeps } from '../../cli/deploy-program.ts';
import { createDiffProgram } from '../../cli/diff-program.ts';
import { estimate } from '../../cli/estimate.ts';
import { createSynthProgram } from '../../cli/synth-program.ts';
import { loadConfig } from '../../config/load.ts';

const folder = mkdtempSync(join(tmpdir(), 'synth-'));
afterAll(() => rmSync(folder, { recursive: true }));

const assembly = { directory: '/assembly', stacks: [] } as unknown as CloudAssembly;

describe('npm run synth', { timeout: 60_000 }, () => {
  it('writes the templates and says where they lie', async () => {
    const lines: string[] = [];
    const program = createSynthProgram({ print: (line) => lines.push(line) });
    await program.parseAsync(['--output', folder, '--no-validation'], { from: 'user' });
    expect(lines.join('\n')).toMatch(/playlake-dev-api +│ +\d+ │ playlake-dev-api\.template\.json/);
    expect(lines.at(-2)).toMatch(new RegExp(`^synthesized config/dev.yaml in \\d+\\.\\d s: ${folder}$`));
    expect(lines.at(-1)).toBe(estimate(loadConfig('config/dev.yaml'), 'studio', 'us-east-1'));
    expect(readFileSync(join(folder, 'playlake-dev-api.template.json'), 'utf8')).toContain('AWS::ApiGateway::RestApi');
  });
});

describe('npm run diff', () => {
  it('hands the synthesized assembly to the CDK', async () => {
    const calls: unknown[] = [];
    const program = createDiffProgram({
      synthesize: async ({ configPath }) => {
        calls.push(configPath);
        return assembly;
      },
      runCdk: async (...call) => void calls.push(call),
    });
    await program.parseAsync(['--config', 'config/prod.yaml', '--profile', 'me'], { from: 'user' });
    expect(calls).toEqual(['config/prod.yaml', ['diff', '/assembly', ['--profile', 'me']]]);
  });
});

describe('npm run deploy', () => {
  const outputs = new Map(
    ['ApiUrl', 'LakeBucket', 'Database', 'WorkGroup', 'DeliveryStream', 'Workflow'].map((name) => [name, `my-${name}`]),
  );
  const prepare = (deployed: boolean) => {
    const calls: unknown[] = [];
    const files = new Map<string, string>();
    const template = { Resources: {} };
    const deps: DeployProgramDeps = {
      synthesize: async () =>
        ({ directory: '/assembly', stacks: [{ stackName: 'playlake-dev-api', template }] }) as unknown as CloudAssembly,
      connect: () => ({
        find: async (name) =>
          (deployed || calls.length > 0) && name === 'playlake-dev-api'
            ? {
                name,
                stackId: 'arn:aws:cloudformation:r:1:stack/a/1',
                template,
                outputs,
                exports: new Map(),
                physicalIds: new Map(),
              }
            : undefined,
        update: async () => undefined,
        delete: async () => undefined,
      }),
      connectStreams: () => ({ find: async () => [], delete: async () => undefined }),
      backfill: async () => '',
      runCdk: async (...call) => void calls.push(call),
      ask: async () => true,
      writeFile: async (path, text) => void files.set(path, text),
      print: () => undefined,
    };
    return { program: createDeployProgram(deps), calls, files };
  };

  it('deploys and leaves the endpoints for clients, without any secret', async () => {
    const { program, calls, files } = prepare(false);
    await program.parseAsync(['--yes'], { from: 'user' });
    expect(calls).toEqual([['deploy', '/assembly', ['--require-approval', 'never']]]);
    const endpoints = JSON.parse(files.get('endpoints.playlake-dev.json')!) as object;
    expect(Object.keys(endpoints)).toEqual([
      'apiUrl',
      'region',
      'accountId',
      'bucket',
      'database',
      'workGroup',
      'deliveryStream',
      'kinesisStream',
      'workflow',
      'redshiftWorkgroup',
      'playerKeysTable',
      'consoleUrl',
    ]);
  });

  it('deploys nothing when a name to replace is wrong', async () => {
    const { program, calls, files } = prepare(true);
    await expect(program.parseAsync(['--replace', 'Nothing'], { from: 'user' })).rejects.toThrow('Nothing');
    expect([calls, [...files]]).toEqual([[], []]);
  });
});

describe('--help', () => {
  it.each([
    ['synth', createSynthProgram({ print: () => undefined }), '--output'],
    ['diff', createDiffProgram(), '--profile'],
    ['deploy', createDeployProgram({} as DeployProgramDeps), '--replace'],
  ])('tells how to use %s', (name, program, option) => {
    const help = program.helpInformation();
    expect(help).toContain(`Usage: ${name}`);
    expect(help).toContain(option);
    expect(help).toContain('--config');
  });
});
