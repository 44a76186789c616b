import { expect, it } from 'vitest';
import { buildFunction } from '../../../lib/constructs/build-function.ts';

type Outputs = ReturnType<typeof buildFunction>['outputs'];

/** Modules that a cold start reads: the entry, and what it imports without an `import()`. */
function readAtStart(outputs: Outputs): readonly string[] {
  const read = new Set<string>();
  const open = Object.keys(outputs).filter((path) => path.endsWith('/index.mjs'));
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (read.has(path)) continue;
    read.add(path);
    for (const { path: next, kind, external } of outputs[path]!.imports) {
      if (kind === 'import-statement' && !external) open.push(next);
    }
  }
  return [...read];
}

/** Packages that modules are made of. What the SDK's clients themselves are made of goes without saying. */
function packagesIn(outputs: Outputs, modules: readonly string[]): readonly string[] {
  const inputs = modules.flatMap((path) => Object.keys(outputs[path]!.inputs));
  const packages = inputs.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  const ofSdk = /^bowser$|^@smithy\/|^@aws\/|^@aws-crypto\/|^@aws-sdk\/(?!client-)/;
  return [...new Set(packages)].filter((name) => !ofSdk.test(name)).toSorted();
}

const zod = ['zod'];
const kilobytes = (outputs: Outputs, modules: readonly string[]): number =>
  modules.reduce((sum, path) => sum + outputs[path]!.bytes, 0) / 1_000;

it.each([
  ['api-authorizer', 30, [], []],
  ['events-processing', 70, [], []],
  ['api-admin', 200, zod, ['@aws-sdk/client-api-gateway', '@aws-sdk/client-athena', '@aws-sdk/client-glue']],
  ['api-accounts', 190, zod, ['@aws-sdk/client-firehose', '@aws-sdk/client-kinesis']],
  [
    'api-reports',
    450,
    ['@aws-sdk/client-athena', '@aws-sdk/client-glue'],
    ['int53', 'node-int64', 'parquetjs-lite', 'snappyjs', 'varint'],
  ],
  ['start-workflow', 720, ['@aws-sdk/client-s3', ...zod], ['@aws-sdk/client-glue']],
] as const)('%s reads below %i KB at its start, of %j, and %j when it is needed', (folder, limit, atStart, later) => {
  const { outputs } = buildFunction(folder);
  const read = readAtStart(outputs);
  const first = packagesIn(outputs, read);
  const all = packagesIn(outputs, Object.keys(outputs));
  expect({ first, later: all.filter((name) => !first.includes(name)) }).toEqual({ first: atStart, later });
  expect(kilobytes(outputs, read)).toBeLessThan(limit);
});
