import type { Jobs, StartedJobRun } from '../../glue/jobs.ts';
import type { JobRun } from '../../glue/job-run.ts';
import { AwsError } from '../../runtime.ts';
import { pageOf } from '../pages.ts';
import type { JsonAction } from '../protocol.ts';
import { listPage, textInput, textsInput } from './inputs.ts';

/** Most runs of one GetJobRuns answer. */
const PAGE = 200;

/** The Glue actions on jobs and their runs. */
export function jobActions(jobs: Jobs): Readonly<Record<string, JsonAction>> {
  return {
    ListJobs: async (input, request) => {
      request.authorize('glue:ListJobs', 'job/*');
      return listPage('JobNames', jobs.names(), input);
    },
    GetJobs: async (input, request) => {
      request.authorize('glue:GetJobs', 'job/*');
      return listPage('Jobs', jobs.names().map(jobs.describe), input);
    },
    GetJob: async (input, request) => {
      const name = textInput(input, 'JobName');
      request.authorize('glue:GetJob', `job/${name}`);
      return { Job: jobs.describe(name) };
    },
    StartJobRun: async (input, request) => {
      const name = textInput(input, 'JobName');
      request.authorize('glue:StartJobRun', `job/${name}`);
      const { run }: StartedJobRun = jobs.start(name, { arguments: textsInput(input, 'Arguments') });
      return { JobRunId: run.Id };
    },
    GetJobRun: async (input, request) => {
      const name = textInput(input, 'JobName');
      request.authorize('glue:GetJobRun', `job/${name}`);
      const run = jobs.run(name, textInput(input, 'RunId'));
      if (!run) throw new AwsError('EntityNotFoundException', `Entity not found: run ${String(input.RunId)}`);
      return { JobRun: run };
    },
    GetJobRuns: async (input, request) => {
      const name = textInput(input, 'JobName');
      request.authorize('glue:GetJobRuns', `job/${name}`);
      const size = Math.min(PAGE, Number(input.MaxResults ?? PAGE));
      const page = pageOf<JobRun>(jobs.runs(name), { token: input.NextToken, size, error: 'InvalidInputException' });
      return { JobRuns: page.items, ...(page.nextToken !== undefined && { NextToken: page.nextToken }) };
    },
    BatchStopJobRun: async (input, request) => {
      const name = textInput(input, 'JobName');
      request.authorize('glue:BatchStopJobRun', `job/${name}`);
      const ids = Array.isArray(input.JobRunIds) ? input.JobRunIds.map(String) : [];
      if (ids.length === 0 || ids.length > 25)
        throw new AwsError('InvalidInputException', `JobRunIds must hold 1 to 25 ids, not ${ids.length}`);
      const done: unknown[] = [];
      const errors: unknown[] = [];
      for (const JobRunId of ids) {
        try {
          jobs.stop(name, JobRunId);
          done.push({ JobName: name, JobRunId });
        } catch (error) {
          if (!(error instanceof AwsError)) throw error;
          const ErrorDetail = { ErrorCode: error.code, ErrorMessage: error.message };
          errors.push({ JobName: name, JobRunId, ErrorDetail });
        }
      }
      return { SuccessfulSubmissions: done, Errors: errors };
    },
  };
}
