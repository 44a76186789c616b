import { Aws } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../../config/schema.ts';

export interface FailureNoticesProps {
  readonly config: PipelineConfig;
  /** Names of the jobs and the crawler that somebody has to hear of when they fail. */
  readonly jobs: readonly string[];
  readonly crawler: string;
}

/** Tells whoever subscribes (EMAIL_ADDRESS does) that a run of the lake's jobs failed, and why. */
export class FailureNotices extends Construct {
  readonly topic: Topic;
  /** Names of the rules that match a failure. */
  readonly rules: readonly string[];

  constructor(scope: Construct, id: string, { config, jobs, crawler }: FailureNoticesProps) {
    super(scope, id);

    this.topic = new Topic(this, 'Topic', { displayName: `${config.WORKLOAD_NAME} failures`, enforceSSL: true });
    if (config.EMAIL_ADDRESS !== undefined) this.topic.addSubscription(new EmailSubscription(config.EMAIL_ADDRESS));

    this.#letAlarmsTell();

    const jobFailed = new Rule(this, 'JobFailed', {
      description: 'A job of the workflow did not end well',
      eventPattern: {
        source: ['aws.glue'],
        detailType: ['Glue Job State Change'],
        detail: { jobName: [...jobs], state: ['FAILED', 'TIMEOUT', 'ERROR'] },
      },
      targets: [
        this.#tell({ job: field('jobName'), run: field('jobRunId'), state: field('state'), error: field('message') }),
      ],
    });
    const crawlFailed = new Rule(this, 'CrawlFailed', {
      description: 'The crawler did not end well',
      eventPattern: {
        source: ['aws.glue'],
        detailType: ['Glue Crawler State Change'],
        detail: { crawlerName: [crawler], state: ['Failed'] },
      },
      targets: [this.#tell({ crawler: field('crawlerName'), state: field('state'), error: field('errorMessage') })],
    });
    this.rules = [jobFailed.ruleName, crawlFailed.ruleName];
  }

  /** The topic's policy names who may publish. */
  #letAlarmsTell(): void {
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
  }

  /** As JSON: an error may hold quotes and line breaks, which EventBridge escapes in values and not within text. */
  #tell(notice: Readonly<Record<string, string>>): SnsTopic {
    return new SnsTopic(this.topic, { message: RuleTargetInput.fromObject(notice) });
  }
}

const field = (name: string): string => EventField.fromPath(`$.detail.${name}`);
