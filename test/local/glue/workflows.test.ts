import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LocalJob, LocalJobContext } from '../../../local/glue/job-runner.ts';
import { anEtl } from '../support/an-etl.ts';
import type { EtlSetup } from '../support/an-etl.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'playlake-workflow-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 }));

/** The workflow that the stacks have: a job on demand, a second one when it has succeeded, then a crawler. */
function aWorkflow(setup: Partial<EtlSetup> = {}) {
  const made = anEtl({ dataDir, ...setup });
  const { etl } = made;
  const job = {
    Role: 'job',
    Command: { ScriptLocation: 's3://assets/0123.py' },
    DefaultArguments: { '--bucket': 'lake', '--n': 1 },
  };
  etl.defineJob('game-first-job', { ...job, Timeout: 10 });
  etl.defineJob('game-second-job', job);
  etl.defineCrawler('crawler', {
    DatabaseName: 'game',
    SchemaChangePolicy: { UpdateBehavior: 'LOG', DeleteBehavior: 'LOG' },
  });
  etl.defineWorkflow('lake', { Description: 'All of it', MaxConcurrentRuns: '1' });
  etl.defineTrigger('start', { Type: 'ON_DEMAND', WorkflowName: 'lake', Actions: [{ JobName: 'game-first-job' }] });
  const after = (name: string, condition: Record<string, string>, actions: unknown, Logical = 'AND') =>
    etl.defineTrigger(name, {
      Type: 'CONDITIONAL',
      WorkflowName: 'lake',
      StartOnCreation: true,
      Predicate: { Logical, Conditions: [{ LogicalOperator: 'EQUALS', ...condition }] },
      Actions: actions,
    });
  after('second', { JobName: 'game-first-job', State: 'SUCCEEDED' }, [
    { JobName: 'game-second-job', Arguments: { '--n': '2' } },
  ]);
  after('crawl', { JobName: 'game-second-job', State: 'SUCCEEDED' }, [{ CrawlerName: 'crawler' }]);
  etl.recover();
  const ended = async (id: string) => {
    for (;;) {
      const run = etl.workflows.run('lake', id, true) as unknown as Run;
      if (run.Status !== 'RUNNING' && run.Status !== 'STOPPING') return run;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  return { ...made, ended };
}

interface Run {
  readonly Status: string;
  readonly Statistics: Readonly<Record<string, number>>;
  readonly Graph: {
    readonly Nodes: readonly { readonly Type: string; readonly Name: string }[];
    readonly Edges: readonly unknown[];
  };
}

const succeed: LocalJob = async () => ({ rows: 1 });
const fail: LocalJob = async () => {
  throw new Error('raw_events/x.parquet cannot be read');
};
/** A job that ends when it is told to. */
function aSlowJob() {
  const seen: LocalJobContext[] = [];
  let finish: (() => void) | undefined;
  const script: LocalJob = (context) => {
    seen.push(context);
    return new Promise((resolve, reject) => {
      finish = () => resolve({});
      context.signal.addEventListener('abort', () => reject(context.signal.reason as Error));
    });
  };
  const begun = async () => {
    while (seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
  };
  return { script, seen, begun, finish: () => finish?.() };
}

describe('a job', () => {
  it.each([
    ['by ARN', 'arn:aws:iam::000000000000:role/jobs/names'],
    ['by name', 'names'],
  ])('calls AWS in the name of its role, named %s', async (_how, Role) => {
    const calls: LocalJobContext['aws'][] = [];
    const script: LocalJob = async ({ aws }) => {
      calls.push(aws);
      return {};
    };
    const { etl } = anEtl({ dataDir, scripts: { names: script } });
    etl.defineJob('process-names', { Role, Command: { ScriptLocation: 's3://assets/names.py' } });
    expect((await etl.jobs.start('process-names').done).JobRunState).toBe('SUCCEEDED');
    const accessKeyId = Role.startsWith('arn:') ? Role : 'arn:aws:iam::000000000000:role/names';
    expect(calls).toEqual([
      {
        endpoint: 'http://127.0.0.1:4566',
        region: 'us-east-1',
        credentials: { accessKeyId, secretAccessKey: 'secret' },
      },
    ]);
  });
});

describe('a workflow run', () => {
  it('runs what its triggers say, one after the other, with their arguments', async () => {
    const contexts: LocalJobContext[] = [];
    const note: LocalJob = async (context) => {
      contexts.push(context);
      context.log.info('working', { at: 'something' });
      return { rows: 5n };
    };
    const { etl, ended } = aWorkflow({ scripts: { first_job: note, second_job: note }, clock: () => 7000 });
    const id = etl.workflows.start('lake', { why: 'test' });
    expect(id).toMatch(/^wr_[0-9a-f]{64}$/);
    const run = await ended(id);
    expect(run).toMatchObject({
      Name: 'lake',
      WorkflowRunId: id,
      Status: 'COMPLETED',
      StartedOn: 7,
      CompletedOn: 7,
      WorkflowRunProperties: { why: 'test' },
      Statistics: { TotalActions: 3, SucceededActions: 3, FailedActions: 0, RunningActions: 0 },
    });
    expect(run.Graph.Edges).toHaveLength(5);
    expect(run.Graph.Nodes.map(({ Type, Name }) => `${Type} ${Name}`).toSorted()).toEqual([
      'CRAWLER crawler',
      'JOB game-first-job',
      'JOB game-second-job',
      'TRIGGER crawl',
      'TRIGGER second',
      'TRIGGER start',
    ]);
    expect(contexts.map((context) => context.arguments)).toEqual([
      { '--bucket': 'lake', '--n': '1', '--WORKFLOW_NAME': 'lake', '--WORKFLOW_RUN_ID': id },
      { '--bucket': 'lake', '--n': '2', '--WORKFLOW_NAME': 'lake', '--WORKFLOW_RUN_ID': id },
    ]);
    const [second] = etl.jobs.runs('game-second-job');
    expect(second).toMatchObject({
      Id: contexts[1]?.runId,
      JobRunState: 'SUCCEEDED',
      TriggerName: 'second',
      PredecessorRuns: [{ JobName: 'game-first-job', RunId: contexts[0]?.runId }],
    });
    const log = readFileSync(join(dataDir, 'logs', 'game-first-job.log'), 'utf8')
      .trim()
      .split('\n');
    expect(log.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { level: 'info', run: contexts[0]?.runId, message: 'working', at: 'something' },
      { level: 'info', message: 'the job succeeded', rows: 5 },
    ]);
  });

  it('stops behind a job that fails, names why, and tells it', async () => {
    const { etl, ended, log, told } = aWorkflow({ scripts: { first_job: fail, second_job: succeed } });
    const run = await ended(etl.workflows.start('lake'));
    expect(run).toMatchObject({ Status: 'COMPLETED', Statistics: { FailedActions: 1, SucceededActions: 0 } });
    expect(etl.jobs.runs('game-second-job')).toEqual([]);
    const [failed] = etl.jobs.runs('game-first-job');
    expect(failed).toMatchObject({ JobRunState: 'FAILED', ErrorMessage: 'Error: raw_events/x.parquet cannot be read' });
    expect(log.entries.filter(({ level }) => level === 'error')).toMatchObject([
      { fields: { job: 'game-first-job', message: 'Error: raw_events/x.parquet cannot be read' } },
    ]);
    expect(told).toMatchObject([
      {
        source: 'aws.glue',
        'detail-type': 'Glue Job State Change',
        detail: { jobName: 'game-first-job', state: 'FAILED', severity: 'ERROR', jobRunId: failed?.Id },
      },
    ]);
  });

  it('is told of once it is over, whether it went well or not', async () => {
    const { etl, ended } = aWorkflow({ scripts: { first_job: succeed, second_job: fail } });
    const statuses: unknown[] = [];
    etl.workflows.whenRunEnds(() => {
      const [run] = etl.workflows.runs('lake', false);
      statuses.push(run?.['Status']);
    });
    const id = etl.workflows.start('lake');
    expect(statuses).toEqual([]);
    await ended(id);
    expect(statuses).toEqual(['COMPLETED']);
    await ended(etl.workflows.start('lake'));
    expect(statuses).toEqual(['COMPLETED', 'COMPLETED']);
  });

  it('is one at a time, and a job too, as far as they say so', async () => {
    const slow = aSlowJob();
    const { etl, ended } = aWorkflow({ scripts: { first_job: slow.script, second_job: succeed } });
    const first = etl.workflows.start('lake');
    expect(() => etl.workflows.start('lake')).toThrow('Concurrent runs exceeded for workflow: lake');
    expect(() => etl.jobs.start('game-first-job')).toThrow('Concurrent runs exceeded for game-first-job');
    await slow.begun();
    slow.finish();
    await ended(first);
    const second = etl.workflows.start('lake');
    expect(etl.workflows.run('lake', second, false)).toMatchObject({ Status: 'RUNNING', PreviousRunId: first });
    expect(etl.workflows.describe('lake', false)).toMatchObject({
      MaxConcurrentRuns: 1,
      LastRun: { WorkflowRunId: second },
    });
    await etl.stop();
  });

  it('leaves a run in the state ERROR where its job already runs', async () => {
    const slow = aSlowJob();
    const { etl, ended } = aWorkflow({ scripts: { first_job: slow.script, second_job: succeed } });
    etl.jobs.start('game-first-job');
    const run = await ended(etl.workflows.start('lake'));
    expect(run).toMatchObject({ Status: 'COMPLETED', Statistics: { ErroredActions: 1 } });
    await slow.begun();
    await etl.stop();
  });

  it('can be stopped, with what it has started', async () => {
    const slow = aSlowJob();
    const { etl, ended } = aWorkflow({ scripts: { first_job: slow.script, second_job: succeed } });
    const id = etl.workflows.start('lake');
    await slow.begun();
    etl.workflows.stop('lake', id);
    expect(await ended(id)).toMatchObject({ Status: 'STOPPED', Statistics: { StoppedActions: 1 } });
    expect(() => etl.workflows.stop('lake', id)).toThrow('is in state STOPPED');
  });

  it('is ended when the pipeline stops, and remembered by the next start', async () => {
    const slow = aSlowJob();
    const { etl } = aWorkflow({ scripts: { first_job: slow.script, second_job: succeed } });
    const id = etl.workflows.start('lake');
    await slow.begun();
    await etl.stop();
    const later = aWorkflow();
    expect(later.etl.workflows.run('lake', id, false)).toMatchObject({ Status: 'STOPPED' });
    expect(later.etl.jobs.runs('game-first-job')).toMatchObject([{ JobRunState: 'STOPPED' }]);
  });

  it('of a killed process has failed when the next one starts, which can run it again', async () => {
    const slow = aSlowJob();
    const killed = aWorkflow({ scripts: { first_job: slow.script, second_job: succeed } });
    const id = killed.etl.workflows.start('lake');
    const { etl, ended, told } = aWorkflow({ scripts: { first_job: succeed, second_job: succeed } });
    expect(etl.workflows.run('lake', id, false)).toMatchObject({
      Status: 'COMPLETED',
      Statistics: { FailedActions: 1 },
    });
    expect(told).toMatchObject([
      { detail: { state: 'FAILED', message: expect.stringContaining('The pipeline ended') } },
    ]);
    expect(await ended(etl.workflows.start('lake'))).toMatchObject({ Statistics: { SucceededActions: 3 } });
    await slow.begun();
    await killed.etl.stop();
  });

  it('is forgotten by a reset, which ends what runs', async () => {
    const slow = aSlowJob();
    const { etl } = aWorkflow({ scripts: { first_job: slow.script, second_job: succeed } });
    etl.workflows.start('lake');
    await slow.begun();
    await etl.reset();
    expect(slow.seen[0]?.signal.aborted).toBe(true);
    expect([etl.workflows.runs('lake', false), etl.jobs.runs('game-first-job')]).toEqual([[], []]);
  });
});

describe('a job run', () => {
  it('stops when it is asked to', async () => {
    const slow = aSlowJob();
    const { etl, log } = aWorkflow({ scripts: { first_job: slow.script } });
    const { run, done } = etl.jobs.start('game-first-job', { arguments: { '--skip': 'x' } });
    await slow.begun();
    expect(slow.seen[0]?.arguments).toMatchObject({ '--bucket': 'lake', '--skip': 'x' });
    etl.jobs.stop('game-first-job', run.Id);
    expect(etl.jobs.run('game-first-job', run.Id)).toMatchObject({
      JobRunState: 'STOPPING',
      Arguments: { '--skip': 'x' },
    });
    expect(await done).toMatchObject({ JobRunState: 'STOPPED', ErrorMessage: 'The run was stopped' });
    expect(() => etl.jobs.stop('game-first-job', run.Id)).toThrow('is in state STOPPED');
    expect(log.entries.at(-1)).toMatchObject({ level: 'warn', message: 'a Glue job was stopped' });
  });

  it('fails where nothing stands in for its script', async () => {
    const { etl } = aWorkflow();
    const { done } = etl.jobs.start('game-first-job');
    expect(await done).toMatchObject({
      JobRunState: 'FAILED',
      ErrorMessage: expect.stringContaining('nothing stands in for the script of game-first-job'),
    });
  });

  it('is found by its script, whatever the job is called', async () => {
    const { etl } = anEtl({ dataDir, scripts: { first_job: succeed } });
    etl.defineJob('other', { Role: 'job', Command: { ScriptLocation: 's3://scripts/first_job.py' } });
    expect(await etl.jobs.start('other').done).toMatchObject({ JobRunState: 'SUCCEEDED' });
  });
});

describe('what has no stand-in is refused at start', () => {
  it.each([
    ['a trigger with a schedule', { Type: 'SCHEDULED', WorkflowName: 'lake', Schedule: 'cron(0 * * * ? *)' }],
    ['a trigger without a workflow', { Type: 'ON_DEMAND' }],
    ['a trigger without conditions', { Type: 'CONDITIONAL', WorkflowName: 'lake' }],
  ])('%s', (_what, properties) => {
    const { etl } = aWorkflow();
    expect(() => etl.defineTrigger('x', properties)).toThrow(/stand-in/);
  });

  it('a trigger that names what is not there', () => {
    const { etl } = aWorkflow();
    etl.defineTrigger('x', { Type: 'ON_DEMAND', WorkflowName: 'lake', Actions: [{ JobName: 'absent' }] });
    expect(() => etl.recover()).toThrow('trigger x names job absent, which is not there');
  });
});
