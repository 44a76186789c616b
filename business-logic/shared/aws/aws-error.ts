/** What a service answers beside an error's name and message; which members there are depends on the error. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** An error that an AWS service answered. Its `name` is the service's own, e.g. `ConditionalCheckFailedException`. */
export class AwsError extends Error {
  override readonly name: string;
  /** HTTP status. */
  readonly status: number;
  /** Id of the request at AWS; undefined where it told none. */
  readonly requestId: string | undefined;
  readonly details: ErrorDetails;

  constructor(name: string, message: string, { status, requestId, details = {} }: AwsErrorOptions) {
    super(message);
    this.name = name;
    this.status = status;
    this.requestId = requestId;
    this.details = details;
  }
}

export interface AwsErrorOptions {
  readonly status: number;
  readonly requestId: string | undefined;
  readonly details?: ErrorDetails;
}

/** Whether an error is the one of this name, whichever client it comes from: ours, or the SDK's. */
export const isAwsError = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;
