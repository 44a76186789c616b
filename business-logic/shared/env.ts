/**
 * Names of the environment variables that the stacks set and the functions read. `MAX_EVENT_AGE_DAYS`,
 * `RAW_EVENTS_PREFIX` and `UNDECLARED_EVENT_TYPES` are settings of the configuration; `CORS_ORIGINS` is a
 * comma-separated list or `*`.
 */
export const Env = {
  applicationsTable: 'APPLICATIONS_TABLE',
  authorizationsTable: 'AUTHORIZATIONS_TABLE',
  authorizationsByApplicationIndex: 'AUTHORIZATIONS_BY_APPLICATION_INDEX',
  undeclaredEventTypes: 'UNDECLARED_EVENT_TYPES',
  maxEventAgeDays: 'MAX_EVENT_AGE_DAYS',
  corsOrigins: 'CORS_ORIGINS',
  workflowName: 'WORKFLOW_NAME',
  lakeBucket: 'LAKE_BUCKET',
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
  /** Name of the Redshift Serverless workgroup, and of the database in it. */
  warehouseWorkgroup: 'WAREHOUSE_WORKGROUP',
  warehouseDatabase: 'WAREHOUSE_DATABASE',
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
