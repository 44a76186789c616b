import { fileURLToPath } from 'node:url';
import { Validations } from 'aws-cdk-lib';
import { CfnJob } from 'aws-cdk-lib/aws-glue';
import { Grant, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../../config/schema.ts';
import { glueModules } from './glue-modules.ts';
import { RetainedLogs } from './retained-logs.ts';
import { textAsset } from './text-asset.ts';

export interface LakeJobProps {
  readonly config: PipelineConfig;
  /** The job's name behind the workload's; on the laptop it tells what stands in for the script. */
  readonly suffix: string;
  readonly description: string;
  /** File of `glue-scripts/`. */
  readonly script: string;
  /** What the script does, as JSON: its argument `--plan`. */
  readonly plan: object;
  /** What the script is told besides; a run may override it. */
  readonly arguments: Readonly<Record<string, string>>;
  /** Minutes after which a run is ended. */
  readonly timeoutMinutes: number;
}

/** A Spark job of the lake, with a role that may read its own script and write its own logs. Each job adds the rest. */
export class LakeJob extends Construct {
  readonly name: string;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: LakeJobProps) {
    super(scope, id);
    const { config } = props;
    const jobName = `${config.WORKLOAD_NAME}-${props.suffix}`;
    const logPrefix = `/aws-glue/jobs/${jobName}`;

    const path = fileURLToPath(new URL(`../../glue-scripts/${props.script}`, import.meta.url));
    const code = new Asset(this, 'Script', { path });
    const plan = textAsset(this, 'Plan', 'plan.json', JSON.stringify(props.plan));
    const modules = glueModules(this);
    this.role = this.#role(config, [code, modules, plan], logPrefix);

    const job = new CfnJob(this, 'Job', {
      name: jobName,
      description: props.description,
      role: this.role.roleArn,
      command: { name: 'glueetl', pythonVersion: '3', scriptLocation: code.s3ObjectUrl },
      glueVersion: '5.1',
      workerType: 'G.1X',
      numberOfWorkers: 2,
      timeout: props.timeoutMinutes,
      // A run that failed is run again by the next hour; two at once would only find out that one of them loses.
      maxRetries: 0,
      executionProperty: { maxConcurrentRuns: 1 },
      defaultArguments: {
        ...props.arguments,
        '--plan': plan.s3ObjectUrl,
        '--extra-py-files': modules.s3ObjectUrl,
        '--enable-auto-scaling': 'true',
        '--custom-logGroup-prefix': logPrefix,
      },
    });
    // The first run may come as soon as the job is there.
    job.node.addDependency(this.role);
    this.name = job.ref;
    acknowledgeRules(job);
  }

  #role(config: PipelineConfig, assets: readonly Asset[], logPrefix: string): Role {
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('glue.amazonaws.com') });
    Grant.addToPrincipal({
      grantee: role,
      actions: ['s3:GetObject'],
      resourceArns: assets.map(({ bucket, s3ObjectKey }) => bucket.arnForObjects(s3ObjectKey)),
    });
    for (const kind of ['error', 'output']) {
      const logs = new RetainedLogs(this, `${kind}Logs`, { config, logGroupName: `${logPrefix}/${kind}` });
      // The job asks for the group each time, though it is there.
      logs.grant(role, 'logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents');
    }
    return role;
  }
}

/** Spark's settings for Iceberg tables of the Glue catalog. Glue takes several as one argument, joined by ` --conf `. */
export function icebergArguments(warehouse: string): Readonly<Record<string, string>> {
  const catalog = 'spark.sql.catalog.glue_catalog';
  const settings = [
    'spark.sql.extensions=org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions',
    `${catalog}=org.apache.iceberg.spark.SparkCatalog`,
    `${catalog}.catalog-impl=org.apache.iceberg.aws.glue.GlueCatalog`,
    `${catalog}.io-impl=org.apache.iceberg.aws.s3.S3FileIO`,
    `${catalog}.warehouse=${warehouse}`,
  ];
  return { '--datalake-formats': 'iceberg', '--conf': settings.join(' --conf ') };
}

function acknowledgeRules(job: CfnJob): void {
  Validations.of(job).acknowledge(
    {
      id: 'AwsSolutions-GL1',
      reason: 'The log holds names of objects and counts, no payloads; CloudWatch encrypts it with a key of its own.',
    },
    { id: 'AwsSolutions-GL3', reason: 'The job keeps no bookmark: what it has taken stands in its own manifest.' },
  );
}
