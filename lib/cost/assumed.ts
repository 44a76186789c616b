/**
 * What nobody has measured yet, since it takes a deployment. Chosen rather too high than too low; docs/cost.md lists all
 * of it.
 */
export const assumed = {
  /** Tokens of a game that send: one that its clients share, one of its servers. */
  tokensPerGame: 2,
  /** Bytes of an answer with its headers. */
  answerBytes: 600,
  /** Milliseconds of an invocation beside the work itself: looking something up in DynamoDB. */
  lookupMilliseconds: 10,
  /** Bytes that an invocation leaves in its log: what Lambda says of it, and a line of metrics. */
  invocationLogBytes: 900,
  /** What CloudWatch adds to each line that it stores. */
  logLineBytes: 26,
  /** Bytes of rows for each byte of a record: what Firehose's buffer of 128 MB holds. */
  rowBytesPerByte: 2,
  /** Bytes of the source backup for each byte of a record, with gzip. */
  backupBytesPerByte: 0.25,

  /** Seconds of a run of the events job beside its rows, and rows a second with two workers. */
  eventsJob: { seconds: 90, rowsPerSecond: 20_000 },
  /** Seconds of each of the five jobs that look for news of accounts. */
  accountJobSeconds: 60,
  /** Requests to S3 of a run of the jobs: by itself, and for each game. */
  jobRequests: { puts: 30, gets: 60, putsPerGame: 6, getsPerGame: 12 },
  /** Requests to S3 of a report, for each file that it reads. */
  getsPerReportFile: 2,

  /** Seconds of a load beside its rows, and rows a second at 4 RPU. */
  warehouseLoad: { seconds: 30, rowsPerSecond: 100_000 },
  /** Seconds of a report in the warehouse beside what it reads, and bytes that it reads a second at 4 RPU. */
  warehouseReport: { seconds: 2, bytesPerSecond: 500e6 },

  /** Metrics of our own: always, and reasons of rejection that occur. */
  ownMetrics: { always: 4, reasons: 3 },
  /** Metrics of API Gateway for each method that is called; of methods, the events route alone. */
  gatewayMetrics: 5,
} as const;
