import { CfnTrigger, CfnWorkflow } from 'aws-cdk-lib/aws-glue';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../../config/schema.ts';

export interface LakeStep {
  /** What the job makes; names its trigger. */
  readonly step: string;
  /** Name of the job. */
  readonly job: string;
}

export interface LakeWorkflowProps {
  readonly config: PipelineConfig;
  /** In their order; each runs when the one before it has succeeded. */
  readonly jobs: readonly [LakeStep, ...LakeStep[]];
  /** Name of the crawler that runs when the last job has succeeded. */
  readonly crawler: string;
}

/** What happens in the lake, one after the other: new objects become events, events become tables, the rest is catalogued. */
export class LakeWorkflow extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, { config, jobs, crawler }: LakeWorkflowProps) {
    super(scope, id);
    const name = config.WORKLOAD_NAME;

    const workflow = new CfnWorkflow(this, 'Workflow', {
      name,
      description: 'Turns what arrived into events and tables, and catalogues the rest',
      maxConcurrentRuns: 1,
    });
    // Glue allows one start trigger. On demand: a function looks first whether there is anything to do.
    let last = new CfnTrigger(this, 'Start', {
      name: `${name}-start`,
      type: 'ON_DEMAND',
      workflowName: workflow.ref,
      actions: [{ jobName: jobs[0].job }],
    });
    const later = [
      ...jobs.slice(1).map(({ step, job }) => ({ step: step.replaceAll('_', '-'), action: { jobName: job } })),
      { step: 'crawl', action: { crawlerName: crawler } },
    ];
    for (const [at, { step, action }] of later.entries()) {
      const trigger = new CfnTrigger(this, idOf(step), {
        name: `${name}-${step}`,
        type: 'CONDITIONAL',
        // Without it the trigger is there and never fires.
        startOnCreation: true,
        workflowName: workflow.ref,
        predicate: {
          logical: 'AND',
          conditions: [{ logicalOperator: 'EQUALS', jobName: jobs[at]!.job, state: 'SUCCEEDED' }],
        },
        actions: [action],
      });
      // Glue refuses to change a workflow in two places at once.
      trigger.addResourceDependency(last);
      last = trigger;
    }

    this.name = workflow.ref;
  }
}

const idOf = (step: string): string => step.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
