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

export interface Removals {
  /** To be deleted before the deployment: nothing that stays imports from them. */
  readonly before: readonly string[];
  /** To be deleted after it: a stack that stays imports from them until it is deployed anew. */
  readonly after: readonly string[];
}

/** Stacks that are deployed and no longer configured, consumers first. */
export function planRemovals(deployed: Templates, kept: ReadonlySet<string>): Removals {
  const obsolete = [...deployed.keys()].filter((name) => !kept.has(name));
  const still = new Set(neededBy(deployed, kept));
  const ordered = consumersFirst(deployed, obsolete);
  return {
    before: ordered.filter((name) => !still.has(name)),
    after: ordered.filter((name) => still.has(name)),
  };
}

/** Obsolete stacks that the kept ones import from, directly or through another obsolete stack. */
function neededBy(deployed: Templates, kept: ReadonlySet<string>): readonly string[] {
  const needed = new Set<string>();
  const visit = (name: string): void => {
    for (const producer of producersOf(deployed, name)) {
      if (kept.has(producer) || needed.has(producer)) continue;
      needed.add(producer);
      visit(producer);
    }
  };
  for (const name of deployed.keys()) if (kept.has(name)) visit(name);
  return [...needed];
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
