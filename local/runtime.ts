import type { Readable } from 'node:stream';
import type { Faults } from './faults.ts';
import type { StackChanges } from './note-stacks.ts';
import type { PolicyDocument } from './policy/access.ts';

/** Milliseconds since the epoch. Tests pass their own; everything on the laptop that stamps or expires reads it. */
export type Clock = () => number;

/** One resource of a synthesized template, its references resolved. */
export interface Resource {
  /** Name of the stack that declares it. */
  readonly stack: string;
  readonly logicalId: string;
  /** CloudFormation type, e.g. `AWS::DynamoDB::GlobalTable`. */
  readonly type: string;
  /** Properties with every intrinsic function resolved. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** A name as CloudFormation would generate it, stable for one data directory; used where the template names nothing. */
  readonly generatedName: string;
}

/** What a stand-in hands back once its resource runs. */
export interface Started {
  /** What `Ref` gives. */
  readonly ref: string;
  /** What `Fn::GetAtt` gives, by attribute name. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Runs after every resource has started: for what needs resources declared later. */
  readonly ready?: () => Promise<void>;
  /** Delivers what is buffered, closes what is open. */
  readonly stop?: () => Promise<void>;
}

/** Stands in for one or several AWS resource types. */
export interface Emulator {
  readonly types: readonly string[];
  start(resource: Resource, runtime: Runtime): Promise<Started>;
}

/** What every stand-in may use. One per started pipeline. */
export interface Runtime {
  readonly partition: 'aws';
  readonly region: string;
  readonly accountId: string;
  readonly dataDir: string;
  /** Folder of the cloud assembly that runs. */
  readonly assemblyDir: string;
  /** Path of the file asset that a template names by its S3 key; undefined for a key of something else. */
  assetPath(objectKey: string): string | undefined;
  /** `http://127.0.0.1:<port>` of the AWS protocols; known before the first resource starts. */
  readonly awsUrl: string;
  readonly clock: Clock;
  /** Replaces the delivery stream's two intervals; undefined keeps the template's. */
  readonly flushSeconds: number | undefined;
  readonly log: LocalLog;
  readonly credentials: Credentials;
  readonly objects: ObjectStore;
  readonly lifecycle: Lifecycle;
  readonly functions: Functions;
  readonly gateway: Gateway;
  readonly distributions: Distributions;
  readonly usagePlans: UsagePlans;
  readonly streams: DeliveryStreams;
  readonly kinesis: KinesisStreams;
  readonly catalog: Catalog;
  readonly workGroups: WorkGroups;
  readonly tables: TableStore;
  readonly etl: Etl;
  readonly events: EventBus;
  readonly schedules: Schedules;
  readonly keys: KeyStore;
  readonly secrets: SecretStore;
  readonly warehouses: Warehouses;
  readonly queues: Queues;
  readonly stateMachines: StateMachines;
  readonly customResources: CustomResources;
  readonly metrics: Metrics;
  readonly alarms: Alarms;
  readonly logFilters: LogFilters;
}

/** Operational messages of the runtime itself; never payloads, tokens or signatures. */
export interface LocalLog {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
  /** Appends the output of one function to its own log, as CloudWatch Logs would. */
  functionOutput(functionName: string, text: string): void;
}

/** One value of a metric, under AWS's own names. */
export interface MetricDatum {
  /** `AWS/Lambda`; `Playlake` for what our functions count. */
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Anything but a finite number is passed over. */
  readonly value: number;
  readonly unit: 'Count' | 'Bytes' | 'Milliseconds' | 'Seconds' | 'Percent' | 'None';
  /** Smaller sets of the dimensions' names under which CloudWatch counts the value too. */
  readonly alsoBy?: readonly (readonly string[])[];
  /** Milliseconds since the epoch; default: now, by the runtime's clock. */
  readonly timestamp?: number;
  /** An age or a depth: it says how things stand, where others count what happened. */
  readonly isMeasured?: boolean;
}

/** CloudWatch's metrics: sums by the minute, kept for some hours in memory. */
export interface Metrics {
  put(datum: MetricDatum): void;
  /** Asked once a minute, for what is measured rather than counted: ages, depths of queues. */
  sampleEachMinute(sampler: () => readonly MetricDatum[] | Promise<readonly MetricDatum[]>): void;
}

/** CloudWatch's alarms. */
export interface Alarms {
  /** Gives back the ARN. Throws on properties that have no stand-in. */
  define(name: string, properties: Properties): string;
}

/** Metric filters of CloudWatch Logs: they count lines that are JSON. */
export interface LogFilters {
  /** Throws on patterns that have no stand-in. */
  define(logGroup: string, properties: Properties): void;
  /** Whether anybody counts what this group is told. */
  has(logGroup: string): boolean;
  /** One line of a log group. */
  write(logGroup: string, line: string): void;
}

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * Whoever makes a call: the data directory's admin, a role of the template, or an AWS service by itself (which only
 * policies of resources can allow).
 */
export interface Principal {
  readonly kind: 'admin' | 'role' | 'service';
  /** `arn:aws:iam::<account>:user/admin`, the role's ARN, or the service's name, e.g. `events.amazonaws.com`. */
  readonly arn: string;
  /** The service that acts as the role, which the role's trust policy has to let; undefined: the role's own key signed. */
  readonly through?: ActingService;
}

/** An AWS service that acts as a role, or by itself. */
export interface ActingService {
  /** E.g. `firehose.amazonaws.com`. */
  readonly service: string;
  /** What it acts for, e.g. a delivery stream: `aws:SourceArn`. */
  readonly sourceArn?: string;
}

/** Condition keys of a call with their values, e.g. `s3:prefix`; names in any case. */
export type ConditionContext = Readonly<Record<string, string | readonly string[]>>;

/** Access keys made for this data directory: one for the admin, one for each role. */
export interface Credentials {
  readonly admin: AccessKey;
  /** The role's key; made on first use and kept with the data directory. */
  forRole(roleArn: string): AccessKey;
  find(accessKeyId: string): { readonly secretAccessKey: string; readonly principal: Principal } | undefined;
  /** Adds to a role's statements, by which calls in its name are judged; `origin` names the policy in messages. */
  defineRole(roleArn: string, statements: readonly PolicyStatement[], origin?: string): void;
  /** Says who may act as a role: its trust policy. */
  defineTrust(roleArn: string, document: PolicyDocument, origin: string): void;
  /** Adds statements to the own policy of a bucket, a queue, a topic, a function, a secret or a key. */
  definePolicy(resourceArn: string, document: PolicyDocument, origin: string): void;
  /** Whether the principal may do this; the admin may do everything. */
  isAllowed(principal: Principal, action: string, resourceArn: string, context?: ConditionContext): boolean;
  /** Why it may not: AWS's sentence, with the statement that is missing or that denies it. */
  explain(principal: Principal, action: string, resourceArn: string, context?: ConditionContext): string;
  /** Why a service may not act as a role; undefined where it may. */
  refuseToAssume(service: ActingService, roleArn: string): string | undefined;
}

export interface PolicyStatement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: unknown;
}

/** Metadata of a stored object. */
export interface ObjectHead {
  readonly bucket: string;
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** With its quotes, as S3 sends it. */
  readonly etag: string;
  /** Milliseconds since the epoch. */
  readonly lastModified: number;
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Those that S3 gives back, e.g. `cache-control`. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface PutOptions {
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Put only if the stored object has this ETag (412 otherwise). */
  readonly ifMatch?: string;
  /** `*`: put only if there is no object yet (412 otherwise). */
  readonly ifNoneMatch?: string;
}

/** S3 on disk: every object is a plain file below `bucketPath`, put in one atomic rename; metadata lies outside it. */
export interface ObjectStore {
  createBucket(bucket: string): Promise<void>;
  hasBucket(bucket: string): boolean;
  /** Tells EventBridge of every object that is put into the bucket from now on. */
  announcePuts(bucket: string): void;
  buckets(): readonly string[];
  /** The bucket as a folder. */
  bucketPath(bucket: string): string;
  /** The file of an object, for a program that reads it by itself. */
  readablePath(bucket: string, key: string): string;
  put(bucket: string, key: string, body: Buffer | Readable, options?: PutOptions): Promise<ObjectHead>;
  /** Moves a finished file into the bucket (same disk, atomic, synced). */
  putFile(bucket: string, key: string, path: string, options?: PutOptions): Promise<ObjectHead>;
  head(bucket: string, key: string): Promise<ObjectHead | undefined>;
  /** Bytes `start` to `end`, both inclusive. */
  read(bucket: string, key: string, range?: { readonly start: number; readonly end: number }): Promise<Readable>;
  readAll(bucket: string, key: string): Promise<Buffer | undefined>;
  /** Keys in UTF-8 binary order; those up to `after` are left out. */
  list(bucket: string, prefix: string, after?: string): AsyncIterable<ObjectHead>;
  /** The same without what is kept beside the bytes, which takes a file more to read for each object. */
  sizes(bucket: string, prefix: string): AsyncIterable<Pick<ObjectHead, 'key' | 'size'>>;
  delete(bucket: string, key: string): Promise<void>;
}

/** What S3 removes of a bucket by itself. */
export interface Lifecycle {
  /** @param configuration `LifecycleConfiguration` of the template; undefined: nothing is removed */
  define(bucket: string, configuration: unknown): void;
}

export interface FunctionDefinition {
  readonly name: string;
  readonly arn: string;
  /** Folder with the bundle, straight from the assembly. */
  readonly codePath: string;
  /** As in the template, e.g. `index.handler`. */
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly roleArn: string;
  /** ARN of its log group, without an ending. */
  readonly logGroupArn: string;
}

export type InvokeResult =
  | { readonly ok: true; readonly payload: unknown }
  | {
      readonly ok: false;
      /** `Unhandled` when it threw; `TimedOut`; `TooLarge` when the response passes 6 MB. */
      readonly reason: 'Unhandled' | 'TimedOut' | 'TooLarge';
      readonly errorType: string;
      readonly errorMessage: string;
    };

/** The functions of the template, each run from its own bundle with its own environment. */
export interface Functions {
  register(definition: FunctionDefinition): void;
  /** Payloads are JSON values; a request or a response over 6 MB (6,291,556 bytes of JSON) fails as on Lambda. */
  invoke(arn: string, payload: unknown): Promise<InvokeResult>;
  has(arn: string): boolean;
  /** ARN of a function's role; undefined where there is no such function. */
  roleOf(arn: string): string | undefined;
  /** Whether the function's own policy lets a service (e.g. `apigateway.amazonaws.com`) call it for this source. */
  isPermitted(functionArn: string, principal: string, sourceArn: string): boolean;
  stop(): Promise<void>;
}

/** Amazon API Gateway: REST APIs and their stages. */
export interface Gateway {
  /** An API by its OpenAPI 3.0 document with API Gateway's extensions; metrics know it by its name. */
  defineApi(apiId: string, document: Readonly<Record<string, unknown>>, name?: string): void;
  defineStage(apiId: string, stage: StageSettings): void;
  /** Adds or replaces the answer to one type of error, e.g. `DEFAULT_4XX`. */
  defineGatewayResponse(apiId: string, type: string, response: GatewayResponseSettings): void;
}

/** CloudFront's distributions, which serve pages from private buckets. */
export interface Distributions {
  /** Headers that behaviours add, by the id of their policy. Throws on properties that have no stand-in. */
  defineHeaders(id: string, properties: Properties): void;
  define(arn: string, properties: Properties): void;
}

/** API Gateway's usage plans, and the API keys by which they tell callers apart. */
export interface UsagePlans {
  /** Gives back the plan's id. Throws on properties that have no stand-in. */
  definePlan(generatedName: string, properties: Properties): string;
  /** Gives back the key's id. Throws on properties that have no stand-in. */
  defineKey(generatedName: string, properties: Properties): string;
  /** Puts a key into a plan; gives back the id of that. */
  defineMembership(planId: string, keyId: string): string;
}

export interface StageSettings {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
  /** One line for each request, and the name of the log group it goes to. */
  readonly accessLog?: { readonly logGroup: string; readonly format: string };
  /** The most specific wins: of one method, of one path, of the stage. */
  readonly methodSettings: readonly MethodSettings[];
}

export interface MethodSettings {
  /** `*` or an HTTP method. */
  readonly method: string;
  /** `/*` or a resource path such as `/applications/{applicationId}`. */
  readonly path: string;
  /** Requests per second. */
  readonly rateLimit?: number;
  readonly burstLimit?: number;
}

export interface GatewayResponseSettings {
  readonly statusCode?: number;
  /** `gatewayresponse.header.<Name>` to a quoted constant or the place of a value. */
  readonly responseParameters?: Readonly<Record<string, string>>;
  readonly responseTemplates?: Readonly<Record<string, string>>;
}

/** An error of an AWS protocol: goes out with this code as `__type` (JSON) or `<Code>` (XML) and this status. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** A delivery stream of the template. */
export interface DeliveryStreamDefinition {
  readonly name: string;
  readonly arn: string;
  /** Of the template's resource. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Delivery streams by name. Data is acknowledged only after it is on disk. */
export interface DeliveryStreams {
  /**
   * Opens a stream: it takes records at once (those of an earlier run included) and delivers them from `start` on.
   * `stop` delivers what is buffered. Throws on properties that have no stand-in.
   */
  define(definition: DeliveryStreamDefinition): Promise<{ start(): void; stop(): Promise<void> }>;
  names(): readonly string[];
  /** Throws AwsError: ResourceNotFoundException, ValidationException (over 1,024,000 bytes), ServiceUnavailableException. */
  putRecord(stream: string, data: Buffer): Promise<{ readonly recordId: string }>;
  putRecordBatch(stream: string, data: readonly Buffer[]): Promise<readonly PutOutcome[]>;
  /** The `DeliveryStreamDescription` of DescribeDeliveryStream. */
  describe(stream: string): Record<string, unknown>;
  /** Delivers all that was acknowledged before the call, then returns. */
  flush(): Promise<void>;
  /** Undefined while the journal and the lake can be written, else why not. */
  problem(): string | undefined;
  /** Delivers what is buffered and closes every stream; what cannot be delivered stays for the next start. */
  stop(): Promise<void>;
}

export type PutOutcome = { readonly recordId: string } | { readonly errorCode: string; readonly errorMessage: string };

/** A Kinesis stream of the template. */
export interface KinesisStreamDefinition {
  readonly name: string;
  readonly arn: string;
  /** Of the template's resource. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Kinesis Data Streams by name. Data is acknowledged only after it is on disk. */
export interface KinesisStreams {
  /** Opens a stream, with what an earlier run left in it. Throws on properties that have no stand-in. */
  define(definition: KinesisStreamDefinition): Promise<void>;
}

/** A Glue `Table` as GetTable answers it (PascalCase, as on the wire). */
export interface GlueTable {
  readonly DatabaseName: string;
  readonly Name: string;
  readonly TableType?: string;
  readonly Parameters?: Readonly<Record<string, string>>;
  readonly StorageDescriptor?: {
    readonly Columns?: readonly GlueColumn[];
    readonly Location?: string;
    readonly [key: string]: unknown;
  };
  readonly PartitionKeys?: readonly GlueColumn[];
  readonly ViewOriginalText?: string;
  readonly [key: string]: unknown;
}

export interface GlueColumn {
  readonly Name: string;
  readonly Type?: string;
  readonly Comment?: string;
}

/** A Glue `Partition` as GetPartition answers it. */
export interface GluePartition {
  readonly Values: readonly string[];
  readonly StorageDescriptor?: { readonly Location?: string; readonly [key: string]: unknown };
  readonly Parameters?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/**
 * The Glue Data Catalog: databases and tables come from the template; tables that somebody adds, and partitions, live
 * in the data directory.
 */
export interface Catalog {
  defineDatabase(name: string, input: Readonly<Record<string, unknown>>): void;
  defineTable(database: string, input: Readonly<Record<string, unknown>>): GlueTable;
  /** Adds a database beside the template's. Throws AwsError: AlreadyExistsException. */
  createDatabase(name: string, input: Readonly<Record<string, unknown>>): Promise<void>;
  /** Deletes a database that was added, with its tables; whether it was there. */
  deleteDatabase(name: string): Promise<boolean>;
  /** Adds a table beside the template's. Throws AwsError: EntityNotFoundException, AlreadyExistsException. */
  createTable(database: string, input: Readonly<Record<string, unknown>>): Promise<GlueTable>;
  /** Replaces a table's definition; one of the template's until the next start. Throws EntityNotFoundException. */
  updateTable(database: string, input: Readonly<Record<string, unknown>>): Promise<GlueTable>;
  /** Deletes a table and its partitions; whether it was there. */
  deleteTable(database: string, name: string): Promise<boolean>;
  databases(): readonly string[];
  tables(database: string): readonly GlueTable[];
  table(database: string, name: string): GlueTable | undefined;
  partitions(database: string, table: string): readonly GluePartition[];
  putPartitions(database: string, table: string, partitions: readonly GluePartition[]): Promise<void>;
  deletePartition(database: string, table: string, values: readonly string[]): Promise<boolean>;
  /** Forgets partitions, their indexes and all tables but the template's. */
  clear(): Promise<void>;
}

/** Properties of a template's resource. */
export type Properties = Readonly<Record<string, unknown>>;

/** Glue's jobs, crawlers, triggers and workflows. The template defines them; their runs live in the data directory. */
export interface Etl {
  /** Throws on properties that have no stand-in, as the other definitions do. */
  defineJob(name: string, properties: Properties): void;
  defineCrawler(name: string, properties: Properties): void;
  defineWorkflow(name: string, properties: Properties): void;
  defineTrigger(name: string, properties: Properties): void;
  /** Default arguments of every job, by its name. */
  jobArguments(): ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Ends what a killed process left running; called once everything has started. */
  recover(): void;
  /** Stops what runs and forgets every run. */
  reset(): Promise<void>;
  /** Stops what runs; the next start can run it again. */
  stop(): Promise<void>;
}

/** An event as EventBridge passes it on. */
export interface ServiceEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: Readonly<Record<string, unknown>>;
  /** ARNs of what it is about. */
  readonly resources?: readonly string[];
  /** The same when an event is delivered once more. */
  readonly id?: string;
  /** ISO, UTC, to the second. */
  readonly time?: string;
}

/** A message that reached a topic. On the laptop nobody is sent an e-mail: it is kept, and shown by `/_local/notices`. */
export interface Notice {
  /** ISO, UTC. */
  readonly time: string;
  readonly topic: string;
  readonly message: string;
  /** Who would get it: `<protocol>:<endpoint>`. */
  readonly subscribers: readonly string[];
}

/** EventBridge's default bus with its rules, and the SNS topics they and others tell. */
export interface EventBus {
  /** Throws on patterns and targets that have no stand-in. */
  defineRule(arn: string, properties: Properties): void;
  defineTopic(arn: string): void;
  subscribe(topicArn: string, subscriber: string): void;
  /** In the background; what cannot be delivered is only logged. */
  put(event: ServiceEvent): void;
  /** Resolves once every target has taken the event or refused it for good; rejects where trying again may help. */
  deliver(event: ServiceEvent): Promise<void>;
  /** Publishes a message in the name of a service; `undefined`: somebody who may. */
  publish(topicArn: string, message: string, from?: { readonly service: string; readonly sourceArn: string }): void;
  /** Newest first. */
  notices(): readonly Notice[];
  /** Forgets every notice. */
  clear(): void;
}

/** EventBridge Scheduler, and Lambda's asynchronous invocations, which are how it calls a function. */
export interface Schedules {
  /** Throws on expressions and targets that have no stand-in. */
  defineSchedule(name: string, properties: Properties): void;
  /** How often a function's asynchronous invocation is tried again, and where it is told when all fail. */
  defineAsyncInvocation(functionName: string, properties: Properties): void;
  /** Schedules fire from now on. */
  start(): void;
  stop(): Promise<void>;
}

export interface NamedQuery {
  readonly NamedQueryId: string;
  readonly Name: string;
  readonly Description?: string;
  readonly Database: string;
  readonly QueryString: string;
  readonly WorkGroup: string;
}

/** Rows of a query. `undefined` stands for SQL null; every value is text in Athena's own form, as GetQueryResults has it. */
export interface QueryRows {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly (string | undefined)[])[];
  /** Bytes of the columns that were read. */
  readonly scannedBytes: number;
  /** There are more rows. */
  readonly isCut?: boolean;
}

/** Athena: workgroups, named queries and query executions. */
export interface WorkGroups {
  defineWorkGroup(name: string, configuration: Readonly<Record<string, unknown>>): void;
  defineNamedQuery(query: NamedQuery): void;
  names(): readonly string[];
  /** Runs SQL in Athena's dialect at once, outside any execution (for the routes below `/_local/`). */
  query(
    sql: string,
    options: {
      readonly database: string;
      readonly parameters?: readonly string[];
      /** Most rows; the rest is not read, and `isCut` says so. Default: all. */
      readonly mostRows?: number;
      /** Whether to count the bytes that are read, which a small query takes twice as long for; default true. */
      readonly countsBytes?: boolean;
      /** Stops the query. */
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<QueryRows>;
  stop(): Promise<void>;
}

/** AWS KMS: the template's symmetric keys. Their material is made once and kept in the data directory. */
export interface KeyStore {
  /** Gives back the ARN. Throws on kinds of keys that have no stand-in. */
  defineKey(id: string, properties: Properties): Promise<string>;
  /** Another name (`alias/…`) of a key, by its id or ARN. */
  defineAlias(name: string, target: string): void;
}

/** AWS Secrets Manager: the template's secrets. A generated value is made once and kept in the data directory. */
export interface SecretStore {
  /** Gives back the ARN. */
  define(name: string, properties: Properties): Promise<string>;
  /** Of a secret by its name or ARN. Throws ResourceNotFoundException. */
  arnOf(secret: string): string;
}

/** SQS: the template's standard queues. What a send acknowledged is on disk. */
export interface Queues {
  /** Opens a queue with what lies in it. Throws on properties that have no stand-in. */
  define(name: string, properties: Properties): Promise<{ readonly arn: string; readonly url: string }>;
  has(arn: string): boolean;
  /**
   * Sends in the name of a service, with attributes that are texts. Throws AwsError: QueueDoesNotExist, AccessDenied,
   * InvalidParameterValue (longer than the queue takes).
   */
  send(
    arn: string,
    body: string,
    from: { readonly service: string; readonly sourceArn: string },
    attributes?: Readonly<Record<string, string>>,
  ): Promise<void>;
}

/** Step Functions: the template's standard state machines. Their executions go on after a crash. */
export interface StateMachines {
  /** Gives back the ARN. Throws on definitions that have no stand-in. */
  define(name: string, properties: Properties): string;
  has(arn: string): boolean;
  /**
   * Starts an execution and gives back its ARN; `input` is JSON. Throws AwsError: StateMachineDoesNotExist,
   * InvalidExecutionInput, InvalidName, ExecutionAlreadyExists.
   */
  start(arn: string, input: string, name?: string): Promise<string>;
  /** Goes on with what an earlier process left running of the machines that are defined. */
  recover(): Promise<void>;
  /** Aborts what an earlier process left running of machines that have left the template. */
  abandonOthers(): Promise<void>;
}

/** CloudFormation's custom resources. */
export interface CustomResources {
  /**
   * Has the resource's function create it, or update it if its properties have changed since the last start. Throws with
   * the reason that the function gives.
   */
  apply(resource: Resource): Promise<{ readonly ref: string; readonly attributes: Readonly<Record<string, string>> }>;
  /** Has those deleted that an earlier start made and the templates no longer have; called once everything runs. */
  removeOthers(): Promise<void>;
}

/** Redshift Serverless: namespaces, workgroups and the statements that run there. */
export interface Warehouses {
  defineNamespace(
    name: string,
    properties: Properties,
  ): Promise<{ readonly arn: string; readonly id: string; readonly adminSecretArn: string | undefined }>;
  /** Opens the database in the background; `description` tells which engine it is once it is open. */
  defineWorkgroup(
    name: string,
    properties: Properties,
  ): Promise<{ readonly arn: string; readonly id: string; description(): Promise<string> }>;
  /** Runs one statement as the administrator, outside the Data API (for `/_local/query`). Throws WarehouseError. */
  query(workgroup: string, sql: string): Promise<QueryRows>;
  /** Empties the tables. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

/** DynamoDB (dynalite) for this data directory. */
export interface TableStore {
  /** `http://127.0.0.1:<port>` of dynalite itself; only the runtime talks to it. */
  readonly url: string;
  /** Creates the table unless the data directory holds it already. */
  createTable(input: Readonly<Record<string, unknown>>): Promise<void>;
  /** Deletes items whose attribute, seconds since the epoch, lies before `now`; gives back how many. */
  expireItems(table: string, attribute: string, now: number): Promise<number>;
  stop(): Promise<void>;
}

/** Puts a ceiling on a stream's intake, as AWS's quotas do; off unless a test or a user sets it. */
export interface DeliveryStreamQuota {
  readonly requestsPerSecond?: number;
  readonly recordsPerSecond?: number;
  readonly bytesPerSecond?: number;
}

/** The same for each shard of a Kinesis stream; AWS gives a shard 1,000 records and 1 MiB a second. */
export interface StreamShardQuota {
  readonly recordsPerSecond?: number;
  readonly bytesPerSecond?: number;
}

/** How a pipeline is started; `npm run local` fills this from its command line. */
export interface LocalOptions {
  /** 0 picks a free port. Default 8080. */
  readonly port?: number;
  /** 0 picks a free port. Default 4566. */
  readonly awsPort?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default `.playlake`. */
  readonly dataDir?: string;
  readonly flushSeconds?: number;
  /** Default `config/dev.yaml`. */
  readonly configPath?: string;
  /** Runs this assembly as it stands instead of synthesizing. */
  readonly assemblyDir?: string;
  readonly allowReset?: boolean;
  /** Folder of the reports that `/_local/reports` runs. Default: the project's. */
  readonly reportsFolder?: string;
  readonly clock?: Clock;
  /** When the process began, in this machine's milliseconds since the epoch; default: now. Counts for `secondsToReady`. */
  readonly startedAt?: number;
  readonly deliveryStreamQuota?: DeliveryStreamQuota;
  readonly streamShardQuota?: StreamShardQuota;
  /** `postgres://…` of a server that stands in for Redshift instead of PGlite; see `openPostgres` for what it needs. */
  readonly warehouseUrl?: string;
  /** Only for tests. */
  readonly faults?: Faults;
  /** Folder in which every decision about a call is kept, with the statements that allowed it: for tests. */
  readonly decisionsDir?: string;
  /** Called with every line the runtime has to say; default: standard output. */
  readonly print?: (line: string) => void;
}

/** The contract for tests and clients; `<data-dir>/endpoints.json` holds it. */
export interface Endpoints {
  /** With the stage, without a trailing slash. */
  readonly apiUrl: string;
  readonly awsUrl: string;
  readonly region: string;
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly bucket: string;
  readonly bucketPath: string;
  readonly database: string;
  readonly workGroup: string;
  readonly deliveryStream: string;
  /** Where events are put instead; null where they are put to the delivery stream itself. */
  readonly kinesisStream: string | null;
  /** Null until the template has a Glue workflow. */
  readonly workflow: string | null;
  /** The workgroup of the warehouse; null in DATA_STACK DATA_LAKE. */
  readonly redshiftWorkgroup: string | null;
  /** The table of the keys of personal data. */
  readonly playerKeysTable: string | null;
  /** The console; null where the template has none. */
  readonly consoleUrl: string | null;
}

/** A running pipeline. */
export interface LocalPipeline {
  readonly endpoints: Endpoints;
  /** Resource types of the template that nothing stands in for, sorted. */
  readonly withoutStandIn: readonly string[];
  /** How the stacks differ from those that the data directory ran with before. */
  readonly stacks: StackChanges;
  readonly secondsToReady: number;
  /** Delivers what is buffered and closes everything. */
  stop(): Promise<void>;
}
