import { CfnTrigger, CfnWorkflow } from 'aws-cdk-lib/aws-glue';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../../config/schema.ts';

export interface LakeWorkflowProps {
  readonly config: PipelineConfig;
  /** Name of the job that runs first. */
  readonly eventsJob: string;
  /** Name of the crawler that runs when the job has succeeded. */
  readonly crawler: string;
}

/** What happens in the lake, one after the other: new objects become events, then the rest is catalogued. */
export class LakeWorkflow extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, { config, eventsJob, crawler }: LakeWorkflowProps) {
    super(scope, id);
    const name = config.WORKLOAD_NAME;

    const workflow = new CfnWorkflow(this, 'Workflow', {
      name,
      description: 'Turns what arrived into events and catalogues the rest',
      maxConcurrentRuns: 1,
    });
    // Glue allows one start trigger. On demand: a function looks first whether there is anything to do.
    const start = new CfnTrigger(this, 'Start', {
      name: `${name}-start`,
      type: 'ON_DEMAND',
      workflowName: workflow.ref,
      actions: [{ jobName: eventsJob }],
    });
    const crawl = new CfnTrigger(this, 'Crawl', {
      name: `${name}-crawl`,
      type: 'CONDITIONAL',
      // Without it the trigger is there and never fires.
      startOnCreation: true,
      workflowName: workflow.ref,
      predicate: {
        logical: 'AND',
        conditions: [{ logicalOperator: 'EQUALS', jobName: eventsJob, state: 'SUCCEEDED' }],
      },
      actions: [{ crawlerName: crawler }],
    });
    // Glue refuses to change a workflow in two places at once.
    crawl.addResourceDependency(start);

    this.name = workflow.ref;
  }
}
