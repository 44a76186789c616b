import { exportedNames, importedNames, type Templates } from './stack-template.ts';

/** Stacks of a deployment in pipeline order: a stack imports from earlier ones. */
export const stackOrder = [
  'storage',
  'data-lake',
  'ingestion',
  'api',
  'warehouse',
  'real-time',
  'console',
  'operations',
] as const;

/** Names of the stacks a workload may have. */
export const stackNames = (workload: string): readonly string[] => stackOrder.map((stack) => `${workload}-${stack}`);

/**
 * Stacks that are deployed and no longer configured, consumers first. They go after the deployment: what stays has let
 * go of them by then, and works until then.
 */
export function planRemovals(deployed: Templates, kept: ReadonlySet<string>): readonly string[] {
  const obsolete = [...deployed.keys()].filter((name) => !kept.has(name));
  return consumersFirst(deployed, obsolete);
}

function producersOf(deployed: Templates, consumer: string): readonly string[] {
  const template = deployed.get(consumer);
  if (template === undefined) return [];
  const imported = importedNames(template);
  return [...deployed]
    .filter(([, producer]) => [...exportedNames(producer)].some((name) => imported.has(name)))
    .map(([name]) => name);
}

/** A stack comes after every stack that imports from it. */
function consumersFirst(deployed: Templates, names: readonly string[]): readonly string[] {
  const ordered: string[] = [];
  const visit = (name: string): void => {
    if (ordered.includes(name)) return;
    for (const producer of producersOf(deployed, name)) if (names.includes(producer)) visit(producer);
    ordered.push(name);
  };
  for (const name of names) visit(name);
  return ordered.toReversed();
}
