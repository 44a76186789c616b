import { AwsError } from '../runtime.ts';
import type { ActingService, ConditionContext, Credentials } from '../runtime.ts';

/** A service at work in a role's name, e.g. Firehose that delivers. */
export interface Actor {
  readonly roleArn: string;
  /** Why it may not do this; undefined where it may. */
  refusal(action: string, resourceArn: string, context?: ConditionContext): string | undefined;
  /** Throws AwsError AccessDeniedException, naming the missing statement. */
  authorize(action: string, resourceArn: string, context?: ConditionContext): void;
}

/** What of the credentials judges calls. */
export type Judge = Pick<Credentials, 'isAllowed' | 'explain'>;

/** What a service does in a role's name is judged by the role's trust policy, and then as the role's own calls. */
export function actorOf(credentials: Judge, roleArn: string, through: ActingService): Actor {
  const principal = { kind: 'role', arn: roleArn, through } as const;
  const refusal: Actor['refusal'] = (action, resourceArn, context) =>
    credentials.isAllowed(principal, action, resourceArn, context)
      ? undefined
      : credentials.explain(principal, action, resourceArn, context);
  return {
    roleArn,
    refusal,
    authorize(action, resourceArn, context) {
      const message = refusal(action, resourceArn, context);
      if (message !== undefined) throw new AwsError('AccessDeniedException', message);
    },
  };
}
