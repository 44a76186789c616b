/** What the templates have of what is billed, in numbers; test/docs/cost.test.ts holds them to the templates. */
export const deployed = {
  /** Megabytes of memory of the functions. */
  memory: { transform: 1_024, authorizer: 512, other: 512 },
  /** DPU of a job: two workers of the type G.1X; of a crawl, what AWS gives it. */
  jobDpus: 2,
  crawlDpus: 2,
  /** Jobs that look for news of accounts in each run. */
  accountJobs: 5,
  /** Metrics under alarms. */
  alarmMetrics: { always: 17, kinesis: 1, redshift: 8 },
  /** KMS keys and secrets that are made; Redshift makes one more secret, for its administrator. */
  kmsKeys: 1,
  secrets: { always: 2, redshift: 1 },
  dashboards: 1,
  /** States of a load that loads, beside its three for each look; of one that finds nothing. */
  loadStates: { loads: 8, perLook: 3, empty: 3 },
  /** Seconds between two looks. */
  lookSeconds: 3,
} as const;

/** Seconds of a full processor for each second of one with so much memory: 1,769 MB are one (AWS's guide for Lambda). */
export const slowerWith = (megabytes: number): number => Math.max(1, 1_769 / megabytes);
