import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findReplacements } from '../../../cli/deploy/find-replacements.ts';
import { findLeavingStreams, planKeep } from '../../../cli/deploy/plan-keep.ts';
import { planRemovals } from '../../../cli/deploy/plan-removals.ts';
import {
  exportedNames,
  importedNames,
  referencedIds,
  type StackTemplate,
  type Templates,
} from '../../../cli/deploy/stack-template.ts';
import { synthesize } from '../../../lib/synthesize.ts';
import { readAssembly } from '../../../local/template/assembly.ts';
import { modeAssembly } from '../../support/mode-assembly.ts';
import { removeFolder } from '../../support/temporary-folder.ts';

const templatesIn = (dir: string): Templates =>
  new Map(readAssembly(dir).stacks.map(({ stackName, template }) => [stackName, template as unknown as StackTemplate]));

let dirs: { readonly lake: string; readonly warehouse: string };

beforeAll(async () => {
  dirs = {
    lake: await modeAssembly({ INGEST_MODE: 'DIRECT_BATCH', DATA_STACK: 'DATA_LAKE' }),
    warehouse: await modeAssembly({ INGEST_MODE: 'KINESIS_DATA_STREAMS', DATA_STACK: 'REDSHIFT' }),
  };
});
afterAll(async () => {
  for (const dir of Object.values(dirs)) await removeFolder(dirname(dir));
});

/** What `npm run deploy` does between two modes, up to the templates it hands to the CDK. */
async function plan(from: string, to: string) {
  const [deployed, next] = [templatesIn(from), templatesIn(to)];
  const leaving = findLeavingStreams(deployed, next);
  const kept = planKeep(deployed, next, leaving, new Map());
  const outdir = join(dirname(to), 'kept');
  await synthesize({ configPath: join(dirname(to), 'config.yaml'), outdir, kept });
  return {
    deployed,
    leaving,
    kept,
    handed: templatesIn(outdir),
    removals: planRemovals(deployed, new Set(next.keys())),
  };
}

/** What a template names and does not have. */
function dangling({ Resources, ...template }: StackTemplate): readonly string[] {
  const parameters = Object.keys((template as { readonly Parameters?: object }).Parameters ?? {});
  const known = new Set([...Object.keys(Resources), ...parameters]);
  const named = [
    ...referencedIds(Resources),
    ...referencedIds(template.Outputs),
    ...Object.values(Resources).flatMap(({ DependsOn = [] }) => [DependsOn].flat()),
  ];
  return named.filter((id) => !id.startsWith('AWS::') && !known.has(id));
}

const missingExports = (importers: Templates, exporters: Templates): readonly string[] => {
  const offered = new Set([...exporters.values()].flatMap((template) => Array.from(exportedNames(template))));
  return [...importers.values()]
    .flatMap((template) => Array.from(importedNames(template)))
    .filter((name) => !offered.has(name));
};

describe('a deployment that switches both modes', () => {
  it.each([
    ['to the stream and the warehouse', 'lake', 'warehouse', ['AWS::KinesisFirehose::DeliveryStream'], []],
    [
      'back',
      'warehouse',
      'lake',
      ['AWS::Kinesis::Stream', 'AWS::KinesisFirehose::DeliveryStream'],
      ['playlake-dev-warehouse'],
    ],
  ] as const)('%s keeps the streams that leave, and lists the stacks to delete', async (_, from, to, types, stacks) => {
    const { deployed, leaving, handed, removals } = await plan(dirs[from], dirs[to]);
    expect(leaving.map(({ type }) => type).toSorted()).toEqual(types);
    expect(removals).toEqual(stacks);
    // Each is to be confirmed by name, and nothing else that holds data is touched.
    expect(
      findReplacements(deployed, templatesIn(dirs[to]))
        .map(({ logicalId }) => logicalId)
        .toSorted(),
    ).toEqual(leaving.map(({ logicalId }) => logicalId).toSorted());
    for (const { stack, logicalId } of leaving) {
      expect(handed.get(stack)?.Resources[logicalId]).toMatchObject({ DeletionPolicy: 'Retain' });
    }
    expect([...handed].flatMap(([, template]) => dangling(template))).toEqual([]);
    // CloudFormation would refuse to drop an export that a stack still imports, be it one that is deployed anew later.
    expect(missingExports(handed, handed)).toEqual([]);
    expect(missingExports(deployed, new Map([...handed, ...onlyIn(deployed, handed)]))).toEqual([]);
  });
});

const onlyIn = (one: Templates, other: Templates): Templates => new Map([...one].filter(([name]) => !other.has(name)));
