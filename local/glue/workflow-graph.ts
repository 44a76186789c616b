import { createHash } from 'node:crypto';
import type { Trigger } from './trigger.ts';
import type { SeenAction } from './workflow-run.ts';

interface GraphNode {
  readonly Type: 'TRIGGER' | 'JOB' | 'CRAWLER';
  readonly Name: string;
  readonly UniqueId: string;
  readonly [details: string]: unknown;
}

export interface WorkflowGraph {
  readonly Nodes: readonly GraphNode[];
  readonly Edges: readonly { readonly SourceId: string; readonly DestinationId: string }[];
}

/**
 * A workflow's triggers, jobs and crawlers, and what starts what: a trigger points at its actions, and what a trigger
 * waits for points at it. With the actions of a run, its nodes say what became of them.
 */
export function workflowGraph(
  workflow: string,
  triggers: readonly Trigger[],
  run?: readonly SeenAction[],
): WorkflowGraph {
  const idOf = (type: string, name: string) =>
    `wnode_${createHash('sha256').update(`${workflow}\n${type}\n${name}`).digest('hex')}`;
  const nodes = new Map<string, GraphNode>();
  const edges = new Map<string, WorkflowGraph['Edges'][number]>();
  const node = (Type: GraphNode['Type'], Name: string, details: Readonly<Record<string, unknown>>): string => {
    const UniqueId = idOf(Type, Name);
    if (!nodes.has(UniqueId)) nodes.set(UniqueId, { Type, Name, UniqueId, ...details });
    return UniqueId;
  };
  const worker = (job: string | undefined, crawler: string | undefined): string =>
    job === undefined
      ? node('CRAWLER', crawler ?? '', { CrawlerDetails: { Crawls: crawls(run, crawler ?? '') } })
      : node('JOB', job, { JobDetails: { JobRuns: jobRuns(run, job) } });
  const edge = (SourceId: string, DestinationId: string) =>
    void edges.set(`${SourceId} ${DestinationId}`, { SourceId, DestinationId });

  for (const trigger of triggers) {
    const id = node('TRIGGER', trigger.Name, { TriggerDetails: { Trigger: trigger } });
    for (const { JobName, CrawlerName } of trigger.Actions) edge(id, worker(JobName, CrawlerName));
    for (const { JobName, CrawlerName } of trigger.Predicate?.Conditions ?? []) edge(worker(JobName, CrawlerName), id);
  }
  return { Nodes: [...nodes.values()], Edges: [...edges.values()] };
}

function jobRuns(run: readonly SeenAction[] | undefined, job: string): readonly unknown[] {
  return (run ?? []).flatMap((action) => (action.kind === 'job' && action.name === job ? [action.jobRun] : []));
}

function crawls(run: readonly SeenAction[] | undefined, crawler: string): readonly unknown[] {
  return (run ?? []).flatMap((action) => (action.kind === 'crawler' && action.name === crawler ? [action.crawl] : []));
}
