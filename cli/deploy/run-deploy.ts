import { UsageError } from '../run-cli.ts';
import type { CloudStacks, DeployedStack } from './cloud-stacks.ts';
import { deployedEndpoints, type DeployedEndpoints } from './deployed-endpoints.ts';
import { isDataProtected } from '../../lib/protected-data.ts';
import { findLosses, losesStore } from './find-losses.ts';
import { findReplacements, type Replacement } from './find-replacements.ts';
import { findTableChanges } from './find-table-changes.ts';
import {
  chooseDeletions,
  deleteStreams,
  describeOldStream,
  findOldStreams,
  type OldStreamsDeps,
} from './old-streams.ts';
import { findLeavingStreams, planKeep, type KeptByStack, type LeavingStream } from './plan-keep.ts';
import { planRemovals, stackNames } from './plan-removals.ts';
import { exportsOf, importsAny, releaseImports } from './release-imports.ts';
import type { Templates } from './stack-template.ts';

/** What a deployment needs from outside. */
export interface DeployDeps extends OldStreamsDeps {
  readonly cloud: CloudStacks;
  /** Has the CDK deploy every stack of the assembly, and what they keep of their last deployment. */
  readonly deployAll: (kept: KeptByStack) => Promise<void>;
  /** Has the warehouse load what the lake holds already; says what it did. */
  readonly backfill: (endpoints: DeployedEndpoints) => Promise<string>;
}

export interface Deployment {
  readonly workload: string;
  /** What the configuration gives. */
  readonly templates: Templates;
  /** Logical ids whose replacement is wanted. */
  readonly replace: readonly string[];
}

/**
 * Deploys a workload: stops where a table would no longer fit its files, and where data would be left behind unless that
 * is confirmed by name. A stream that was replaced stays until it has delivered what it holds; stacks that are no longer
 * configured go after the deployment; a warehouse that is new is filled from the lake. Throws UsageError, saying what to
 * do.
 */
export async function runDeploy(
  { workload, templates, replace }: Deployment,
  deps: DeployDeps,
): Promise<DeployedEndpoints> {
  const deployed = await findStacks(deps.cloud, stackNames(workload));
  const current: Templates = new Map(deployed.map(({ name, template }) => [name, template]));

  refuseTableChanges(current, templates);
  const leaving = findLeavingStreams(current, templates);
  const replacements = findReplacements(current, templates).filter(
    (one) => !leaving.some((stream) => isSame(one, stream) && stream.isSuperseded),
  );
  const losses = findLosses(current, templates);
  refuseProtected(current, [...replacements.filter(losesStore), ...losses]);
  refuseUnconfirmed([...replacements, ...losses], replace);

  const removed = await chooseRemovals(planRemovals(current, new Set(templates.keys())), deps);
  const old = await findOldStreams(workload, deployed, leaving, deps);
  const drained = await chooseDeletions(old, deps);
  const staying = leaving.filter((stream) => !drained.some((one) => one.leaving === stream));
  const exports = new Map(deployed.flatMap((stack) => [...stack.exports]));

  const changing = replacements.filter((one) => !leaving.some((stream) => isSame(one, stream)));
  await releaseImporters(deployed, changing, deps);
  await deps.deployAll(planKeep(current, templates, staying, exports));
  await removeStacks(removed, deps);
  await deleteStreams(drained, deps);
  for (const one of old) if (!drained.includes(one)) deps.print(describeOldStream(one));
  for (const stream of staying) if (!stream.isSuperseded) deps.print(describeSuperseded(stream, deployed));

  const endpoints = deployedEndpoints(await findStacks(deps.cloud, [...templates.keys()]));
  const warehouse = `${workload}-warehouse`;
  if (templates.has(warehouse) && !current.has(warehouse)) deps.print(await tryBackfill(endpoints, deps));
  return endpoints;
}

const isSame = (
  one: { readonly stack: string; readonly logicalId: string },
  other: { readonly stack: string; readonly logicalId: string },
): boolean => one.stack === other.stack && one.logicalId === other.logicalId;

async function findStacks(cloud: CloudStacks, names: readonly string[]): Promise<readonly DeployedStack[]> {
  const found = await Promise.all(names.map((name) => cloud.find(name)));
  return found.filter((stack) => stack !== undefined);
}

function refuseTableChanges(deployed: Templates, next: Templates): void {
  const changes = findTableChanges(deployed, next);
  if (changes.length === 0) return;
  throw new UsageError(
    [
      'stored files would not follow this deployment; nothing was deployed:',
      ...changes.map(({ stack, table, because, advice }) => `  ${table} (in ${stack}): ${because};\n    ${advice}.`),
    ].join('\n'),
  );
}

/** The first of the two keys that destroy data: protection is off, and was deployed so before. */
function refuseProtected(deployed: Templates, losses: readonly Replacement[]): void {
  if (losses.length === 0 || !isDataProtected([...deployed.values()].map(({ Resources }) => Resources))) return;
  throw new UsageError(
    [
      'this deployment would destroy data that is protected; nothing was deployed:',
      ...losses.map(describeReplacement),
      'Change the configuration back. If the data is to go: set DATA_PROTECTION: false and deploy that alone, then deploy',
      'this again, which asks for its confirmation by name.',
    ].join('\n'),
  );
}

function refuseUnconfirmed(replacements: readonly Replacement[], confirmed: readonly string[]): void {
  const unknown = confirmed.filter((id) => !replacements.some(({ logicalId }) => logicalId === id));
  if (unknown.length > 0) {
    throw new UsageError(`nothing would be replaced by the name of ${unknown.join(', ')}; nothing was deployed`);
  }
  const open = replacements.filter(({ logicalId }) => !confirmed.includes(logicalId));
  if (open.length === 0) return;
  throw new UsageError(
    [
      'this deployment would leave data behind; nothing was deployed:',
      ...open.map(describeReplacement),
      'Change the configuration back, or confirm by name:',
      `  npm run deploy -- ${[...new Set(replacements.map(({ logicalId }) => `--replace ${logicalId}`))].join(' ')}`,
    ].join('\n'),
  );
}

const describeReplacement = ({ stack, logicalId, type, because, advice }: Replacement): string =>
  `  ${logicalId} (${type} in ${stack}): ${because};\n    ${advice}.`;

/** Lists the stacks that the configuration no longer has, and asks about each. */
async function chooseRemovals(
  names: readonly string[],
  { confirm, print }: Pick<DeployDeps, 'confirm' | 'print'>,
): Promise<readonly string[]> {
  if (names.length > 0) print(`no longer configured, to be deleted in this order: ${names.join(', ')}`);
  const chosen: string[] = [];
  for (const name of names) {
    if (await confirm(`The configuration no longer has the stack ${name}. Delete it?`)) chosen.push(name);
    else print(`kept the stack ${name}, which the configuration no longer has`);
  }
  return chosen;
}

async function removeStacks(names: readonly string[], { cloud, print }: DeployDeps): Promise<void> {
  for (const name of names) {
    await cloud.delete(name);
    print(`deleted the stack ${name}`);
  }
}

function describeSuperseded({ stack, logicalId, type }: LeavingStream, deployed: readonly DeployedStack[]): string {
  const name = deployed.find((one) => one.name === stack)?.physicalIds.get(logicalId) ?? logicalId;
  const kind = type === 'AWS::Kinesis::Stream' ? 'Kinesis stream' : 'delivery stream';
  return (
    `the ${kind} ${name} takes no more events from the API and stays until all it holds is delivered: deploy again in ` +
    'half an hour, which looks at its metrics and asks before it deletes'
  );
}

/** What the lake holds is there whether it is loaded or not: a failure costs another command, not the deployment. */
async function tryBackfill(endpoints: DeployedEndpoints, { backfill }: DeployDeps): Promise<string> {
  try {
    return await backfill(endpoints);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `the warehouse is not filled from the lake yet (${reason}): run \`npm run warehouse -- backfill\``;
  }
}

/** Lets every stack that imports something replaced hold the present value, since an export in use cannot change. */
async function releaseImporters(
  deployed: readonly DeployedStack[],
  replacements: readonly Replacement[],
  { cloud, print }: DeployDeps,
): Promise<void> {
  const changing = new Map<string, string>();
  for (const { name, template, exports } of deployed) {
    for (const { logicalId } of replacements.filter(({ stack }) => stack === name)) {
      for (const exported of exportsOf(template, logicalId)) changing.set(exported, exports.get(exported) ?? '');
    }
  }
  for (const { name, template } of deployed) {
    if (!importsAny(template, new Set(changing.keys()))) continue;
    await cloud.update(name, releaseImports(template, changing));
    print(`${name} no longer depends on what is replaced`);
  }
}
