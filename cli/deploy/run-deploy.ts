import { UsageError } from '../run-cli.ts';
import type { CloudStacks, DeployedStack } from './cloud-stacks.ts';
import { deployedEndpoints, type DeployedEndpoints } from './deployed-endpoints.ts';
import { findReplacements, type Replacement } from './find-replacements.ts';
import { findTableChanges } from './find-table-changes.ts';
import { planRemovals, stackNames } from './plan-removals.ts';
import { exportsOf, importsAny, releaseImports } from './release-imports.ts';
import type { Templates } from './stack-template.ts';

/** What a deployment needs from outside. */
export interface DeployDeps {
  readonly cloud: CloudStacks;
  /** Has the CDK deploy every stack of the assembly. */
  readonly deployAll: () => Promise<void>;
  readonly confirm: (question: string) => Promise<boolean>;
  readonly print: (line: string) => void;
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
 * is confirmed by name; deletes stacks that are no longer configured, lets importers go of what is replaced. Throws
 * UsageError, saying what to do.
 */
export async function runDeploy(
  { workload, templates, replace }: Deployment,
  deps: DeployDeps,
): Promise<DeployedEndpoints> {
  const deployed = await findStacks(deps.cloud, stackNames(workload));
  const current: Templates = new Map(deployed.map(({ name, template }) => [name, template]));

  refuseTableChanges(current, templates);
  const replacements = findReplacements(current, templates);
  refuseUnconfirmed(replacements, replace);

  const removals = planRemovals(current, new Set(templates.keys()));
  await removeStacks(removals.before, deps);
  await releaseImporters(deployed, replacements, deps);
  await deps.deployAll();
  await removeStacks(removals.after, deps);

  return deployedEndpoints(await findStacks(deps.cloud, [...templates.keys()]));
}

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
      `  npm run deploy -- ${replacements.map(({ logicalId }) => `--replace ${logicalId}`).join(' ')}`,
    ].join('\n'),
  );
}

const describeReplacement = ({ stack, logicalId, type, because, advice }: Replacement): string =>
  `  ${logicalId} (${type} in ${stack}): ${because};\n    ${advice}.`;

async function removeStacks(names: readonly string[], { cloud, confirm, print }: DeployDeps): Promise<void> {
  for (const name of names) {
    if (await confirm(`The configuration no longer has the stack ${name}. Delete it?`)) {
      await cloud.delete(name);
      print(`deleted the stack ${name}`);
    } else {
      print(`kept the stack ${name}, which the configuration no longer has`);
    }
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
