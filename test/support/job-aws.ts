import type { JobAws } from '../../local/glue/job-runner.ts';

/** Of a job that calls no AWS service: an address where nothing listens. */
export const noAws: JobAws = {
  endpoint: 'http://127.0.0.1:9',
  region: 'us-east-1',
  credentials: { accessKeyId: 'AKIATEST000000000000', secretAccessKey: 'a-secret-of-this-test' },
};
