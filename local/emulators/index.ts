import type { Emulator } from '../runtime.ts';
import { alarm } from './alarm.ts';
import { apiKey } from './api-key.ts';
import { bucketPolicy } from './bucket-policy.ts';
import { bucket } from './bucket.ts';
import { customResource } from './custom-resource.ts';
import { dashboard } from './dashboard.ts';
import { deletionHelper } from './deletion-helper.ts';
import { deliveryStream } from './delivery-stream.ts';
import { deployment } from './deployment.ts';
import { distribution } from './distribution.ts';
import { eventInvokeConfig } from './event-invoke-config.ts';
import { eventRule } from './event-rule.ts';
import { gatewayAccount } from './gateway-account.ts';
import { gatewayResponse } from './gateway-response.ts';
import { glueCrawler } from './glue-crawler.ts';
import { glueDatabase } from './glue-database.ts';
import { glueJob } from './glue-job.ts';
import { glueTable } from './glue-table.ts';
import { glueTrigger } from './glue-trigger.ts';
import { glueWorkflow } from './glue-workflow.ts';
import { kinesisStream } from './kinesis-stream.ts';
import { kmsAlias } from './kms-alias.ts';
import { kmsKey } from './kms-key.ts';
import { lambdaFunction } from './lambda-function.ts';
import { lambdaPermission } from './lambda-permission.ts';
import { logGroup } from './log-group.ts';
import { metricFilter } from './metric-filter.ts';
import { namedQuery } from './named-query.ts';
import { network } from './network.ts';
import { policy } from './policy.ts';
import { queuePolicy } from './queue-policy.ts';
import { queue } from './queue.ts';
import { redshiftNamespace } from './redshift-namespace.ts';
import { redshiftWorkgroup } from './redshift-workgroup.ts';
import { restApi } from './rest-api.ts';
import { role } from './role.ts';
import { scheduleGroup } from './schedule-group.ts';
import { schedule } from './schedule.ts';
import { secretPolicy } from './secret-policy.ts';
import { secret } from './secret.ts';
import { stage } from './stage.ts';
import { stateMachine } from './state-machine.ts';
import { subscription } from './subscription.ts';
import { tableOptimizer } from './table-optimizer.ts';
import { table } from './table.ts';
import { topicPolicy } from './topic-policy.ts';
import { topic } from './topic.ts';
import { usagePlanKey } from './usage-plan-key.ts';
import { usagePlan } from './usage-plan.ts';
import { workGroup } from './work-group.ts';

/** Every stand-in there is, one line each. A resource type that none of them names is reported at start. */
export const emulators: readonly Emulator[] = [
  alarm,
  apiKey,
  bucket,
  bucketPolicy,
  customResource,
  dashboard,
  deletionHelper,
  deliveryStream,
  deployment,
  distribution,
  eventInvokeConfig,
  eventRule,
  gatewayAccount,
  gatewayResponse,
  glueCrawler,
  glueDatabase,
  glueJob,
  glueTable,
  glueTrigger,
  glueWorkflow,
  kinesisStream,
  kmsAlias,
  kmsKey,
  lambdaFunction,
  lambdaPermission,
  logGroup,
  metricFilter,
  namedQuery,
  network,
  policy,
  queue,
  queuePolicy,
  redshiftNamespace,
  redshiftWorkgroup,
  restApi,
  role,
  schedule,
  scheduleGroup,
  secret,
  secretPolicy,
  stage,
  stateMachine,
  subscription,
  table,
  tableOptimizer,
  topic,
  topicPolicy,
  usagePlan,
  usagePlanKey,
  workGroup,
];
