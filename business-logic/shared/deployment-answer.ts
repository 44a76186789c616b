import * as z from 'zod';

/** What CloudFormation asks of a custom resource, as far as ours need it. */
export const deploymentRequest = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  ResponseURL: z.string(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  PhysicalResourceId: z.string().optional(),
});

export type DeploymentRequest = z.infer<typeof deploymentRequest>;

/** Tells CloudFormation how it went; without an answer it would wait an hour. */
export type AnswerDeployment = (request: DeploymentRequest, error?: string) => Promise<void>;

/** What a custom resource stands for, and what is said of it when it is there. */
export interface Deployed {
  readonly physicalId: string;
  readonly reason: string;
}

/** Sends a text to an address that CloudFormation has signed. */
export type PutAnswer = (url: string, text: string) => Promise<{ readonly ok: boolean; readonly status: number }>;

export const answerDeployment =
  ({ physicalId, reason }: Deployed, put: PutAnswer = putAnswer): AnswerDeployment =>
  async (request, error) => {
    const { ResponseURL, StackId, RequestId, LogicalResourceId, PhysicalResourceId = physicalId } = request;
    const { ok, status } = await put(
      ResponseURL,
      JSON.stringify({
        Status: error === undefined ? 'SUCCESS' : 'FAILED',
        // CloudFormation takes 4 KB in all.
        Reason: error?.slice(0, 1_000) ?? reason,
        StackId,
        RequestId,
        LogicalResourceId,
        PhysicalResourceId,
      }),
    );
    if (!ok) throw new Error(`CloudFormation took the answer with ${status}`);
  };

const putAnswer: PutAnswer = (url, body) => fetch(url, { method: 'PUT', body, headers: { 'content-type': '' } });
