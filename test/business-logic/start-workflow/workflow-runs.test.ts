import { ConcurrentRunsExceededException, EntityNotFoundException, type GlueClient } from '@aws-sdk/client-glue';
import { describe, expect, it } from 'vitest';
import { workflowRuns } from '../../../business-logic/start-workflow/workflow-runs.ts';

/** Glue, which gives every call the same answer. */
const glue = (answer: () => object): GlueClient => ({ send: async () => answer() }) as unknown as GlueClient;

const refusal = { message: 'no', $metadata: {} };

describe('starting the workflow', () => {
  it('answers the id of the run', async () => {
    expect(
      await workflowRuns(
        glue(() => ({ RunId: 'wr_1' })),
        'game',
      )(),
    ).toBe('wr_1');
  });

  it('answers none when a run is going on', async () => {
    const client = glue(() => {
      throw new ConcurrentRunsExceededException(refusal);
    });
    expect(await workflowRuns(client, 'game')()).toBeUndefined();
  });

  it('fails where Glue refuses for any other reason', async () => {
    const client = glue(() => {
      throw new EntityNotFoundException(refusal);
    });
    await expect(workflowRuns(client, 'game')()).rejects.toThrow(EntityNotFoundException);
  });
});
