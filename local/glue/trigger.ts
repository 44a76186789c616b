import type { Properties } from '../runtime.ts';

/** What a trigger starts: a job, with arguments of its own, or a crawler. */
export interface TriggerAction {
  readonly JobName?: string;
  readonly CrawlerName?: string;
  readonly Arguments?: Readonly<Record<string, string>>;
}

export interface TriggerCondition {
  readonly LogicalOperator?: string;
  readonly JobName?: string;
  readonly State?: string;
  readonly CrawlerName?: string;
  readonly CrawlState?: string;
}

/** A trigger of a workflow. */
export interface Trigger {
  readonly Name: string;
  readonly WorkflowName: string;
  readonly Type: 'ON_DEMAND' | 'CONDITIONAL';
  /** A conditional trigger fires only when it is activated: `StartOnCreation` in the template. */
  readonly State: 'CREATED' | 'ACTIVATED';
  readonly Description?: string;
  readonly Actions: readonly TriggerAction[];
  readonly Predicate?: { readonly Logical: 'AND' | 'ANY'; readonly Conditions: readonly TriggerCondition[] };
}

/** Reads a trigger of a template. Throws on what has no stand-in. */
export function readTrigger(name: string, properties: Properties): Trigger {
  const { Type, WorkflowName, Description, StartOnCreation, Actions } = properties;
  if (typeof WorkflowName !== 'string') throw new Error(`trigger ${name} is in no workflow, which has no stand-in`);
  if (Type !== 'ON_DEMAND' && Type !== 'CONDITIONAL')
    throw new Error(`trigger ${name} is of type ${String(Type)}; ON_DEMAND and CONDITIONAL have stand-ins`);
  const Predicate = Type === 'CONDITIONAL' ? readPredicate(name, properties.Predicate) : undefined;
  return {
    Name: name,
    WorkflowName,
    Type,
    State: Type === 'CONDITIONAL' && String(StartOnCreation) === 'true' ? 'ACTIVATED' : 'CREATED',
    ...(typeof Description === 'string' && { Description }),
    Actions: (Actions ?? []) as readonly TriggerAction[],
    ...(Predicate && { Predicate }),
  };
}

function readPredicate(name: string, value: unknown): NonNullable<Trigger['Predicate']> {
  const { Logical = 'AND', Conditions = [] } = (value ?? {}) as {
    readonly Logical?: string;
    readonly Conditions?: readonly TriggerCondition[];
  };
  const isKnown = Conditions.every(
    ({ LogicalOperator = 'EQUALS', JobName, State, CrawlerName, CrawlState }) =>
      LogicalOperator === 'EQUALS' && ((JobName && State) || (CrawlerName && CrawlState)),
  );
  if (Conditions.length === 0 || !isKnown || (Logical !== 'AND' && Logical !== 'ANY'))
    throw new Error(`trigger ${name} has a predicate that has no stand-in: ${JSON.stringify(value)}`);
  return { Logical, Conditions };
}

/** How a job's run or a crawl of a workflow's run ended, by name. */
export interface Outcome {
  readonly kind: 'job' | 'crawler';
  readonly name: string;
  readonly state: string;
}

/** Whether a conditional trigger fires after these ends. */
export function isMet({ Predicate }: Trigger, outcomes: readonly Outcome[]): boolean {
  if (!Predicate) return false;
  const holds = ({ JobName, State, CrawlerName, CrawlState }: TriggerCondition) =>
    outcomes.some(({ kind, name, state }) =>
      kind === 'job' ? name === JobName && state === State : name === CrawlerName && state === CrawlState,
    );
  return Predicate.Logical === 'AND' ? Predicate.Conditions.every(holds) : Predicate.Conditions.some(holds);
}
