/**
 * Names of the environment variables that the stacks set and the functions read. Those of settings (`MAX_EVENT_AGE_DAYS`,
 * `RAW_EVENTS_PREFIX`, `HOT_DAYS` …) have the setting's name; `CORS_ORIGINS` is a comma-separated list or `*`.
 */
export const Env = {
  applicationsTable: 'APPLICATIONS_TABLE',
  authorizationsTable: 'AUTHORIZATIONS_TABLE',
  authorizationsByApplicationIndex: 'AUTHORIZATIONS_BY_APPLICATION_INDEX',
  undeclaredEventTypes: 'UNDECLARED_EVENT_TYPES',
  maxEventAgeDays: 'MAX_EVENT_AGE_DAYS',
  corsOrigins: 'CORS_ORIGINS',
  workloadName: 'WORKLOAD_NAME',
  /** Ids of the usage plans of the two classes of tokens. */
  clientUsagePlan: 'CLIENT_USAGE_PLAN',
  serverUsagePlan: 'SERVER_USAGE_PLAN',
  /** Value of the API key of tokens that have none of their own. */
  sharedUsageKey: 'SHARED_USAGE_KEY',
  workflowName: 'WORKFLOW_NAME',
  lakeBucket: 'LAKE_BUCKET',
  /** Bucket of the console's files. */
  consoleBucket: 'CONSOLE_BUCKET',
  rawEventsPrefix: 'RAW_EVENTS_PREFIX',
  manifestKey: 'MANIFEST_KEY',
  /** Key of the object that says what the account tables have taken. */
  accountsStateKey: 'ACCOUNTS_STATE_KEY',
  deliveryStream: 'DELIVERY_STREAM',
  /** The Kinesis stream that events are put to, where there is one: then no delivery stream takes any. */
  ingestStream: 'INGEST_STREAM',
  playerKeysTable: 'PLAYER_KEYS_TABLE',
  piiKeyId: 'PII_KEY_ID',
  /** ARN of the secret that keys digests. */
  digestSecret: 'DIGEST_SECRET',
  workGroup: 'WORK_GROUP',
  /** The one whose results lie in the restricted bucket. */
  restrictedWorkGroup: 'RESTRICTED_WORK_GROUP',
  eventsDatabase: 'EVENTS_DATABASE',
  /** ARN of the secret that signs ids of report results. */
  resultLinkSecret: 'RESULT_LINK_SECRET',
  /** `studio` or `publisher`: whose reports the function answers. */
  reportAudience: 'REPORT_AUDIENCE',
  /** Name of the Redshift Serverless workgroup and of its namespace, and of the database in it. */
  warehouseWorkgroup: 'WAREHOUSE_WORKGROUP',
  warehouseDatabase: 'WAREHOUSE_DATABASE',
  /** ARNs of the roles with which Redshift reads the lake, and the restricted bucket. */
  warehouseRoleArn: 'WAREHOUSE_ROLE_ARN',
  warehouseRestrictedRoleArn: 'WAREHOUSE_RESTRICTED_ROLE_ARN',
  /** Queue of the raw objects that are to be loaded, and the one of those that cannot be. */
  warehouseQueueUrl: 'WAREHOUSE_QUEUE_URL',
  warehouseDeadLetterUrl: 'WAREHOUSE_DEAD_LETTER_URL',
  warehouseLoadMaxFiles: 'WAREHOUSE_LOAD_MAX_FILES',
  /** Folder of the lake where loads remember what they hold. */
  warehouseLoadFolder: 'WAREHOUSE_LOAD_FOLDER',
  /** Key of the object that says how far the last setup came. */
  warehouseSetupKey: 'WAREHOUSE_SETUP_KEY',
  /** ARNs of the state machines that load and set up. */
  warehouseLoadMachine: 'WAREHOUSE_LOAD_MACHINE',
  warehouseSetupMachine: 'WAREHOUSE_SETUP_MACHINE',
  /** Users of the database that answer reports: `IAMR:<role name>`. */
  warehouseReportUser: 'WAREHOUSE_REPORT_USER',
  warehouseRestrictedUser: 'WAREHOUSE_RESTRICTED_USER',
  hotDays: 'HOT_DAYS',
  rawRetentionDays: 'RAW_RETENTION_DAYS',
  rawEventsTable: 'RAW_EVENTS_TABLE',
  usageLimitRpuHours: 'REDSHIFT_USAGE_LIMIT_RPU_HOURS',
} as const;

/** One of the variables in `Env`. */
export type EnvName = (typeof Env)[keyof typeof Env];

/**
 * Reads variables that must be set.
 * @throws Error naming every variable that is missing or empty.
 */
export function readEnv<Name extends EnvName>(
  source: Readonly<Record<string, string | undefined>>,
  names: readonly Name[],
): Record<Name, string> {
  const missing = names.filter((name) => !source[name]);
  if (missing.length > 0) {
    throw new Error(`environment variables are not set: ${missing.join(', ')}; the stack of this function sets them`);
  }
  return Object.fromEntries(names.map((name) => [name, source[name]])) as Record<Name, string>;
}
