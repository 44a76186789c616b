import * as z from 'zod';

/** What CloudFormation asks of a custom resource, as far as a setup needs it. */
export const deploymentRequest = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  ResponseURL: z.string(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  PhysicalResourceId: z.string().optional(),
});

export type DeploymentRequest = z.infer<typeof deploymentRequest>;

/** The one thing that the custom resource stands for. */
const physicalId = 'warehouse-setup';

/** Tells CloudFormation how it went; without an answer it would wait an hour. */
export type AnswerDeployment = (request: DeploymentRequest, error?: string) => Promise<void>;

/** @param put sends a text to an address that CloudFormation has signed */
export const answerDeployment =
  (put: (url: string, text: string) => Promise<{ readonly ok: boolean; readonly status: number }>): AnswerDeployment =>
  async (request, error) => {
    const { ResponseURL, StackId, RequestId, LogicalResourceId, PhysicalResourceId = physicalId } = request;
    const { ok, status } = await put(
      ResponseURL,
      JSON.stringify({
        Status: error === undefined ? 'SUCCESS' : 'FAILED',
        // CloudFormation takes 4 KB in all.
        Reason: error?.slice(0, 1_000) ?? 'the warehouse is set up',
        StackId,
        RequestId,
        LogicalResourceId,
        PhysicalResourceId,
      }),
    );
    if (!ok) throw new Error(`CloudFormation took the answer with ${status}`);
  };
