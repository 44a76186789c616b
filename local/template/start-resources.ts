import type { Resource, Started } from '../runtime.ts';
import type { StackTemplate } from './assembly.ts';
import { RunningStack } from './running-stack.ts';
import type { Account, ExportedOutput, Node, RunningResource } from './running-stack.ts';

export interface RunningTemplates {
  /** In the order they were started. */
  readonly resources: readonly RunningResource[];
  /** Resolved outputs of all stacks, by key; a key that several stacks use is an error when it is read. */
  output(key: string): string | undefined;
}

/**
 * Resolves the resources of all stacks in the order of their references (Ref, GetAtt, Sub, ImportValue, DependsOn) and
 * hands each to `start`, whose answer gives the values for those that come later.
 */
export async function startResources(
  stacks: readonly StackTemplate[],
  account: Account,
  start: (resource: Resource) => Promise<Started>,
): Promise<RunningTemplates> {
  const running: RunningResource[] = [];
  const templates: readonly RunningStack[] = stacks.map((stack) => new RunningStack(stack, account, findExport));
  function findExport(exportName: string): ExportedOutput {
    for (const stack of templates) {
      const output = stack.exported(exportName);
      if (output) return { stack, output };
    }
    throw new Error(`no stack exports ${exportName}`);
  }

  for (const node of orderNodes(templates)) {
    const resource = node.stack.resolveResource(node.logicalId);
    const started = await start(resource);
    node.stack.started.set(node.logicalId, { resource, started });
    running.push({ resource, started });
  }

  return {
    resources: running,
    output(key) {
      const values = templates.map((stack) => stack.output(key)).filter((value) => value !== undefined);
      if (values.length > 1) throw new Error(`several stacks have an output ${key}`);
      return values[0];
    },
  };
}

/** Depth first, dependencies before dependents; otherwise in the order of the templates. */
function orderNodes(stacks: readonly RunningStack[]): readonly Node[] {
  const ordered: Node[] = [];
  const done = new Set<string>();
  const path: string[] = [];

  const visit = (node: Node): void => {
    const name = `${node.stack.name}/${node.logicalId}`;
    if (done.has(name)) return;
    if (path.includes(name)) {
      throw new Error(`resources depend on each other: ${[...path.slice(path.indexOf(name)), name].join(' -> ')}`);
    }
    path.push(name);
    for (const dependency of node.stack.dependencies(node.logicalId)) visit(dependency);
    path.pop();
    done.add(name);
    ordered.push(node);
  };

  for (const stack of stacks) for (const logicalId of stack.logicalIds()) visit({ stack, logicalId });
  return ordered;
}
